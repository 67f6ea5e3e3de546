#include "workloads/suite/runner/point_run.h"

#include <sys/resource.h>

#include <algorithm>

#include "engines/steady_now.h"

namespace holdfast {

namespace {

using namespace std::chrono_literals;

constexpr Duration kSlice = 50ms;
constexpr Duration kLeadIn = 20ms;  // From Begin to the first intended instant.
constexpr Duration kLongestDrain = 60s;
constexpr Duration kShortestQuiet = 300ms;

// Output may be held back for a whole snapshot interval, so silence is only telling when it lasts longer.
Duration QuietTime(const SuitePoint& point) {
  const auto* protocol = point.Find("protocol");
  if (protocol == nullptr || protocol->options.set().Find("interval") == nullptr) return kShortestQuiet;
  return std::max(kShortestQuiet, protocol->options.GetDuration("interval") * 5 / 4);
}

Duration OwnCpu() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto nanos = [](const timeval& t) {
    return std::chrono::seconds(t.tv_sec) + std::chrono::microseconds(t.tv_usec);
  };
  return nanos(used.ru_utime) + nanos(used.ru_stime);
}

Generator MakeGenerator(const BenchLoad& bench_load, const LoadConfig& load, std::uint64_t seed) {
  const auto spread =
      load.arrivals == Arrivals::kConstant ? ArrivalSchedule::Spread::kConstant : ArrivalSchedule::Spread::kPoisson;
  return Generator({.input = bench_load.input,
                    .schedule = ArrivalSchedule(seed, load.rate, spread, bench_load.input->partitions()),
                    .warm_up = load.warm_up,
                    .end = load.warm_up + load.duration,
                    .in_flight = static_cast<std::uint64_t>(load.in_flight)});
}

class PointRun {
 public:
  PointRun(const SuitePoint& point, const PointWatch& watch, PointObservation& seen, Engine& engine)
      : watch_(watch), seen_(seen), engine_(engine), quiet_(QuietTime(point)), planned_(PlannedLength(point)) {}

  Status Run() {
    started_ = SteadyNow();
    watch_.progress("starting", 0);
    HOLDFAST_TRY(engine_.Start());
    seen_.zero = SteadyNow() + kLeadIn;
    seen_.begin = seen_.zero + seen_.load.warm_up;
    seen_.end = seen_.begin + seen_.load.duration;
    seen_.generator->Begin(seen_.zero);
    HOLDFAST_TRY(Advance(seen_.begin, "warming up"));
    HOLDFAST_TRY(Measure());
    HOLDFAST_TRY(Drain());
    seen_.stopped = SteadyNow();
    seen_.usage_in_all = engine_.Measure();
    engine_.Stop();
    seen_.log = engine_.Log();
    return {};
  }

 private:
  Status Advance(SteadyTime until, std::string_view what) {
    for (auto now = SteadyNow(); now < until; now = SteadyNow()) {
      HOLDFAST_TRY(engine_.RunUntil(std::min(until, now + kSlice)));
      if (watch_.interrupted()) return MakeError(ErrorCode::kUnavailable, "interrupted");
      const auto passed = std::chrono::duration<double>(SteadyNow() - started_) / planned_;
      watch_.progress(what, std::min(passed, 1.0));
    }
    return {};
  }

  Status Measure() {
    const auto host = record::SampleHost();
    const auto cpu = OwnCpu();
    seen_.usage_at_begin = engine_.Measure();
    seen_.counters_at_begin = engine_.Counters();
    if (seen_.fault) {
      HOLDFAST_TRY(Advance(seen_.begin + seen_.fault->at, "measuring"));
      HOLDFAST_TRY(engine_.Inject(seen_.fault->verb));
    }
    HOLDFAST_TRY(Advance(seen_.end, seen_.fault ? "measuring, after the fault" : "measuring"));
    seen_.usage_at_end = engine_.Measure();
    seen_.counters_at_end = engine_.Counters();
    seen_.own_cpu = OwnCpu() - cpu;
    seen_.host = record::LoadBetween(host, record::SampleHost());
    return {};
  }

  // Until everything has come and the sink has been quiet for a while: late duplicates count, too. Or until it has been
  // quiet for so long that nothing more will come.
  Status Drain() {
    const auto pause = seen_.fault ? seen_.fault->restart_after : Duration::zero();
    const auto give_up = SteadyNow() + pause + kLongestDrain;
    const auto& collector = *seen_.collector;
    while (SteadyNow() < give_up) {
      HOLDFAST_TRY(Advance(SteadyNow() + kSlice, "waiting for the last output"));
      if (engine_.Recovering()) continue;
      const auto now = SteadyNow();
      const auto quiet = now - std::max(seen_.end, collector.last_visible());
      const auto expected = seen_.generator->sent() * seen_.bench_load.outputs_per_record;
      const bool all_sent = seen_.generator->Done(now);
      if (all_sent && collector.counts().visible_records >= expected && quiet > quiet_) return {};
      if (quiet > 2 * quiet_ + 2s) break;
    }
    seen_.gave_up = true;
    return {};
  }

  const PointWatch& watch_;
  PointObservation& seen_;
  Engine& engine_;
  const Duration quiet_;
  const Duration planned_;
  SteadyTime started_;
};

}  // namespace

Result<PointObservation> RunPoint(const BenchParts& parts, const SuitePoint& point, std::uint64_t seed,
                                  const std::string& data_folder, const PointWatch& watch) {
  PointObservation seen;
  seen.load = ReadLoad(point.Part("load").options);
  seen.fault = ReadFault(point);
  HOLDFAST_ASSIGN(seen.bench_load, parts.make_load(point, seed));
  seen.generator = std::make_unique<Generator>(MakeGenerator(seen.bench_load, seen.load, seed));
  seen.collector = std::make_unique<Collector>();
  HOLDFAST_ASSIGN(const auto engine, parts.make_engine(point, seed, data_folder, *seen.generator, *seen.collector));
  seen.capabilities = engine->Capabilities();
  HOLDFAST_TRY(PointRun(point, watch, seen, *engine).Run());
  return seen;
}

Duration PlannedLength(const SuitePoint& point) {
  const auto load = ReadLoad(point.Part("load").options);
  return load.warm_up + load.duration + QuietTime(point) + 500ms;
}

}  // namespace holdfast
