#include "core/base/options.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/base/suggest.h"

namespace holdfast {
namespace {

bool IsKebabCase(std::string_view key) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !key.empty() && std::all_of(key.begin(), key.end(), allowed) && key.front() >= 'a' && key.back() != '-';
}

bool WithinBounds(const Option& option, const OptionValue& value) {
  return (!option.low || *option.low <= value) && (!option.high || value <= *option.high);
}

bool IsChoice(const Option& option, const OptionValue& value) {
  return option.choices.empty() ||
         std::find(option.choices.begin(), option.choices.end(), std::get<std::string>(value)) != option.choices.end();
}

// Aborts unless the declaration keeps its own rules.
void CheckDeclaration(const Option& option) {
  HOLDFAST_CHECK(IsKebabCase(option.key), "option key '{}' is not kebab-case", option.key);
  HOLDFAST_CHECK(option.sentence.ends_with('.'), "option {}: '{}' is not a sentence", option.key, option.sentence);
  HOLDFAST_CHECK(WithinBounds(option, option.default_value) && IsChoice(option, option.default_value),
                 "option {}: default {} breaks its own bounds", option.key, FormatOptionValue(option.default_value));
  for (const auto& value : option.simulation) {
    HOLDFAST_CHECK(WithinBounds(option, value) && IsChoice(option, value),
                   "option {}: simulation value {} breaks its bounds", option.key, FormatOptionValue(value));
  }
}

template <class T>
OptionDeclaration<T> Declare(std::string key, T default_value, std::string sentence) {
  Option option;
  option.key = std::move(key);
  option.default_value = std::move(default_value);
  option.sentence = std::move(sentence);
  return OptionDeclaration<T>(std::move(option));
}

template <class Number>
Result<Number> ParseNumber(std::string_view text, std::string_view noun, std::string_view example) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool good = error == std::errc() && end == text.data() + text.size();
  if constexpr (std::is_floating_point_v<Number>) good = good && std::isfinite(number);
  if (good) return number;
  return MakeError(ErrorCode::kInvalidArgument, "{} is not {}; write it as in {}", Quote(text), noun, example);
}

Result<bool> ParseBool(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return MakeError(ErrorCode::kInvalidArgument, "{} is not a truth value; write true or false", Quote(text));
}

template <class T>
Result<OptionValue> Widen(Result<T> result) {
  if (!result.ok()) return result.error();
  return OptionValue(std::move(result).value());
}

// Reads `text` as the type that `like` holds.
Result<OptionValue> ParseLike(const OptionValue& like, std::string_view text) {
  struct Visitor {
    std::string_view text;
    Result<OptionValue> operator()(bool) const { return Widen(ParseBool(text)); }
    Result<OptionValue> operator()(std::int64_t) const {
      return Widen(ParseNumber<std::int64_t>(text, "a whole number", "42"));
    }
    Result<OptionValue> operator()(double) const { return Widen(ParseNumber<double>(text, "a number", "0.99")); }
    Result<OptionValue> operator()(Duration) const { return Widen(ParseDuration(text)); }
    Result<OptionValue> operator()(ByteSize) const { return Widen(ParseBytes(text)); }
    Result<OptionValue> operator()(Rate) const { return Widen(ParseRate(text)); }
    Result<OptionValue> operator()(const std::string&) const { return OptionValue(std::string(text)); }
  };
  return std::visit(Visitor{text}, like);
}

}  // namespace

std::string FormatOptionValue(const OptionValue& value) {
  struct Visitor {
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(std::int64_t v) const { return fmt::format("{}", v); }
    std::string operator()(double v) const { return fmt::format("{}", v); }
    std::string operator()(Duration v) const { return FormatDuration(v); }
    std::string operator()(ByteSize v) const { return FormatBytes(v); }
    std::string operator()(Rate v) const { return FormatRate(v); }
    std::string operator()(const std::string& v) const { return v; }
  };
  return std::visit(Visitor{}, value);
}

std::string Option::TypeText() const {
  constexpr std::string_view kNames[] = {"bool", "int", "double", "duration", "bytes", "rate", "string"};
  static_assert(std::size(kNames) == std::variant_size_v<OptionValue>);
  return choices.empty() ? std::string(kNames[default_value.index()]) : fmt::format("{}", fmt::join(choices, " | "));
}

std::string Option::BoundsText() const {
  if (low && high) return fmt::format("{} .. {}", FormatOptionValue(*low), FormatOptionValue(*high));
  return low ? fmt::format("at least {}", FormatOptionValue(*low)) : "";
}

Result<OptionValue> Option::Parse(std::string_view text, const ConfigPlace& place, std::string_view owner) const {
  auto value = ParseLike(default_value, text);
  if (!value.ok()) {
    return ConfigError(ConfigErrorId::kValue, place, "{} of {}: {}", key, owner, value.error().message);
  }
  if (!IsChoice(*this, *value)) {
    return ConfigError(ConfigErrorId::kUnknownName, place, "{} of {}: unknown value {}; {}", key, owner, Quote(text),
                       KnownWords(text, choices));
  }
  if (!WithinBounds(*this, *value)) {
    return ConfigError(ConfigErrorId::kBounds, place, "{} of {} is {}; allowed: {}", key, owner,
                       FormatOptionValue(*value), BoundsText());
  }
  return value;
}

OptionDeclaration<bool> BoolOption(std::string key, bool default_value, std::string sentence) {
  return Declare(std::move(key), default_value, std::move(sentence));
}
OptionDeclaration<std::int64_t> IntOption(std::string key, std::int64_t default_value, std::string sentence) {
  return Declare(std::move(key), default_value, std::move(sentence));
}
OptionDeclaration<double> DoubleOption(std::string key, double default_value, std::string sentence) {
  return Declare(std::move(key), default_value, std::move(sentence));
}
OptionDeclaration<Duration> DurationOption(std::string key, Duration default_value, std::string sentence) {
  return Declare(std::move(key), default_value, std::move(sentence));
}
OptionDeclaration<ByteSize> BytesOption(std::string key, ByteSize default_value, std::string sentence) {
  return Declare(std::move(key), default_value, std::move(sentence));
}
OptionDeclaration<Rate> RateOption(std::string key, Rate default_value, std::string sentence) {
  return Declare(std::move(key), default_value, std::move(sentence));
}
OptionDeclaration<std::string> StringOption(std::string key, std::string default_value, std::string sentence) {
  return Declare(std::move(key), std::move(default_value), std::move(sentence));
}
OptionDeclaration<std::string> EnumOption(std::string key, std::string default_value, std::vector<std::string> choices,
                                          std::string sentence) {
  HOLDFAST_CHECK(!choices.empty(), "option {} has no choices", key);
  Option option;
  option.key = std::move(key);
  option.default_value = std::move(default_value);
  option.choices = std::move(choices);
  option.sentence = std::move(sentence);
  return OptionDeclaration<std::string>(std::move(option));
}

OptionSet::OptionSet(std::initializer_list<Option> options)
    : options_(std::make_shared<const std::vector<Option>>(options)) {
  for (const auto& option : *options_) {
    CheckDeclaration(option);
    HOLDFAST_CHECK(Find(option.key) == &option, "option {} is declared twice", option.key);
  }
}

const Option* OptionSet::Find(std::string_view key) const {
  for (const auto& option : *options_) {
    if (option.key == key) return &option;
  }
  return nullptr;
}

std::vector<std::string> OptionSet::Keys() const {
  std::vector<std::string> keys;
  for (const auto& option : *options_) keys.push_back(option.key);
  return keys;
}

OptionValues OptionSet::Defaults() const { return OptionValues(*this); }

Result<OptionValues> OptionSet::Parse(const ConfigTree& map, std::string_view owner) const {
  HOLDFAST_TRY(ExpectKind(map, ConfigTree::Kind::kMap, owner));
  HOLDFAST_TRY(ExpectKeys(map, Keys(), owner));
  OptionValues values(*this);
  for (const auto& entry : map.entries()) {
    HOLDFAST_TRY(ExpectKind(entry.value, ConfigTree::Kind::kScalar, fmt::format("{} of {}", entry.key, owner)));
    auto& slot = values.slots_[values.IndexOf(entry.key)];
    HOLDFAST_ASSIGN(slot.value, Find(entry.key)->Parse(entry.value.value(), entry.value.place(), owner));
    slot.given_at = entry.value.place();
  }
  return values;
}

Result<OptionValues> OptionSet::Parse(std::span<const std::string> assignments, std::string_view owner) const {
  auto map = ConfigTree::Map({});
  for (const auto& assignment : assignments) {
    const ConfigPlace place{assignment, 0, 0};
    const auto equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0) {
      return ConfigError(ConfigErrorId::kOverride, place, "write key=value; {} {}", owner, KnownWords("", Keys()));
    }
    const auto key = assignment.substr(0, equals);
    if (map.Find(key) != nullptr) return ConfigError(ConfigErrorId::kDuplicate, place, "{} is set twice", Quote(key));
    map.Set(key, place, ConfigTree::Scalar(assignment.substr(equals + 1), place));
  }
  return Parse(map, owner);
}

OptionValues OptionSet::Draw(Random& random) const {
  OptionValues values(*this);
  for (std::size_t i = 0; i < options_->size(); ++i) {
    const auto& simulation = (*options_)[i].simulation;
    if (!simulation.empty()) values.slots_[i].value = simulation[random.Below(simulation.size())];
  }
  return values;
}

}  // namespace holdfast
