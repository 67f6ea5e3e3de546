#include "apps/simulate/simulate.h"

#include <algorithm>

#include "chaos/simulation/trouble.h"

namespace holdfast {
namespace {

Result<std::vector<ProtocolFactory>> ProtocolsNamed(const Parts& parts, const std::string& name) {
  std::vector<ProtocolFactory> protocols;
  for (const auto& descriptor : parts.protocols.Descriptors()) {
    if (name != "all") break;
    HOLDFAST_ASSIGN(const auto* part, parts.protocols.Find(descriptor.name));
    protocols.push_back(part->factory);
  }
  if (protocols.empty()) {
    HOLDFAST_ASSIGN(const auto* part, parts.protocols.Find(name));
    protocols.push_back(part->factory);
  }
  return protocols;
}

std::function<void(SimConfig& config)> Adjust(const SimulateOptions& options) {
  return [workers = options.workers, site = options.skip_sync, troubled = options.troubled](SimConfig& config) {
    if (troubled) Trouble(config);
    if (workers) config.workers = *workers;
    config.skip_sync = site;
  };
}

std::string ReplayCommand(const SimulateOptions& options, std::string_view protocol) {
  auto command = fmt::format("holdfast simulate --workload {} --protocol {}", options.workload, protocol);
  if (options.workers) command += fmt::format(" --workers {}", *options.workers);
  if (!options.skip_sync.empty()) command += fmt::format(" --skip-sync {}", options.skip_sync);
  if (options.troubled) command += " --troubled";
  if (!options.mutant.empty()) command += fmt::format(" --mutant {}", options.mutant);
  if (!options.checks) command += " --no-checks";
  if (options.twice) command += " --twice";
  return command;
}

}  // namespace

Result<std::vector<Campaign>> PlanCampaigns(const Parts& parts, const SimulateOptions& options) {
  HOLDFAST_TRY(parts.workloads.Find(options.workload).status());
  HOLDFAST_TRY(CheckSyncSite(options.skip_sync));
  HOLDFAST_ASSIGN(const auto protocols, ProtocolsNamed(parts, options.protocol));
  std::vector<Campaign> campaigns;
  for (const auto& protocol : protocols) {
    Campaign campaign;
    campaign.protocol = protocol;
    campaign.make_parts = [&parts, workload = options.workload,
                           name = std::string(protocol.traits.name)](std::uint64_t seed) {
      return MakeSimParts(parts, DrawSimRun(parts, workload, name, seed));
    };
    campaign.adjust = Adjust(options);
    campaign.from = options.from;
    campaign.seeds = options.seeds;
    campaign.twice = options.twice;
    campaign.jobs = options.jobs;
    campaign.replay = [command = ReplayCommand(options, protocol.traits.name)](std::uint64_t seed) {
      return fmt::format("{} --seed {}", command, seed);
    };
    campaigns.push_back(std::move(campaign));
  }
  return campaigns;
}

Result<MutantNumber> ReadMutant(std::string_view name) {
  const auto mutant = FindMutant(name);
  if (mutant != kNoMutant) return mutant;
  return MakeError(ErrorCode::kInvalidArgument, "unknown mutant '{}'; `holdfast mutants --list` names them all", name);
}

std::string ReplayOf(const SimulateOptions& options) {
  return fmt::format("{} --seed {}", ReplayCommand(options, options.protocol), options.from);
}

Campaign CampaignOf(const Parts& parts, const SimRun& run, const std::string& replay) {
  Campaign campaign;
  campaign.protocol = (*parts.protocols.Find(run.protocol))->factory;
  campaign.make_parts = [&parts, run](std::uint64_t) { return MakeSimParts(parts, run); };
  campaign.adjust = [run](SimConfig& config) { config = run.config; };
  campaign.make_faults = [run](const SimConfig&) { return run.faults; };
  campaign.from = run.config.seed;
  campaign.seeds = 1;
  campaign.replay = [replay](std::uint64_t) { return replay; };
  return campaign;
}

Result<SimRun> PlanRun(const Parts& parts, const SimulateOptions& options) {
  HOLDFAST_TRY(parts.workloads.Find(options.workload).status());
  HOLDFAST_TRY(parts.protocols.Find(options.protocol).status());
  HOLDFAST_TRY(CheckSyncSite(options.skip_sync));
  return DrawSimRun(parts, options.workload, options.protocol, options.from, Adjust(options));
}

std::string CampaignTable(const std::vector<Campaign>& campaigns, const std::vector<CampaignResult>& results) {
  std::string text = fmt::format("{:<30}", "mean of a run");
  for (const auto& campaign : campaigns) text += fmt::format("{:>17}", campaign.protocol.traits.name);
  const auto row = [&](std::string_view name, const auto& number) {
    text += fmt::format("\n{:<30}", name);
    for (const auto& result : results) text += fmt::format("{:>17}", number(result));
  };
  const auto mean = [&](std::string_view name, std::uint64_t SimReport::*field) {
    row(name, [field](const CampaignResult& r) { return fmt::format("{:.2f}", r.Mean(r.sum.*field)); });
  };
  // Of what only some workloads do.
  const auto mean_of_some = [&](std::string_view name, std::uint64_t SimReport::*field) {
    if (std::ranges::any_of(results, [field](const auto& r) { return r.sum.*field > 0; })) mean(name, field);
  };
  mean("kills", &SimReport::kills);
  mean_of_some("processes replaced and alive", &SimReport::replaced);
  mean("restores", &SimReport::restores);
  mean("snapshots completed", &SimReport::snapshots);
  mean("snapshots aborted", &SimReport::aborted);
  mean("recovery lines audited", &SimReport::lines);
  mean("units", &SimReport::units);
  row("messages crossing workers", [](const auto& r) { return fmt::format("{:.0f} %", 100 * r.RemoteShare()); });
  mean("late messages", &SimReport::late);
  mean("log records replayed", &SimReport::replayed);
  mean("messages spilled", &SimReport::spilled);
  mean_of_some("delayed messages handled", &SimReport::delayed_fired);
  mean_of_some("  cancelled or replaced", &SimReport::delayed_cancelled);
  mean_of_some("  brought back by restores", &SimReport::delayed_restored);
  mean_of_some("outcomes of operations", &SimReport::outcomes);
  mean_of_some("  unknown after a restore", &SimReport::outcomes_unknown);
  mean_of_some("failed attempts", &SimReport::failed_attempts);
  mean_of_some("dead letters", &SimReport::dead_letters);
  row("virtual time", [](const auto& r) { return fmt::format("{:.1f} ms", r.Mean(r.sum.virtual_time.count()) / 1e6); });
  row("runs", [](const auto& r) { return fmt::format("{}", r.runs); });
  row("runs with damage", [](const auto& r) { return fmt::format("{}", r.damaged); });
  row("broken promises", [](const auto& r) { return fmt::format("{}", r.failed); });
  row("runs per second and core", [](const auto& r) { return fmt::format("{:.0f}", r.RunsPerCpuSecond()); });
  return text + "\n";
}

std::string ProbeTable(const std::vector<Campaign>& campaigns, const std::vector<CampaignResult>& results) {
  std::string text = fmt::format("{:<34}", "rare paths walked");
  for (const auto& campaign : campaigns) text += fmt::format("{:>16}", campaign.protocol.traits.name);
  SimProbes all;
  for (const auto& result : results) all.Add(result.sum.probes);
  for (std::size_t i = 0; i < kSimProbes; ++i) {
    const auto probe = static_cast<SimProbe>(i);
    if (all.count(probe) == 0) continue;
    text += fmt::format("\n{:<34}", SimProbeName(probe));
    for (const auto& result : results) text += fmt::format("{:>16}", result.sum.probes.count(probe));
  }
  return text + fmt::format("\nnever walked: {}\n", NeverReached(all));
}

std::string FailureText(const std::vector<CampaignResult>& results) {
  std::string text;
  for (const auto& result : results) {
    for (const auto& failure : result.failures) {
      text += fmt::format("\n{}\n{}\nSee it again: {}\n", failure.config, failure.what, failure.replay);
    }
    const auto untold = result.failed - result.failures.size();
    if (untold > 0) text += fmt::format("\n... and {} more\n", untold);
  }
  return text;
}

std::string TraceLine(const SimEvent& event) {
  return fmt::format("{:10.3f} ms  {:<10} {}", static_cast<double>(event.time.nanos) / 1e6, event.what, event.text);
}

}  // namespace holdfast
