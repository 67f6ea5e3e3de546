#include "apps/simulate/run_file.h"

#include <algorithm>
#include <charconv>

#include "chaos/simulation/fault_text.h"
#include "chaos/simulation/sim_options.h"
#include "results/record/run_io.h"

namespace holdfast {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

const std::vector<std::string>& Sections() {
  static const std::vector<std::string> sections{"seed",  "protocol", "workload", "host",
                                                 "store", "log",      "cluster",  "faults"};
  return sections;
}

void WriteSection(std::string& text, std::string_view name, const Pairs& pairs) {
  std::string lines;
  for (const auto& [key, value] : pairs) {
    if (!value.empty()) lines += fmt::format("  {}: {}\n", key, value);
  }
  if (!lines.empty()) text += fmt::format("{}:\n{}", name, lines);
}

// A section that names a part: what is left of the map are the part's options.
template <class Registry>
Result<OptionValues> ReadPart(const Registry& registry, const ConfigTree& section, std::string& name) {
  const auto kind = PartKindName(registry.kind());
  HOLDFAST_TRY(ExpectKind(section, ConfigTree::Kind::kMap, kind));
  const auto* named = section.Find("name");
  if (named == nullptr) {
    return ConfigError(ConfigErrorId::kMissing, section.place(), "the {} has no name", kind);
  }
  HOLDFAST_ASSIGN(const auto* part, registry.Find(named->value(), named->place()));
  name = named->value();
  auto options = ConfigTree::Map(section.place());
  for (const auto& entry : section.entries()) {
    if (entry.key != "name") options.Set(entry.key, entry.place, entry.value);
  }
  return part->descriptor.options.Parse(options, part->descriptor.Title());
}

Result<std::uint64_t> ReadSeed(const ConfigTree& scalar) {
  HOLDFAST_TRY(ExpectKind(scalar, ConfigTree::Kind::kScalar, "seed"));
  const auto& text = scalar.value();
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error == std::errc() && end == text.data() + text.size()) return seed;
  return ConfigError(ConfigErrorId::kValue, scalar.place(), "seed: {} is not a whole number; write it as in 42",
                     Quote(text));
}

Result<const ConfigTree*> Need(const ConfigTree& tree, std::string_view key) {
  if (const auto* found = tree.Find(key)) return found;
  return ConfigError(ConfigErrorId::kMissing, tree.place(), "the run has no {}", key);
}

Result<SimConfig> ReadCluster(const ConfigTree& tree, std::uint64_t seed) {
  auto values = SimOptions().Defaults();
  const auto* cluster = tree.Find("cluster");
  if (cluster == nullptr) return ConfigFromOptions(values, seed);
  HOLDFAST_ASSIGN(values, SimOptions().Parse(*cluster, "the cluster"));
  if (const auto& place = values.GivenAt("skip-sync")) HOLDFAST_TRY(CheckSyncSite(values.GetText("skip-sync"), *place));
  return ConfigFromOptions(values, seed);
}

Status ReadNames(const Parts& parts, const ConfigTree& tree, SimRun& run) {
  HOLDFAST_ASSIGN(const auto* protocol, Need(tree, "protocol"));
  HOLDFAST_TRY(parts.protocols.Find(protocol->value(), protocol->place()).status());
  run.protocol = protocol->value();
  run.host = "embedded";
  if (const auto* host = tree.Find("host")) {
    HOLDFAST_TRY(parts.hosts.Find(host->value(), host->place()).status());
    run.host = host->value();
  }
  return {};
}

Result<OptionValues> ReadStored(const OptionSet& options, const ConfigTree& tree, std::string_view section) {
  const auto* map = tree.Find(section);
  if (map == nullptr) return options.Defaults();
  return options.Parse(*map, fmt::format("the {}", section));
}

}  // namespace

std::string WriteSimRun(const SimRun& run, std::string_view remark) {
  std::string text;
  while (!remark.empty()) {
    const auto end = std::min(remark.find('\n'), remark.size());
    text += fmt::format("# {}\n", remark.substr(0, end));
    remark.remove_prefix(std::min(end + 1, remark.size()));
  }
  text += fmt::format("seed: {}\nprotocol: {}\n", run.config.seed, run.protocol);
  auto workload = run.workload_options.Resolved();
  workload.insert(workload.begin(), {"name", run.workload});
  WriteSection(text, "workload", workload);
  text += fmt::format("host: {}\n", run.host);
  WriteSection(text, "store", run.store_options.Resolved());
  WriteSection(text, "log", run.log_options.Resolved());
  WriteSection(text, "cluster", ConfigAsOptions(run.config));
  text += run.faults.empty() ? "faults: []\n" : "faults:\n";
  for (const auto& fault : run.faults) text += fmt::format("  - {}\n", WriteFault(fault));
  return text;
}

Result<SimRun> ReadSimRun(const Parts& parts, std::string_view text, std::string_view file) {
  HOLDFAST_ASSIGN(const auto tree, ConfigTree::Parse(text, file));
  HOLDFAST_TRY(ExpectKind(tree, ConfigTree::Kind::kMap, "a run"));
  HOLDFAST_TRY(ExpectKeys(tree, Sections(), "the run"));
  SimRun run;
  HOLDFAST_ASSIGN(const auto* seed_text, Need(tree, "seed"));
  HOLDFAST_ASSIGN(const auto seed, ReadSeed(*seed_text));
  HOLDFAST_TRY(ReadNames(parts, tree, run));
  HOLDFAST_ASSIGN(const auto* workload, Need(tree, "workload"));
  HOLDFAST_ASSIGN(run.workload_options, ReadPart(parts.workloads, *workload, run.workload));
  HOLDFAST_ASSIGN(const auto* store, parts.stores.Find(kSimStore));
  HOLDFAST_ASSIGN(run.store_options, ReadStored(store->descriptor.options, tree, "store"));
  HOLDFAST_ASSIGN(const auto* log, parts.logs.Find(kSimStore));
  HOLDFAST_ASSIGN(run.log_options, ReadStored(log->descriptor.options, tree, "log"));
  HOLDFAST_ASSIGN(run.config, ReadCluster(tree, seed));
  if (const auto* faults = tree.Find("faults")) {
    HOLDFAST_ASSIGN(run.faults, ReadFaults(*faults, run.config.workers, run.config.seed));
  }
  return run;
}

Result<SimRun> LoadSimRun(const Parts& parts, const std::string& path) {
  auto text = record::ReadFile(path);
  if (!text.ok()) return ConfigError(ConfigErrorId::kUnreadable, {path, 0, 0}, "{}", text.error().message);
  return ReadSimRun(parts, *text, path);
}

Status SaveSimRun(const SimRun& run, std::string_view remark, const std::string& path) {
  return record::WriteFileAtomically(path, WriteSimRun(run, remark));
}

Status SaveShrunk(const Shrunk& shrunk, const std::string& path) {
  const auto remark = fmt::format("Run it: holdfast simulate {}\nIt broke:\n{}", path, shrunk.outcome.violation);
  return SaveSimRun(shrunk.run, remark, path);
}

}  // namespace holdfast
