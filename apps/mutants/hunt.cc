#include "apps/mutants/hunt.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <thread>

namespace holdfast {
namespace {

struct Lane {
  std::string_view workload;
  bool troubled;
};
constexpr std::array<Lane, 4> kHuntingLanes{{
    {"random-programs", false},
    {"greeter", true},
    {"random-programs", true},
    {"greeter", false},
}};

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto blank = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, blank));
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  return words;
}

std::vector<Hunted> PreyOf(const HuntOptions& options) {
  std::vector<Hunted> prey;
  for (const auto mutant : options.mutants) {
    const auto all = mutant == kNoMutant ? mutant_protocols::kAll : kMutants[mutant - 1].protocols;
    for (const auto protocol : Words(all)) {
      const auto& wanted = options.protocols;
      if (std::find(wanted.begin(), wanted.end(), protocol) == wanted.end()) continue;
      prey.push_back({mutant, std::string(protocol), options.workload, {}, {}});
    }
  }
  return prey;
}

Result<Finding> Find(const Parts& parts, const Hunted& prey, std::uint64_t most, bool checks) {
  std::vector<Campaign> campaigns;
  for (std::uint64_t run = 1; run <= kHuntingLanes.size(); ++run) {
    HOLDFAST_ASSIGN(auto planned, PlanCampaigns(parts, OptionsOfRun(run, prey.protocol, prey.workload)));
    campaigns.push_back(std::move(planned.front()));
  }
  ForkedRuns runs;
  runs.run = [&](std::uint64_t run) -> std::string {
    SetActiveMutant(prey.mutant);
    SetChecks(checks);
    const auto report =
        RunSeed(campaigns[(run - 1) % kHuntingLanes.size()], OptionsOfRun(run, prey.protocol, prey.workload).from);
    if (report.failure == SimFailure::kNone) return {};
    return fmt::format("{}\n{}", SimFailureName(report.failure), report.violation);
  };
  runs.runs = most;
  runs.crash_fails = checks;
  Finding finding;
  finding.result = RunForked(runs);
  if (!finding.result.failure) return finding;
  auto options = OptionsOfRun(finding.result.failure->run, prey.protocol, prey.workload);
  options.mutant = prey.mutant == kNoMutant ? "" : kMutants[prey.mutant - 1].name;
  options.checks = checks;
  HOLDFAST_ASSIGN(const auto campaign, PlanCampaigns(parts, options));
  finding.replay = campaign.front().replay(options.from);
  return finding;
}

Status HuntOne(const Parts& parts, std::uint64_t most, Hunted& prey) {
  HOLDFAST_ASSIGN(prey.unchecked, Find(parts, prey, most, false));
  HOLDFAST_ASSIGN(prey.checked, Find(parts, prey, most, true));
  return {};
}

}  // namespace

bool Hunted::good() const { return mutant == kNoMutant ? !found() && !checked.result.failure : found(); }

SimulateOptions OptionsOfRun(std::uint64_t run, const std::string& protocol, const std::string& workload) {
  const auto& lane = kHuntingLanes[(run - 1) % kHuntingLanes.size()];
  SimulateOptions options;
  options.workload = workload.empty() ? lane.workload : workload;
  options.protocol = protocol;
  options.troubled = lane.troubled;
  // The lanes of one workload differ in their weather only, and two of them have the same.
  options.from = workload.empty() ? (run - 1) / kHuntingLanes.size() + 1 : (run + 1) / 2;
  options.seeds = 1;
  return options;
}

Result<std::vector<Hunted>> Hunt(const Parts& parts, const HuntOptions& options,
                                 const std::function<void(const Hunted&)>& done) {
  auto prey = PreyOf(options);
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  Status trouble;
  const auto work = [&] {
    for (auto i = next++; i < prey.size(); i = next++) {
      auto status = HuntOne(parts, options.runs, prey[i]);
      const std::lock_guard guard(mutex);
      if (status.ok()) {
        done(prey[i]);
      } else {
        trouble = std::move(status);
        next = prey.size();
      }
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < options.jobs; ++i) threads.emplace_back(work);
  work();
  for (auto& thread : threads) thread.join();
  HOLDFAST_TRY(trouble);
  return prey;
}

}  // namespace holdfast
