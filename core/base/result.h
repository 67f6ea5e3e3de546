// Errors are values. A function that can fail returns Status (nothing but success or an error) or Result<T> (a T or an
// error); the compiler refuses to let either be dropped. The code says what the *caller* can do about the error, the
// message names the thing, the place and the way out. Both travel between workers as (code, message).
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "core/base/check.h"

namespace holdfast {

enum class ErrorCode : unsigned char {
  kInvalidArgument,  // The input is wrong; change it.
  kNotFound,         // The named thing does not exist.
  kAlreadyExists,    // The named thing exists and must not be replaced.
  kUnavailable,      // Passing trouble; the same call may succeed later.
  kExhausted,        // A disk, quota or bound is full; make room first.
  kDataLoss,         // Stored bytes are damaged; use another copy.
  kRefused,          // The present state of the system forbids it; the message says what would change that.
  kFenced,           // A newer incarnation has taken over; stop.
  kInternal,         // None of the above.
};

// "invalid argument", "not found", ...
std::string_view ErrorCodeName(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;

  // Returns the same error with `place: ` in front of its message.
  Error At(std::string_view place) && { return {code, fmt::format("{}: {}", place, message)}; }
  friend bool operator==(const Error&, const Error&) = default;
};

template <class... Args>
Error MakeError(ErrorCode code, fmt::format_string<Args...> text, Args&&... args) {
  return {code, fmt::format(text, std::forward<Args>(args)...)};
}

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}  // NOLINT: `return MakeError(...)` is the idiom.

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    HOLDFAST_CHECK(!ok(), "error() of a success");
    return *error_;
  }
  // Says on purpose that this failure needs no answer.
  void Ignore() const {}
  // Aborts with the error when there is one.
  void OrDie() const { HOLDFAST_CHECK(ok(), "{}", error_->message); }

 private:
  std::optional<Error> error_;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: `return value` is the idiom.
  Result(Error error) : value_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return value_.index() == 0; }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    HOLDFAST_CHECK(!ok(), "error() of a success");
    return std::get<1>(value_);
  }
  T& value() & {
    HOLDFAST_CHECK(ok(), "{}", std::get<1>(value_).message);
    return std::get<0>(value_);
  }
  const T& value() const& { return const_cast<Result*>(this)->value(); }
  T value() && { return std::move(value()); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  // The success or failure without the value.
  Status status() const { return ok() ? Status() : Status(error()); }

 private:
  std::variant<T, Error> value_;
};

}  // namespace holdfast

#define HOLDFAST_CONCAT_INNER(a, b) a##b
#define HOLDFAST_CONCAT(a, b) HOLDFAST_CONCAT_INNER(a, b)

// Returns the error of a Status or Result expression to the caller, if it has one.
#define HOLDFAST_TRY(expression)                                                           \
  do {                                                                                     \
    if (auto holdfast_try = (expression); !holdfast_try.ok()) return holdfast_try.error(); \
  } while (false)

// `HOLDFAST_ASSIGN(auto x, F());` gives x the value of the Result, or returns its error to the caller.
#define HOLDFAST_ASSIGN(target, expression)                                                                          \
  auto HOLDFAST_CONCAT(holdfast_result_, __LINE__) = (expression);                                                   \
  if (!HOLDFAST_CONCAT(holdfast_result_, __LINE__).ok()) return HOLDFAST_CONCAT(holdfast_result_, __LINE__).error(); \
  target = std::move(HOLDFAST_CONCAT(holdfast_result_, __LINE__)).value()
