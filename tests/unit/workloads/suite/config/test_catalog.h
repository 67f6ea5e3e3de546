// Parts as a program would register them, enough to read suites against.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/descriptor.h"
#include "workloads/suite/config/suite.h"

namespace holdfast {

inline OptionSet IntervalOption() {
  using namespace std::chrono_literals;
  return OptionSet({DurationOption("interval", 2s, "Time between snapshots.").Between(10ms, 1h)});
}

inline Catalog TestCatalog() {
  using namespace std::chrono_literals;
  Catalog catalog;
  const auto add = [&](PartKind kind, std::string name, OptionSet options = {}) {
    catalog.Add(Descriptor{.kind = kind, .name = std::move(name), .sentence = "A part.", .options = options});
  };
  add(PartKind::kWorkload, "greeter",
      OptionSet({IntOption("keys", 1000, "Users.").AtLeast(1),
                 EnumOption("skew", "uniform", {"uniform", "zipf"}, "Distribution of users.")}));
  add(PartKind::kEngine, "holdfast",
      OptionSet({IntOption("workers", 1, "Workers.").Between(1, 64),
                 EnumOption("egress", "hold", {"immediate", "hold"}, "When egress becomes visible.")}));
  add(PartKind::kHost, "embedded");
  add(PartKind::kHost, "loopback");
  add(PartKind::kProtocol, "none");
  add(PartKind::kProtocol, "stop-the-world", IntervalOption());
  add(PartKind::kProtocol, "unaligned", IntervalOption());
  add(PartKind::kProtocol, "message-logging", OptionSet({BytesOption("batch", KiB(64), "Bytes per append.")}));
  add(PartKind::kStateBackend, "heap");
  add(PartKind::kStateBackend, "rocksdb");
  add(PartKind::kFault, "none");
  add(PartKind::kFault, "kill",
      OptionSet({DurationOption("at", 1s, "When it strikes."), EnumOption("target", "process", {"process"}, "What."),
                 DurationOption("restart-after", 0s, "Down-time.")}));
  add(PartKind::kFault, "partition",
      OptionSet({DurationOption("at", 1s, "When it starts."), DurationOption("until", 2s, "When it ends.")}));
  add(PartKind::kFault, "schedule", OptionSet({StringOption("steps", "[]", "The steps.")}));
  return catalog;
}

inline constexpr std::string_view kQuick = R"(suite: quick
about: Greeter on heap under every protocol, with and without a kill.
seed: 7
repetitions: 2
defaults:
  workload: {name: greeter, keys: 10000, skew: uniform}
  engine: {name: holdfast, workers: 3}
  state: heap
  protocol: {name: unaligned, interval: 1s}
  load: {rate: 20000/s, arrivals: poisson, warm-up: 1s, duration: 6s}
  fault: none
matrix:
  protocol: [none, stop-the-world, unaligned, message-logging]
  fault: [none, {name: kill, target: process, at: 3s, restart-after: 0ms}]
exclude:
  - {protocol: none, fault: none}
)";

// Reads `yaml` as suite.yaml with the test's parts and `--set` arguments.
inline Result<Suite> Read(std::string_view yaml, std::vector<std::string> sets = {}) {
  static const Catalog catalog = TestCatalog();
  std::vector<SuiteOverride> overrides;
  for (const auto& set : sets) {
    HOLDFAST_ASSIGN(overrides.emplace_back(), ParseSetArgument(set));
  }
  const SuiteRules rules{catalog, *ConfigTree::Parse("{engine: holdfast, host: embedded, fault: none}", "base"), {}};
  HOLDFAST_ASSIGN(const auto tree, ConfigTree::Parse(yaml, "suite.yaml"));
  return ParseSuite(tree, overrides, rules);
}

inline std::string ErrorOf(std::string_view yaml, std::vector<std::string> sets = {}) {
  const auto suite = Read(yaml, std::move(sets));
  return suite.ok() ? "no error" : suite.error().message;
}

inline std::vector<std::string> PointNames(const Suite& suite) {
  std::vector<std::string> names;
  for (const auto& point : suite.points) names.push_back(point.name);
  return names;
}

}  // namespace holdfast
