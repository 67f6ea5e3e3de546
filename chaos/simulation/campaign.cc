#include "chaos/simulation/campaign.h"

#include <time.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "chaos/simulation/crash_note.h"

namespace holdfast {
namespace {

double Seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

SimConfig ConfigOf(const Campaign& campaign, std::uint64_t seed) {
  auto config = DrawSimConfig(seed);
  if (campaign.adjust) campaign.adjust(config);
  return config;
}

void Add(SimReport& sum, const SimReport& report, std::uint64_t seed) {
  sum.hash += Mix64(report.hash ^ Mix64(seed));
  const auto& ledger = report.ledger;
  sum.ledger.expected += ledger.expected;
  sum.ledger.seen += ledger.seen;
  sum.ledger.missing += ledger.missing;
  sum.ledger.duplicate += ledger.duplicate;
  sum.ledger.out_of_order += ledger.out_of_order;
  sum.ledger.phantom += ledger.phantom;
  sum.ledger.contradictory += ledger.contradictory;
  sum.kills += report.kills;
  sum.replaced += report.replaced;
  sum.snapshots += report.snapshots;
  sum.aborted += report.aborted;
  sum.restores += report.restores;
  sum.lines += report.lines;
  sum.units += report.units;
  sum.messages_local += report.messages_local;
  sum.messages_remote += report.messages_remote;
  sum.late += report.late;
  sum.replayed += report.replayed;
  sum.spilled += report.spilled;
  sum.delayed_fired += report.delayed_fired;
  sum.delayed_cancelled += report.delayed_cancelled;
  sum.delayed_restored += report.delayed_restored;
  sum.outcomes += report.outcomes;
  sum.outcomes_unknown += report.outcomes_unknown;
  sum.failed_attempts += report.failed_attempts;
  sum.dead_letters += report.dead_letters;
  sum.steps += report.steps;
  sum.peak_queue = std::max(sum.peak_queue, report.peak_queue);
  sum.virtual_time += report.virtual_time;
  sum.probes.Add(report.probes);
}

bool Damaged(const Ledger& ledger) {
  return ledger.missing + ledger.duplicate + ledger.out_of_order + ledger.phantom + ledger.contradictory > 0;
}

// Runs the seed twice more and finds the first event in which the runs differ.
std::string FirstDivergence(const Campaign& campaign, std::uint64_t seed) {
  std::vector<SimEvent> first;
  RunSeed(campaign, seed, [&](const SimEvent& event) { first.push_back(event); });
  std::string divergence;
  std::size_t at = 0;
  RunSeed(campaign, seed, [&](const SimEvent& event) {
    const auto place = at++;
    if (!divergence.empty() || (place < first.size() && first[place].hash == event.hash)) return;
    divergence = fmt::format("two runs part at event {}, after {} us: '{} {}' or '{} {}'", place,
                             event.time.nanos / 1000, place < first.size() ? first[place].what : "the end",
                             place < first.size() ? first[place].text : "", event.what, event.text);
  });
  if (divergence.empty() && at < first.size()) {
    divergence = fmt::format("one of two runs ends after event {}, the other goes on with '{} {}'", at, first[at].what,
                             first[at].text);
  }
  return divergence.empty() ? "two runs parted, but two more did not" : divergence;
}

void RunOne(const Campaign& campaign, std::uint64_t seed, CampaignResult& result) {
  const CrashNote note(fmt::format("the run that did this: {}\n", campaign.replay(seed)));
  const auto report = RunSeed(campaign, seed);
  auto what = report.violation;
  if (campaign.twice && what.empty() && RunSeed(campaign, seed).hash != report.hash) {
    what = FirstDivergence(campaign, seed);
  }
  ++result.runs;
  Add(result.sum, report, seed);
  result.damaged += Damaged(report.ledger);
  if (what.empty()) return;
  ++result.failed;
  if (result.failures.size() == CampaignResult::kKeptFailures) return;
  const auto config = ConfigOf(campaign, seed);
  auto text = DescribeSimConfig(config);
  for (const auto& fault : campaign.make_faults(config)) text += "\n  " + DescribeFault(fault);
  result.failures.push_back({seed, std::move(text), std::move(what), campaign.replay(seed)});
}

void Merge(CampaignResult& all, CampaignResult part) {
  all.runs += part.runs;
  const auto hash = all.sum.hash + part.sum.hash;
  Add(all.sum, part.sum, 0);
  all.sum.hash = hash;
  all.damaged += part.damaged;
  all.failed += part.failed;
  all.cpu_seconds += part.cpu_seconds;
  std::move(part.failures.begin(), part.failures.end(), std::back_inserter(all.failures));
}

}  // namespace

double CampaignResult::RemoteShare() const {
  const auto all = sum.messages_local + sum.messages_remote;
  return all == 0 ? 0 : static_cast<double>(sum.messages_remote) / static_cast<double>(all);
}

SimReport RunSeed(const Campaign& campaign, std::uint64_t seed, SimListener listener) {
  auto parts = campaign.make_parts(seed);
  parts.protocol = campaign.protocol;
  const auto config = ConfigOf(campaign, seed);
  return Simulate(config, campaign.make_faults(config), std::move(parts), std::move(listener));
}

CampaignResult RunCampaign(const Campaign& campaign) {
  const auto begin = Seconds(CLOCK_MONOTONIC);
  CampaignResult all;
  std::mutex mutex;
  std::atomic<std::uint64_t> next{campaign.from};
  const auto work = [&] {
    CampaignResult part;
    const auto cpu_begin = Seconds(CLOCK_THREAD_CPUTIME_ID);
    for (auto seed = next++; seed < campaign.from + campaign.seeds; seed = next++) RunOne(campaign, seed, part);
    part.cpu_seconds = Seconds(CLOCK_THREAD_CPUTIME_ID) - cpu_begin;
    const std::lock_guard guard(mutex);
    Merge(all, std::move(part));
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < campaign.jobs; ++i) threads.emplace_back(work);
  work();
  for (auto& thread : threads) thread.join();
  std::sort(all.failures.begin(), all.failures.end(), [](const auto& a, const auto& b) { return a.seed < b.seed; });
  if (all.failures.size() > CampaignResult::kKeptFailures) all.failures.resize(CampaignResult::kKeptFailures);
  all.wall_seconds = Seconds(CLOCK_MONOTONIC) - begin;
  return all;
}

}  // namespace holdfast
