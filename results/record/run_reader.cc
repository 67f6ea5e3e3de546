#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <vector>

#include "results/record/run_io.h"
#include "results/record/schema.h"

namespace holdfast::record {
namespace {

namespace json = boost::json;
using schema::ObjectStyle;

std::string_view View(json::string_view text) { return {text.data(), text.size()}; }

// Fills members from a JSON value. Stops at the first thing wrong and keeps its place and sentence.
class Reader {
 public:
  explicit Reader(std::string_view source) : path_{std::string(source)} {}

  const std::string& error() const { return error_; }

  template <class T>
  void Read(const json::value& in, T& out) {
    if constexpr (std::same_as<T, bool>) {
      const auto* value = in.if_bool();
      value ? void(out = *value) : Expected("true or false", in);
    } else if constexpr (std::same_as<T, std::uint64_t>) {
      ReadSeed(in, out);
    } else if constexpr (std::integral<T>) {
      const auto* value = in.if_int64();
      value&& std::in_range<T>(*value) ? void(out = static_cast<T>(*value)) : Expected("an integer", in);
    } else if constexpr (std::same_as<T, double>) {
      in.is_number() ? void(out = in.to_number<double>()) : Expected("a number", in);
    } else if constexpr (std::same_as<T, std::string>) {
      const auto* value = in.if_string();
      value ? void(out = View(*value)) : Expected("a string", in);
    } else if constexpr (std::same_as<T, Verdict>) {
      ReadWord(in, out, VerdictWord, Verdict::kFailed);
    } else if constexpr (std::same_as<T, Validity>) {
      ReadWord(in, out, ValidityWord, Validity::kInvalid);
    } else {
      Struct(in, out);
    }
  }
  template <class T>
  void Read(const json::value& in, std::optional<T>& out) {
    if (in.is_null()) return out.reset();
    Read(in, out.emplace());
  }
  template <class T>
  void Read(const json::value& in, std::vector<T>& out) {
    const auto* array = in.if_array();
    if (!array) return Expected("a list", in);
    out.resize(array->size());
    for (std::size_t i = 0; i < out.size() && error_.empty(); ++i)
      Within(fmt::format("[{}]", i), [&] { Read((*array)[i], out[i]); });
  }
  void Read(const json::value& in, NamedValues& out) {
    const auto* object = in.if_object();
    if (!object) return Expected("an object", in);
    for (const auto& [key, value] : *object) {
      auto& entry = out.emplace_back(View(key), "");
      Within(fmt::format(".{}", entry.first), [&] { Read(value, entry.second); });
    }
  }

  void Object(std::string_view, std::string_view, ObjectStyle) {}
  template <class T>
  void Field(std::string_view name, std::string_view, std::string_view, T& member) {
    if (!error_.empty()) return;
    known_.push_back(name);
    const auto* value = object_->if_contains(json::string_view(name.data(), name.size()));
    if (!value) return Fail(fmt::format("field '{}' is missing", name));
    Within(fmt::format(".{}", name), [&] { Read(*value, member); });
  }

 private:
  template <class T>
  void Struct(const json::value& in, T& out) {
    const auto* object = in.if_object();
    if (!object) return Expected("an object", in);
    const auto* outer_object = std::exchange(object_, object);
    auto outer_known = std::exchange(known_, {});
    schema::Describe(*this, out);
    for (const auto& [key, value] : *object)
      if (error_.empty() && std::ranges::find(known_, View(key)) == known_.end())
        Fail(fmt::format("unknown field '{}'", View(key)));
    object_ = outer_object;
    known_ = std::move(outer_known);
  }
  void ReadSeed(const json::value& in, std::uint64_t& out) {
    const auto text = in.is_string() ? View(in.get_string()) : std::string_view();
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (text.empty() || code != std::errc() || end != text.data() + text.size())
      Expected("a whole number written as a string", in);
  }
  template <class E>
  void ReadWord(const json::value& in, E& out, std::string_view (*word)(E), E last) {
    const auto text = in.is_string() ? View(in.get_string()) : std::string_view();
    std::vector<std::string_view> words;
    for (int i = 0; i <= static_cast<int>(last); ++i) {
      words.push_back(word(static_cast<E>(i)));
      if (words.back() == text) return void(out = static_cast<E>(i));
    }
    Expected(fmt::format("one of {}", fmt::join(words, ", ")), in);
  }
  template <class Body>
  void Within(std::string step, Body body) {
    path_.push_back(std::move(step));
    body();
    path_.pop_back();
  }
  void Expected(std::string_view what, const json::value& in) {
    const auto kind = json::to_string(in.kind());
    Fail(in.is_string() ? fmt::format("expected {}, found '{}'", what, View(in.get_string()))
                        : fmt::format("expected {}, found {}", what, View(kind)));
  }
  void Fail(std::string sentence) {
    if (!error_.empty()) return;
    std::string place = path_.front();
    for (std::size_t i = 1; i < path_.size(); ++i) place += i == 1 ? ": " + path_[i].substr(1) : path_[i];
    error_ = place + ": " + sentence;
  }

  const json::object* object_ = nullptr;
  std::vector<std::string_view> known_;
  std::vector<std::string> path_;
  std::string error_;
};

Status CheckVersion(const json::value& root, std::string_view source) {
  const auto* object = root.if_object();
  const auto* version = object ? object->if_contains("schema_version") : nullptr;
  if (!version || !version->is_int64())
    return MakeError(ErrorCode::kInvalidArgument, "{} is not a run record: it has no schema_version", source);
  if (version->get_int64() == kRunSchemaVersion) return {};
  return MakeError(
      ErrorCode::kInvalidArgument,
      "{} has schema version {}, this program reads version {}: use the release of Holdfast that wrote it, "
      "or run the suite again",
      source, version->get_int64(), kRunSchemaVersion);
}

}  // namespace

Result<Run> RunFromJson(std::string_view text, std::string_view source) {
  json::error_code code;
  const auto root = json::parse(json::string_view(text.data(), text.size()), code);
  if (code) return MakeError(ErrorCode::kInvalidArgument, "{} is not JSON: {}", source, code.message());
  HOLDFAST_TRY(CheckVersion(root, source));
  Run run;
  Reader reader(source);
  reader.Read(root, run);
  if (!reader.error().empty()) return Error{ErrorCode::kInvalidArgument, reader.error()};
  return run;
}

}  // namespace holdfast::record
