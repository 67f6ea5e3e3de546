#include "chaos/simulation/sim_config.h"

#include <algorithm>

namespace holdfast {
namespace {

// Each class is off in most runs, and drawn from a stream of its own, so that one added leaves all others as they were.
void DrawChannelMix(std::uint64_t seed, FaultMix& mix) {
  Random random = SimStream(seed, "channel mix");
  if (random.Chance(0.15)) mix.holds = 1.5;
  if (random.Chance(0.1)) mix.delay = Duration(random.Between(10'000, 3'000'000));
  if (random.Chance(0.15)) mix.duplicates = 0.3;
  if (random.Chance(0.15)) mix.reorders = 0.3;
}

void DrawSinkMix(std::uint64_t seed, FaultMix& mix) {
  Random random = SimStream(seed, "sink mix");
  if (random.Chance(0.15)) mix.sink_errors = 0.1;
  if (random.Chance(0.1)) mix.slow_sink = Duration(random.Between(10'000, 5'000'000));
}

void DrawFunctionMix(std::uint64_t seed, FaultMix& mix) {
  Random random = SimStream(seed, "function mix");
  if (random.Chance(0.1)) mix.function_errors = 0.05;
  if (random.Chance(0.1)) mix.wrong_replies = 0.05;
  if (random.Chance(0.1)) mix.slow_functions = 0.002;
}

void DrawClockMix(std::uint64_t seed, FaultMix& mix) {
  Random random = SimStream(seed, "clock mix");
  if (random.Chance(0.15)) mix.clocks_set = 2;
  if (random.Chance(0.1)) mix.clock_drifts = 2;
}

void DrawDiskMix(std::uint64_t seed, FaultMix& mix) {
  Random random = SimStream(seed, "disk mix");
  if (random.Chance(0.15)) mix.disks_full = 1;
  if (random.Chance(0.1)) mix.slow_disks = Duration(random.Between(10'000, 5'000'000));
  if (random.Chance(0.05)) mix.bit_flips = 0.02;
  if (random.Chance(0.15)) mix.stale_lists = random.Chance(0.5) ? 0.2 : 1;
}

}  // namespace

SimConfig DrawSimConfig(std::uint64_t seed) {
  SimConfig config;
  Random random(Mix64(seed) ^ 0x5eed);
  config.seed = seed;
  config.workers = static_cast<std::uint16_t>(1 + random.Below(4));
  if (config.workers == 1 && random.Chance(0.5)) config.workers = 3;
  config.records = 100 + random.Below(101);
  config.record_gap = Duration(random.Between(20'000, 300'000));
  const auto span = config.record_gap * static_cast<std::int64_t>(config.records);
  config.interval = std::max(Duration(3'000'000), span * random.Between(60, 240) / 100);
  config.timeout = random.Chance(0.2) ? Duration(random.Between(1'500'000, 5'000'000))
                                      : Duration(random.Between(10'000'000, 60'000'000));
  // Now and then, snapshots that begin before the last one was given up everywhere.
  if (random.Chance(0.02)) config.interval = config.timeout = Duration(random.Between(500'000, 1'500'000));
  config.mix.store_errors = random.Chance(0.2) ? 0.01 : 0;
  config.mix.slow_work = random.Chance(0.2) ? 0.02 : 0;
  config.max_frame_bytes = random.Chance(0.3) ? 1 : 4096;
  config.queue_low = 1 + random.Below(128);
  config.slice = 1 + random.Below(32);
  config.mix.log_errors = random.Chance(0.2) ? 0.01 : 0;
  if (random.Chance(0.3)) config.queue_memory = 1 + random.Below(1500);
  DrawChannelMix(seed, config.mix);
  DrawSinkMix(seed, config.mix);
  DrawFunctionMix(seed, config.mix);
  DrawClockMix(seed, config.mix);
  DrawDiskMix(seed, config.mix);
  return config;
}

std::string DescribeSimConfig(const SimConfig& config) {
  return fmt::format(
      "seed {}: {} workers, {} records every {} us, snapshot every {} us, time-out {} us, frames of {} bytes, "
      "queue {}, {} bytes of it in memory, slice {}",
      config.seed, config.workers, config.records, config.record_gap.count() / 1000, config.interval.count() / 1000,
      config.timeout.count() / 1000, config.max_frame_bytes, config.queue_low, config.queue_memory, config.slice);
}

}  // namespace holdfast
