#include "apps/simulate/explore_state.h"

#include <charconv>
#include <filesystem>

#include "core/base/config_tree.h"
#include "results/record/run_io.h"

namespace holdfast {
namespace {

std::string StatePath(const ExploreOptions& options) { return options.folder + "/explored.yaml"; }

std::string Text(const ExploreOptions& options, const Explored& explored) {
  auto text = fmt::format(
      "# Where an exploration stopped; the next one of this folder goes on from there.\n"
      "workload: {}\nprotocol: {}\nskip-sync: '{}'\n",
      options.workload, options.protocol, options.skip_sync);
  const auto number = [&](std::string_view key, std::uint64_t value) { text += fmt::format("{}: {}\n", key, value); };
  number("next-seed", explored.next_seed);
  number("runs", explored.runs);
  number("kills", explored.kills);
  number("restores", explored.restores);
  number("snapshots", explored.snapshots);
  number("virtual-nanoseconds", static_cast<std::uint64_t>(explored.virtual_time.count()));
  text += explored.failures.empty() ? "failures: {}\n" : "failures:\n";
  for (const auto& [kind, count] : explored.failures) text += fmt::format("  {}: {}\n", kind, count);
  text += "rare-paths:\n";
  for (std::size_t i = 0; i < kSimProbes; ++i) {
    const auto probe = static_cast<SimProbe>(i);
    text += fmt::format("  {}: {}\n", SimProbeName(probe), explored.probes.count(probe));
  }
  return text;
}

Result<std::uint64_t> Number(const ConfigTree& tree, std::string_view key) {
  const auto* found = tree.Find(key);
  if (found == nullptr) return std::uint64_t{0};  // A path that this program knows and the one before did not.
  std::uint64_t number = 0;
  const auto& text = found->value();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return number;
  return ConfigError(ConfigErrorId::kValue, found->place(), "{}: {} is not a whole number", key, Quote(text));
}

Status SameOptions(const ExploreOptions& options, const ConfigTree& tree) {
  const auto same = [&](std::string_view key, const std::string& wanted) -> Status {
    const auto* found = tree.Find(key);
    if (found != nullptr && found->value() == wanted) return {};
    return ConfigError(ConfigErrorId::kCombination, found == nullptr ? tree.place() : found->place(),
                       "this folder explores {} {}, not {}; choose another with --folder", key,
                       Quote(found == nullptr ? "" : found->value()), Quote(wanted));
  };
  HOLDFAST_TRY(same("workload", options.workload));
  HOLDFAST_TRY(same("protocol", options.protocol));
  return same("skip-sync", options.skip_sync);
}

}  // namespace

Result<Explored> LoadExplored(const ExploreOptions& options) {
  if (!std::filesystem::exists(StatePath(options))) return Explored{};
  HOLDFAST_ASSIGN(const auto text, record::ReadFile(StatePath(options)));
  HOLDFAST_ASSIGN(const auto tree, ConfigTree::Parse(text, StatePath(options)));
  HOLDFAST_TRY(ExpectKind(tree, ConfigTree::Kind::kMap, "an exploration"));
  HOLDFAST_TRY(SameOptions(options, tree));
  Explored explored;
  HOLDFAST_ASSIGN(explored.next_seed, Number(tree, "next-seed"));
  HOLDFAST_ASSIGN(explored.runs, Number(tree, "runs"));
  HOLDFAST_ASSIGN(explored.kills, Number(tree, "kills"));
  HOLDFAST_ASSIGN(explored.restores, Number(tree, "restores"));
  HOLDFAST_ASSIGN(explored.snapshots, Number(tree, "snapshots"));
  HOLDFAST_ASSIGN(const auto nanoseconds, Number(tree, "virtual-nanoseconds"));
  explored.virtual_time = Duration(static_cast<std::int64_t>(nanoseconds));
  if (const auto* failures = tree.Find("failures")) {
    for (const auto& entry : failures->entries()) {
      HOLDFAST_ASSIGN(explored.failures[entry.key], Number(*failures, entry.key));
    }
  }
  for (std::size_t i = 0; i < kSimProbes; ++i) {
    const auto probe = static_cast<SimProbe>(i);
    const auto* paths = tree.Find("rare-paths");
    if (paths == nullptr) break;
    HOLDFAST_ASSIGN(const auto count, Number(*paths, SimProbeName(probe)));
    explored.probes.Reach(probe, count);
  }
  return explored;
}

Status SaveExplored(const ExploreOptions& options, const Explored& explored) {
  return record::WriteFileAtomically(StatePath(options), Text(options, explored));
}

}  // namespace holdfast
