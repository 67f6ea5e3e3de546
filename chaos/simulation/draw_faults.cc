// Draws the faults of a run from its seed, each class from a stream of its own.
#include <algorithm>
#include <cmath>

#include "chaos/simulation/sim_config.h"
#include "chaos/simulation/sim_fault.h"
#include "core/base/random.h"

namespace holdfast {
namespace {

// Trouble that lasts excuses any delay, so none does: from here on a run must come to its end.
constexpr Duration kTroubleLasts = std::chrono::milliseconds(500);

SimFaultTarget Worker(std::uint16_t id) { return {SimFaultRole::kWorker, WorkerId(id)}; }

SimFault Trouble(SimFaultVerb verb, SimFaultTarget target, double chance) {
  return {.verb = verb, .target = target, .restart_after = {}, .lasts = kTroubleLasts, .chance = chance};
}

// As many as a Poisson variable of this mean.
std::uint64_t DrawCount(Random& random, double mean) {
  std::uint64_t count = 0;
  for (double room = std::exp(-mean), product = random.Unit(); product > room; product *= random.Unit()) ++count;
  return count;
}

// In whole microseconds, which read better.
Duration Micros(std::int64_t micros) { return Duration(micros * 1000); }

SimFault DrawKill(Random& random, const SimConfig& config, Duration at) {
  const auto& mix = config.mix;
  SimFault kill{.at = at};
  kill.restart_after = Micros(random.Between(100, random.Chance(0.5) ? 2'000 : 20'000));
  const auto victim = Worker(static_cast<std::uint16_t>(random.Below(config.workers)));
  auto share = random.Unit();
  if ((share -= mix.kill_in_call) < 0) {
    kill.target = {SimFaultRole::kCaller};
    kill.when = AwaitedCall{.disk = random.Chance(0.5) ? victim : SimFaultTarget{SimFaultRole::kStore}};
    kill.when->nth = 1 + random.Below(8);
    kill.when->only_syncs = random.Chance(0.5);
  } else if ((share -= mix.kill_everything) < 0) {
    kill.target = {SimFaultRole::kEverything};
  } else if ((share -= mix.kill_coordinator) < 0) {
    kill.target = {SimFaultRole::kCoordinator};
  } else {
    kill.target = victim;
  }
  return kill;
}

// As likely well below what the failure detector bears as well above.
Duration DrawSilence(Random& random, const SimConfig& config) {
  const auto patience = static_cast<double>(config.patience.count());
  return Micros(
      std::max<std::int64_t>(1, static_cast<std::int64_t>(patience * std::exp(random.Unit() * 4 - 2)) / 1000));
}

void DrawPauses(const SimConfig& config, std::int64_t span, std::vector<SimFault>& faults) {
  if (config.mix.pauses == 0) return;
  Random random = SimStream(config.seed, "pauses");
  for (auto pauses = DrawCount(random, config.mix.pauses); pauses > 0; --pauses) {
    SimFault pause{.at = Micros(random.Between(0, span / 1000)), .verb = SimFaultVerb::kPause, .restart_after = {}};
    pause.target = random.Chance(0.25) ? SimFaultTarget{SimFaultRole::kCoordinator}
                                       : Worker(static_cast<std::uint16_t>(random.Below(config.workers)));
    pause.lasts = DrawSilence(random, config);
    faults.push_back(pause);
  }
}

SimFaultTarget DrawProcess(Random& random, const SimConfig& config) {
  if (random.Chance(0.25)) return {SimFaultRole::kCoordinator};
  return Worker(static_cast<std::uint16_t>(random.Below(config.workers)));
}

// To everybody or to one other process.
SimFaultTarget DrawReceiver(Random& random, const SimConfig& config, const SimFaultTarget& sender) {
  if (random.Chance(0.4)) return {SimFaultRole::kEverything};
  const auto to = DrawProcess(random, config);
  return to == sender ? SimFaultTarget{SimFaultRole::kEverything} : to;
}

void DrawHolds(const SimConfig& config, std::int64_t span, std::vector<SimFault>& faults) {
  if (config.mix.holds == 0) return;
  Random random = SimStream(config.seed, "holds");
  for (auto holds = DrawCount(random, config.mix.holds); holds > 0; --holds) {
    SimFault hold{.at = Micros(random.Between(0, span / 1000)), .verb = SimFaultVerb::kHold, .restart_after = {}};
    hold.target = DrawProcess(random, config);
    hold.to = DrawReceiver(random, config, hold.target);
    hold.lasts = DrawSilence(random, config);
    faults.push_back(hold);
  }
}

void DrawChannelTrouble(const SimConfig& config, std::vector<SimFault>& faults) {
  const auto& mix = config.mix;
  const auto add = [&](SimFaultVerb verb, double chance, Duration by) {
    if (chance == 0 && by.count() == 0) return;
    auto trouble = Trouble(verb, {SimFaultRole::kEverything}, chance);
    trouble.by = by;
    faults.push_back(trouble);
  };
  add(SimFaultVerb::kDelay, 0, mix.delay);
  add(SimFaultVerb::kDuplicate, mix.duplicates, {});
  add(SimFaultVerb::kReorder, mix.reorders, mix.reorders > 0 ? config.patience : Duration(0));
}

void DrawSinkTrouble(const SimConfig& config, std::vector<SimFault>& faults) {
  const auto& mix = config.mix;
  const SimFaultTarget everything{SimFaultRole::kEverything};
  if (mix.sink_errors > 0) faults.push_back(Trouble(SimFaultVerb::kSinkErrors, everything, mix.sink_errors));
  if (mix.slow_sink.count() > 0) {
    faults.push_back(Trouble(SimFaultVerb::kSlowSink, everything, 0));
    faults.back().by = mix.slow_sink;
  }
}

void DrawFunctionTrouble(const SimConfig& config, std::vector<SimFault>& faults) {
  const auto& mix = config.mix;
  Random random = SimStream(config.seed, "function faults");
  const auto by = DrawSilence(random, config);
  const auto add = [&](SimFaultVerb verb, double chance) {
    if (chance == 0) return;
    faults.push_back(Trouble(verb, {SimFaultRole::kEverything}, chance));
    if (verb == SimFaultVerb::kSlowFunctions) faults.back().by = by;
  };
  add(SimFaultVerb::kFunctionErrors, mix.function_errors);
  add(SimFaultVerb::kWrongReplies, mix.wrong_replies);
  add(SimFaultVerb::kSlowFunctions, mix.slow_functions);
}

// One clock, or all of them alike.
SimFault DrawClockFault(Random& random, const SimConfig& config, std::int64_t span, SimFaultVerb verb) {
  SimFault fault{.at = Micros(random.Between(0, span / 1000)), .verb = verb, .restart_after = {}};
  fault.target = random.Chance(0.2) ? SimFaultTarget{SimFaultRole::kEverything}
                                    : Worker(static_cast<std::uint16_t>(random.Below(config.workers)));
  return fault;
}

void DrawClockFaults(const SimConfig& config, std::int64_t span, std::vector<SimFault>& faults) {
  constexpr double kRates[] = {0, 0.5, 0.99, 1.01, 2, 10};
  Random random = SimStream(config.seed, "clock faults");
  for (auto times = DrawCount(random, config.mix.clocks_set); times > 0; --times) {
    const auto verb = random.Chance(0.5) ? SimFaultVerb::kClockBack : SimFaultVerb::kClockForward;
    auto& fault = faults.emplace_back(DrawClockFault(random, config, span, verb));
    fault.by = DrawSilence(random, config);
  }
  for (auto times = DrawCount(random, config.mix.clock_drifts); times > 0; --times) {
    auto& fault = faults.emplace_back(DrawClockFault(random, config, span, SimFaultVerb::kClockDrift));
    fault.rate = kRates[random.Below(std::size(kRates))];
    fault.lasts = DrawSilence(random, config);
  }
}

void DrawDiskTrouble(const SimConfig& config, std::int64_t span, std::vector<SimFault>& faults) {
  const auto& mix = config.mix;
  Random random = SimStream(config.seed, "disk faults");
  for (auto times = DrawCount(random, mix.disks_full); times > 0; --times) {
    SimFault full{.at = Micros(random.Between(0, span / 1000)), .verb = SimFaultVerb::kDiskFull, .restart_after = {}};
    const auto worker = Worker(static_cast<std::uint16_t>(random.Below(config.workers)));
    // A worker that cannot spill gives up, because there is no room left for its queue.
    const bool spills = config.queue_memory < SimConfig().queue_memory;
    full.target = random.Chance(0.5) || spills ? SimFaultTarget{SimFaultRole::kStore} : worker;
    full.lasts = Micros(static_cast<std::int64_t>(random.Exponential(10'000)));
    full.chance = random.Chance(0.5) ? 1 : 0.3;
    faults.push_back(full);
  }
  if (mix.slow_disks.count() > 0) {
    faults.push_back(Trouble(SimFaultVerb::kSlowDisk, {SimFaultRole::kEverything}, 0));
    faults.back().by = mix.slow_disks;
  }
  if (mix.bit_flips > 0) faults.push_back(Trouble(SimFaultVerb::kBitFlips, {SimFaultRole::kStore}, mix.bit_flips));
  if (mix.stale_lists > 0) {
    faults.push_back(Trouble(SimFaultVerb::kStaleLists, {SimFaultRole::kStore}, mix.stale_lists));
  }
}

}  // namespace

std::vector<SimFault> DrawFaults(const SimConfig& config) {
  const auto& mix = config.mix;
  Random random = SimStream(config.seed, "faults");
  std::vector<SimFault> faults;
  const auto span = config.record_gap.count() * static_cast<std::int64_t>(config.records) + 10'000'000;
  for (auto strikes = DrawCount(random, mix.kills); strikes > 0; --strikes) {
    auto at = Micros(random.Between(0, span / 1000));
    faults.push_back(DrawKill(random, config, at));
    while (random.Chance(mix.kill_again)) {
      at += Micros(static_cast<std::int64_t>(random.Exponential(4'000)));
      faults.push_back(DrawKill(random, config, at));
    }
  }
  if (mix.store_errors > 0) {
    faults.push_back(Trouble(SimFaultVerb::kDiskErrors, {SimFaultRole::kStore}, mix.store_errors));
  }
  for (std::uint16_t i = 0; mix.log_errors > 0 && i < config.workers; ++i) {
    faults.push_back(Trouble(SimFaultVerb::kDiskErrors, Worker(i), mix.log_errors));
  }
  if (mix.slow_work > 0) faults.push_back(Trouble(SimFaultVerb::kSlowWork, {SimFaultRole::kEverything}, mix.slow_work));
  DrawPauses(config, span, faults);
  DrawHolds(config, span, faults);
  DrawChannelTrouble(config, faults);
  DrawSinkTrouble(config, faults);
  DrawFunctionTrouble(config, faults);
  DrawClockFaults(config, span, faults);
  DrawDiskTrouble(config, span, faults);
  std::stable_sort(faults.begin(), faults.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  return faults;
}

}  // namespace holdfast
