// An application: which functions there are, what their messages and values are called, where records come from and go.
// It is built once, checked as a whole, then shared read-only by every worker and host. Names get numbers by sorted
// order, so equal applications have equal numbers; the tables travel in every manifest, and a snapshot of another
// application is refused by name.
//
//   ApplicationBuilder app("greeter");
//   app.Add<Greeter>();
//   app.Add<EmailSender>({.max_attempts = 5});
//   app.AddIngress<Greeter, Visit>("greeter/visits");
//   app.AddEgress(kEmails);
//   HOLDFAST_ASSIGN(auto application, std::move(app).Build());
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/effects.h"
#include "core/model/state_value.h"
#include "core/model/type_number.h"

namespace holdfast {

class FunctionBase;

// What happens to a message whose function keeps failing. A failed attempt leaves no effect; retries wait `backoff`,
// doubled each time up to `max_backoff`. Attempts are not state: a recovery starts counting anew.
struct FailurePolicy {
  enum class Then : std::uint8_t { kDeadLetter, kFail };
  std::uint32_t max_attempts = 3;
  std::chrono::milliseconds backoff{10};
  std::chrono::milliseconds max_backoff{1000};
  // Afterwards: to the dead-letter egress with its reason, and the run goes on; or the worker stops with the reason.
  Then then = Then::kDeadLetter;
};

struct FunctionSpec {
  std::string name;  // namespace/name
  std::vector<StateSpec> states;
  std::vector<ValueTypeId> handles;
  FailurePolicy policy;
  std::function<std::unique_ptr<FunctionBase>()> make;
};

struct IngressSpec {
  std::string name;
  FunctionId target;
  ValueTypeId value_type;
};

struct EgressSpec {
  std::string name;
};

// An operation that leaves the worker: runs on a host's thread, answers later. It may run more than once.
struct AsyncOperationSpec {
  std::string name;
  ValueTypeId outcome_type;
  std::function<Result<std::string>(std::string_view request)> run;
};

// Every application has this egress, as number 0: messages that were given up, with the reason.
inline constexpr std::string_view kDeadLetterEgress = "holdfast/dead-letter";
inline constexpr std::uint16_t kDefaultMaxParallelism = 128;

class Application {
 public:
  const std::string& name() const { return name_; }
  std::uint16_t max_parallelism() const { return max_parallelism_; }

  const std::vector<FunctionSpec>& functions() const { return functions_; }
  const std::vector<std::string>& value_types() const { return value_types_; }
  const std::vector<IngressSpec>& ingresses() const { return ingresses_; }
  const std::vector<EgressSpec>& egresses() const { return egresses_; }
  const std::vector<AsyncOperationSpec>& async_operations() const { return async_operations_; }

  // Numbers of names; the error lists the known names.
  Result<FunctionId> FindFunction(std::string_view name) const;
  Result<EgressId> FindEgress(std::string_view name) const;
  Result<std::uint16_t> FindIngress(std::string_view name) const;
  bool Handles(FunctionId function, ValueTypeId type) const;

  // Numbers of C++ types; empty for a type the application does not know.
  template <class F>
  std::optional<FunctionId> FunctionOf() const {
    return At<FunctionId>(function_of_type_, TypeNumber<F>());
  }
  template <class M>
  std::optional<ValueTypeId> ValueTypeOf() const {
    return At<ValueTypeId>(value_of_type_, TypeNumber<M>());
  }
  template <class Operation>
  std::optional<AsyncOperationId> AsyncOperationOf() const {
    return At<AsyncOperationId>(async_of_type_, TypeNumber<Operation>());
  }

  // Every name and its number, one per line: what a manifest stores, and what two applications must share to exchange
  // snapshots.
  std::string NameTable() const;

 private:
  friend class ApplicationBuilder;
  template <class Id>
  static std::optional<Id> At(const std::vector<int>& table, std::size_t number) {
    if (number >= table.size() || table[number] < 0) return std::nullopt;
    return Id(static_cast<typename Id::Value>(table[number]));
  }

  std::string name_;
  std::uint16_t max_parallelism_ = kDefaultMaxParallelism;
  std::vector<FunctionSpec> functions_;
  std::vector<std::string> value_types_;
  std::vector<IngressSpec> ingresses_;
  std::vector<EgressSpec> egresses_;
  std::vector<AsyncOperationSpec> async_operations_;
  std::vector<int> function_of_type_;  // By TypeNumber; -1 for none.
  std::vector<int> value_of_type_;
  std::vector<int> async_of_type_;
};

}  // namespace holdfast
