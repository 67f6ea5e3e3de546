// What can be wrong with a configuration, and where. Every such error reads `HF-CONFIG-004 suite.yaml:12: sentence`:
// the id names a row of one table, from which the reference page of errors is generated; the place is a line of a file
// or an argument of the command line; the sentence names the thing and the way out.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/result.h"

namespace holdfast {

// Lines and columns count from 1; line 0 means that `file` alone is the place, as with `--set protocol.interval=1s`.
struct ConfigPlace {
  std::string file;
  int line = 0;
  int column = 0;

  // "suite.yaml:12", "--set protocol.interval=1s", or "" when there is nothing to point at.
  std::string ToString() const;
  friend bool operator==(const ConfigPlace&, const ConfigPlace&) = default;
};

// The numbers are public: never reuse or renumber one.
enum class ConfigErrorId : int {
  kUnreadable = 1,
  kSyntax,
  kDuplicate,
  kUnknownName,
  kUnknownKey,
  kMissing,
  kShape,
  kValue,
  kBounds,
  kCombination,
  kOverride,
  kNothingToRun,
};

// "HF-CONFIG-004".
std::string ConfigErrorName(ConfigErrorId id);

// `text` in quotes, shortened and with control characters shown, fit for one line of an error.
std::string Quote(std::string_view text);

// An invalid-argument error whose message is `id place: sentence`.
Error MakeConfigError(ConfigErrorId id, const ConfigPlace& place, std::string_view sentence);

template <class... Args>
Error ConfigError(ConfigErrorId id, const ConfigPlace& place, fmt::format_string<Args...> text, Args&&... args) {
  return MakeConfigError(id, place, fmt::format(text, std::forward<Args>(args)...));
}

// What the reference page says of one id. The example is real: a test provokes it.
struct ConfigErrorEntry {
  ConfigErrorId id;
  std::string_view title;
  std::string_view meaning;
  std::string_view way_out;
  std::string_view wrong;    // A suite, called suite.yaml, or a command line that starts with `holdfast run`.
  std::string_view message;  // What the program says to it.
};
// One entry for each id, in order.
std::span<const ConfigErrorEntry> ConfigErrorEntries();

// The reference page of all entries.
std::string ErrorReferenceMarkdown();

}  // namespace holdfast
