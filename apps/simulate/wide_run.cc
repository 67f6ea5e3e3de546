// What an exploration draws.
#include <algorithm>
#include <cmath>

#include "apps/simulate/explore.h"

namespace holdfast {
namespace {

template <class T>
T OneOf(Random& random, std::initializer_list<T> values) {
  return *(values.begin() + random.Below(values.size()));
}

// Small values as likely as large ones, by their logarithm.
Duration DrawDuration(Random& random, Duration low, Duration high) {
  const auto span = std::log(static_cast<double>(high.count()) / static_cast<double>(low.count()));
  return Duration(static_cast<std::int64_t>(static_cast<double>(low.count()) * std::exp(random.Unit() * span)));
}

// Each class of faults is off in many runs, so that others come to act alone.
FaultMix DrawMix(Random& random) {
  FaultMix mix;
  mix.kills = random.Chance(0.2) ? 0 : OneOf(random, {0.5, 1.0, 3.0, 8.0});
  mix.kill_everything = random.Chance(0.5) ? 0 : OneOf(random, {0.2, 0.5});
  mix.kill_coordinator = random.Chance(0.5) ? 0 : OneOf(random, {0.1, 0.4});
  mix.kill_in_call = random.Chance(0.4) ? 0 : OneOf(random, {0.2, 0.6});
  mix.kill_again = random.Chance(0.4) ? 0 : OneOf(random, {0.2, 0.6});
  mix.store_errors = random.Chance(0.6) ? 0 : OneOf(random, {0.001, 0.01, 0.05});
  mix.log_errors = random.Chance(0.6) ? 0 : OneOf(random, {0.001, 0.01, 0.05});
  mix.slow_work = random.Chance(0.6) ? 0 : OneOf(random, {0.01, 0.1});
  mix.pauses = random.Chance(0.6) ? 0 : OneOf(random, {0.5, 2.0, 5.0});
  return mix;
}

// From a stream of their own: what was drawn before they were known stays as it was.
void DrawChannelMix(Random random, FaultMix& mix) {
  using namespace std::chrono_literals;
  mix.holds = random.Chance(0.7) ? 0 : OneOf(random, {0.5, 2.0, 5.0});
  if (random.Chance(0.2)) mix.delay = DrawDuration(random, 10us, 20ms);
  mix.duplicates = random.Chance(0.7) ? 0 : OneOf(random, {0.05, 0.3, 1.0});
  mix.reorders = random.Chance(0.7) ? 0 : OneOf(random, {0.05, 0.3, 1.0});
}

void DrawSinkMix(Random random, FaultMix& mix) {
  using namespace std::chrono_literals;
  mix.sink_errors = random.Chance(0.7) ? 0 : OneOf(random, {0.01, 0.1, 0.5});
  if (random.Chance(0.2)) mix.slow_sink = DrawDuration(random, 10us, 20ms);
}

void DrawFunctionMix(Random random, FaultMix& mix) {
  mix.function_errors = random.Chance(0.7) ? 0 : OneOf(random, {0.01, 0.1, 0.5});
  mix.wrong_replies = random.Chance(0.7) ? 0 : OneOf(random, {0.01, 0.1, 0.4});
  mix.slow_functions = random.Chance(0.8) ? 0 : OneOf(random, {0.001, 0.01});
}

void DrawClockMix(Random random, FaultMix& mix) {
  mix.clocks_set = random.Chance(0.7) ? 0 : OneOf(random, {0.5, 2.0, 5.0});
  mix.clock_drifts = random.Chance(0.8) ? 0 : OneOf(random, {0.5, 2.0});
}

void DrawDiskMix(Random random, FaultMix& mix) {
  using namespace std::chrono_literals;
  mix.disks_full = random.Chance(0.7) ? 0 : OneOf(random, {0.5, 2.0});
  if (random.Chance(0.2)) mix.slow_disks = DrawDuration(random, 10us, 20ms);
  mix.bit_flips = random.Chance(0.9) ? 0 : OneOf(random, {0.001, 0.01, 0.1});
  mix.stale_lists = random.Chance(0.7) ? 0 : OneOf(random, {0.1, 0.5, 1.0});
}

void DrawCluster(Random& random, SimConfig& config) {
  using namespace std::chrono_literals;
  using Number = std::uint64_t;
  config.workers = static_cast<std::uint16_t>(1 + random.Below(random.Chance(0.2) ? 8 : 4));
  config.records = 1 + random.Below(random.Chance(0.3) ? 20 : 300);
  config.record_gap = DrawDuration(random, 1us, 500us);
  config.interval = DrawDuration(random, 500us, 50ms);
  config.timeout = DrawDuration(random, 2ms, 80ms);
  config.max_frame_bytes = OneOf<Number>(random, {1, 1, 64, 1024, 4096});
  config.queue_low = OneOf<Number>(random, {1, 2, 8, 64, 1024});
  config.queue_memory = OneOf<Number>(random, {1, 500, 1500, 64 << 20, 64 << 20});
  config.slice = OneOf<Number>(random, {1, 2, 16, 64});
  config.patience = DrawDuration(random, 500us, 20ms);
  config.mix = DrawMix(random);
}

template <class Registry>
std::string DrawName(Random& random, const Registry& registry, const std::string& wanted) {
  const auto descriptors = registry.Descriptors();
  const auto drawn = random.Below(descriptors.size());
  return wanted == "all" ? descriptors[drawn].name : wanted;
}

// Each workload bids for the seed, from a stream of its own: one that is new takes over some seeds, and changes no
// other.
std::string DrawWorkload(std::uint64_t seed, const WorkloadRegistry& workloads, const std::string& wanted) {
  if (wanted != "all") return wanted;
  std::pair<std::uint64_t, std::string> best;
  for (const auto& descriptor : workloads.Descriptors()) {
    best = std::max(best, {SimStream(seed, "explore " + descriptor.name).Next(), descriptor.name});
  }
  return best.second;
}

}  // namespace

SimRun DrawWideRun(const Parts& parts, const ExploreOptions& options, std::uint64_t seed) {
  auto random = SimStream(seed, "explore");
  random.Next();  // Once it chose the workload; what follows stays as it was.
  const auto workload = DrawWorkload(seed, parts.workloads, options.workload);
  const auto protocol = DrawName(random, parts.protocols, options.protocol);
  return DrawSimRun(parts, workload, protocol, seed, [&](SimConfig& config) {
    DrawCluster(random, config);
    DrawChannelMix(SimStream(seed, "explore channels"), config.mix);
    DrawSinkMix(SimStream(seed, "explore sink"), config.mix);
    DrawFunctionMix(SimStream(seed, "explore functions"), config.mix);
    DrawClockMix(SimStream(seed, "explore clocks"), config.mix);
    DrawDiskMix(SimStream(seed, "explore disks"), config.mix);
    config.skip_sync = options.skip_sync;
  });
}

}  // namespace holdfast
