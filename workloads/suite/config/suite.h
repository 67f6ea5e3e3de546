// A suite: what to run, as a document a person writes, read strictly and expanded into points. A point is one complete
// configuration; every run of the suite executes each point `repetitions` times.
//
//   suite: quick
//   about: Greeter under every protocol, with and without a kill.
//   seed: 42
//   defaults:                                    # every section of a point: the name of a part, and its options
//     workload: {name: greeter, keys: 10000}
//     protocol: {name: unaligned, interval: 1s}
//     load: {rate: 20000/s, duration: 6s}
//     fault: none
//   matrix:                                      # axes; the points are their product, the first axis varying slowest
//     protocol: [none, stop-the-world, unaligned]
//     fault: [none, kill@3s]                     # short for {name: kill, at: 3s}; partition@5s..8s adds until: 8s;
//                                                # a list of steps is short for {name: schedule, steps: [...]}
//     workload.keys: [1000, 100000]              # an axis over one option
//   exclude:                                     # points that match every entry of a line are left out
//     - {protocol: none, fault: none}
//
// A section takes its name from the last of: built-in base, defaults, matrix, command line. Options are laid over each
// other in the same order, and those that the section's part does not have are left behind: `protocol: none` above does
// not inherit the interval. Where the part lacks an axis' option, the axis collapses to one point. Still every key must
// make sense: written beside a name it must be an option of that part, written without one an option of some part that
// the suite gives this section.
//
// Reading knows no implementation: names, options and impossible combinations come from the SuiteRules handed in.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/config_tree.h"
#include "core/base/descriptor.h"
#include "core/base/options.h"
#include "core/base/result.h"

namespace holdfast {

// One section of a point, resolved.
struct SuitePart {
  std::string section;  // workload, engine, host, protocol, state, store, log, channel, load, fault
  std::string name;     // Of the part, as in its descriptor.
  OptionValues options;
  ConfigPlace place;                  // Where the part was named.
  std::optional<ConfigTree> steps{};  // Of a schedule: the list as written, of which its option has the text.
};

struct SuitePoint {
  // The labels of its place on every axis, as in `unaligned/kill@3s`; the workload's name in a suite without axes.
  // Unique within the suite, for people to read; not fit for a file name.
  std::string name;
  std::vector<std::pair<std::string, std::string>> axes;  // Axis and label, in the order of the matrix.
  std::vector<SuitePart> parts;                           // In a fixed order; `workload` and `load` are always there.

  // The part of a section, or null when the suite says nothing about it.
  const SuitePart* Find(std::string_view section) const;
  // The same for a section that must be there.
  const SuitePart& Part(std::string_view section) const;
  // Everything as text, defaults included: ("protocol", "unaligned"), ("protocol.interval", "1s"), ...
  std::vector<std::pair<std::string, std::string>> Resolved() const;
};

struct Suite {
  std::string name;
  std::string about;
  std::uint64_t seed = 0;
  int repetitions = 1;
  std::vector<SuitePoint> points;  // At least one.
};

// A change from the command line. It wins over the file: a single value replaces the default and the axis of the same
// path, a list (`protocol.interval=[100ms, 1s]`) becomes the axis.
struct SuiteOverride {
  std::string path;   // `section`, `section.option`, `seed` or `repetitions`.
  std::string value;  // As it would stand in the file.
  std::string place;  // What errors call it: `--fault kill@3s`.
  // The value is a whole file, and `place` its name: what counts is the value itself, or that of its key `path`.
  bool file = false;
};
// Reads the argument of --set: `protocol.interval=500ms`.
Result<SuiteOverride> ParseSetArgument(std::string_view argument);

struct SuiteRules {
  // The parts a suite may name; those of kind `load` excepted, which are the suite's own (load_options.h).
  const Catalog& catalog;
  // What a suite need not write: a map like `defaults`, below them.
  ConfigTree base;
  // Refuses an impossible point, best with ConfigError(ConfigErrorId::kCombination, point.Part(...).place, ...).
  // May be empty. The point's name is added to the error.
  std::function<Status(const SuitePoint&)> check;
};

// Reads and expands a suite. All errors carry an id and a place.
Result<Suite> ParseSuite(const ConfigTree& document, std::span<const SuiteOverride> overrides, const SuiteRules& rules);
// The same for a file, which errors call by `path` as given.
Result<Suite> LoadSuite(const std::string& path, std::span<const SuiteOverride> overrides, const SuiteRules& rules);

}  // namespace holdfast
