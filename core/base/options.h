// The options of a pluggable part, declared once. From one declaration come strict parsing (file or command line), the
// help text and reference page, the resolved values in every run record, and random settings in simulation.
//
//   OptionSet HeapOptions() {
//     return OptionSet({
//         BytesOption("segment-size", KiB(16), "Size of a segment, the unit copied after a cut.")
//             .Between(KiB(1), MiB(1)).InSimulation({KiB(1), KiB(4)}),
//         EnumOption("idle", "block", {"spin", "yield", "block"}, "What a worker does when it has nothing to do."),
//     });
//   }
//   const Duration interval = values.GetDuration("interval");
//
// Keys are kebab-case, sentences end with a full stop, defaults and simulation values keep the bounds; a declaration
// that does not aborts when it is made, as does asking values for a key that was not declared, or as another type: both
// are errors of the program, not of its user.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/config_tree.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/base/units.h"

namespace holdfast {

// A string is also what an enum option holds.
using OptionValue = std::variant<bool, std::int64_t, double, Duration, ByteSize, Rate, std::string>;

// As it would be written in a file: `true`, `42`, `0.99`, `500ms`, `64KiB`, `50000/s`, `zipf`.
std::string FormatOptionValue(const OptionValue& value);

struct Option {
  std::string key;
  OptionValue default_value;
  std::string sentence;
  std::vector<std::string> choices;  // Of an enum; otherwise empty.
  std::optional<OptionValue> low;    // Both bounds are allowed values.
  std::optional<OptionValue> high;
  std::vector<OptionValue> simulation;  // Values worth trying; empty means the default.

  // "duration", "spin | yield | block", ...
  std::string TypeText() const;
  // "10ms .. 1h", "at least 1", or "".
  std::string BoundsText() const;
  // Reads a value strictly. Errors carry `place`, the key and `owner` ("protocol unaligned").
  Result<OptionValue> Parse(std::string_view text, const ConfigPlace& place, std::string_view owner) const;
};

// An option under declaration; converts to the finished Option.
template <class T>
class OptionDeclaration {
 public:
  explicit OptionDeclaration(Option option) : option_(std::move(option)) {}
  OptionDeclaration Between(T low, T high) && {
    option_.low = OptionValue(std::move(low));
    option_.high = OptionValue(std::move(high));
    return std::move(*this);
  }
  OptionDeclaration AtLeast(T low) && {
    option_.low = OptionValue(std::move(low));
    return std::move(*this);
  }
  OptionDeclaration InSimulation(std::initializer_list<T> values) && {
    option_.simulation.assign(values.begin(), values.end());
    return std::move(*this);
  }
  operator Option() && { return std::move(option_); }  // NOLINT: declarations are listed where options are expected.

 private:
  Option option_;
};

OptionDeclaration<bool> BoolOption(std::string key, bool default_value, std::string sentence);
OptionDeclaration<std::int64_t> IntOption(std::string key, std::int64_t default_value, std::string sentence);
OptionDeclaration<double> DoubleOption(std::string key, double default_value, std::string sentence);
OptionDeclaration<Duration> DurationOption(std::string key, Duration default_value, std::string sentence);
OptionDeclaration<ByteSize> BytesOption(std::string key, ByteSize default_value, std::string sentence);
OptionDeclaration<Rate> RateOption(std::string key, Rate default_value, std::string sentence);
OptionDeclaration<std::string> StringOption(std::string key, std::string default_value, std::string sentence);
OptionDeclaration<std::string> EnumOption(std::string key, std::string default_value, std::vector<std::string> choices,
                                          std::string sentence);

class OptionValues;

// An immutable list of options; cheap to copy.
class OptionSet {
 public:
  OptionSet() : OptionSet(std::initializer_list<Option>{}) {}
  explicit OptionSet(std::initializer_list<Option> options);

  std::span<const Option> options() const { return *options_; }
  // The option with this key, or null. Valid as long as any copy of this set lives.
  const Option* Find(std::string_view key) const;
  // The keys in the order declared.
  std::vector<std::string> Keys() const;

  // Every option at its default.
  OptionValues Defaults() const;
  // Reads a map of option values. `owner` is whose options they are, as errors should say: "protocol unaligned".
  Result<OptionValues> Parse(const ConfigTree& map, std::string_view owner) const;
  // Reads `key=value` strings, as from repeated --set arguments.
  Result<OptionValues> Parse(std::span<const std::string> assignments, std::string_view owner) const;
  // Each option with simulation values takes one of them, all others their default.
  OptionValues Draw(Random& random) const;

 private:
  std::shared_ptr<const std::vector<Option>> options_;
};

// A value for every option of a set, each a default or given. All getters require that the key is declared with the
// getter's type.
class OptionValues {
 public:
  // Of the empty set.
  OptionValues() = default;

  bool GetBool(std::string_view key) const;
  std::int64_t GetInt(std::string_view key) const;
  double GetDouble(std::string_view key) const;
  Duration GetDuration(std::string_view key) const;
  ByteSize GetBytes(std::string_view key) const;
  Rate GetRate(std::string_view key) const;
  // Of a string or an enum; valid as long as these values.
  const std::string& GetText(std::string_view key) const;

  const OptionValue& Get(std::string_view key) const;
  // Where the value was given, or nothing for a default or drawn value.
  const std::optional<ConfigPlace>& GivenAt(std::string_view key) const;
  const OptionSet& set() const { return set_; }

  // Every option with its value as text, in the order declared, defaults included: what a run record keeps.
  std::vector<std::pair<std::string, std::string>> Resolved() const;

 private:
  friend class OptionSet;
  struct Slot {
    OptionValue value;
    std::optional<ConfigPlace> given_at;
  };
  explicit OptionValues(OptionSet set);
  std::size_t IndexOf(std::string_view key) const;

  OptionSet set_;
  std::vector<Slot> slots_;  // Beside the set's options.
};

}  // namespace holdfast
