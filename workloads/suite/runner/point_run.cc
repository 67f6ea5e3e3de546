#include "workloads/suite/runner/point_run.h"

#include <sys/resource.h>

#include <algorithm>

#include "engines/steady_now.h"
#include "workloads/suite/runner/drain.h"
#include "workloads/suite/runner/fault_plan.h"
#include "workloads/suite/runner/progress.h"

namespace holdfast {

namespace {

using namespace std::chrono_literals;

constexpr Duration kSlice = 50ms;
constexpr Duration kLeadIn = 20ms;  // From Begin to the first intended instant.

// Of the snapshots, or of whatever a protocol does again and again.
std::optional<Duration> SnapshotInterval(const SuitePoint& point) {
  const auto* protocol = point.Find("protocol");
  if (protocol == nullptr || protocol->options.set().Find("interval") == nullptr) return std::nullopt;
  return protocol->options.GetDuration("interval");
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
  const auto& loop = bench_load.loop;
  const auto offered = loop ? loop->offered_partitions() : bench_load.input->partitions();
  return Generator({.input = bench_load.input,
                    .schedule = ArrivalSchedule(seed, load.rate, spread, offered),
                    .warm_up = load.warm_up,
                    .end = load.warm_up + load.duration,
                    .in_flight = static_cast<std::uint64_t>(load.in_flight),
                    .loop = loop});
}

class PointRun {
 public:
  PointRun(const SuitePoint& point, bool held, const PointWatch& watch, PointObservation& seen, Engine& engine)
      : point_(point), held_(held), watch_(watch), seen_(seen), engine_(engine), planned_(PlannedLength(point)) {}

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
    HOLDFAST_TRY(WaitForOutput());
    seen_.stopped = SteadyNow();
    seen_.usage_in_all = engine_.Measure();
    HOLDFAST_TRY(AuditLines());
    engine_.Stop();
    course_->End(engine_.Log());
    seen_.log = engine_.Log();
    return {};
  }

 private:
  Status Advance(SteadyTime until, std::string_view what) {
    for (auto now = SteadyNow(); now < until; now = SteadyNow()) {
      HOLDFAST_TRY(engine_.RunUntil(std::min(until, now + kSlice)));
      if (watch_.interrupted()) return MakeError(ErrorCode::kUnavailable, "interrupted");
      HOLDFAST_TRY(CheckBehind());
      const auto passed = std::chrono::duration<double>(SteadyNow() - started_) / planned_;
      watch_.progress(what, std::min(passed, 1.0));
    }
    return {};
  }

  Status CheckBehind() const {
    if (!watch_.give_up) return {};
    const auto behind = seen_.generator->Behind(SteadyNow());
    if (!watch_.give_up(behind)) return {};
    return MakeError(ErrorCode::kExhausted, "given up, {} behind the schedule of its load", RoughDuration(behind));
  }

  Status Measure() {
    const auto host = record::SampleHost();
    const auto cpu = OwnCpu();
    seen_.usage_at_begin = engine_.Measure();
    seen_.counters_at_begin = engine_.Counters();
    HOLDFAST_TRY(FollowCourse());
    seen_.usage_at_end = engine_.Measure();
    seen_.counters_at_end = engine_.Counters();
    seen_.own_cpu = OwnCpu() - cpu;
    seen_.host = record::LoadBetween(host, record::SampleHost());
    return {};
  }

  Status FollowCourse() {
    auto& course = course_.emplace(seen_.faults, seen_.begin);
    std::string_view doing = "measuring";
    for (auto now = SteadyNow(); now < seen_.end; now = SteadyNow()) {
      while (auto* fault = course.Next(now, engine_.Log())) {
        HOLDFAST_TRY(Inflict(*fault));
        doing = "measuring, after the fault";
      }
      HOLDFAST_TRY(Advance(std::min(seen_.end, course.AskAgain(now, engine_.Log())), doing));
    }
    engine_.Disarm();
    return {};
  }

  Status Inflict(AppliedFault& fault) {
    const auto& planned = fault.planned;
    if (planned.when && !planned.when->site.empty()) {
      HOLDFAST_ASSIGN(fault.armed, engine_.Arm(planned.fault, planned.when->site, planned.when->nth));
      return {};
    }
    const auto status = engine_.Inject(fault.planned.fault);
    if (status.ok()) {
      fault.recovery = engine_.Log().recoveries.size() - 1;
    } else if (status.error().code == ErrorCode::kRefused) {
      fault.trouble = status.error().message;
    } else {
      return status;
    }
    return {};
  }

  // Until everything has come and the sink has been quiet for a while: late duplicates count, too. Or until nothing
  // more will come.
  Status WaitForOutput() {
    Duration pause{};
    for (const auto& fault : seen_.faults) pause += fault.planned.fault.lasts;
    pause += std::max(DueUntil() - SteadyNow(), Duration::zero());
    const Drain drain(SnapshotInterval(point_), held_, SteadyNow(), pause);
    do HOLDFAST_TRY(Advance(SteadyNow() + kSlice, "waiting for the last output"));
    while (drain.Next(Look()) == Drain::Step::kWait);
    return {};
  }

  // What is due by a clock that was set back comes so much later.
  SteadyTime DueUntil() const {
    SteadyTime set;
    Duration behind{};
    for (const auto& applied : seen_.faults) {
      const auto& fault = applied.planned.fault;
      if (fault.verb != FaultVerb::kTrouble || fault.trouble != PortTrouble::kClockBack || !applied.recovery) continue;
      set = std::max(set, engine_.Log().recoveries[*applied.recovery].applied);
      behind += fault.size.by;
    }
    return set + behind;
  }

  Status AuditLines() {
    if (!seen_.bench_load.make_auditor || !seen_.capabilities.lines) return {};
    watch_.progress("auditing recovery lines", 1);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto at_rest_since = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    const auto auditor = seen_.bench_load.make_auditor();
    const auto audited =
        engine_.AuditLines(*seen_.bench_load.application, *auditor, at_rest_since, seen_.line_findings);
    if (!audited.ok()) return Error(audited.error()).At("the audit of recovery lines");
    seen_.lines_audited = *audited;
    return {};
  }

  Drain::Sight Look() {
    const auto now = SteadyNow();
    const bool tells = held_ || !seen_.capabilities.progress;
    if (engine_.Recovering() || engine_.Answering() || (tells && engine_.Busy())) busy_at_ = now;
    const auto& collector = *seen_.collector;
    const auto expected = seen_.generator->sent() * seen_.bench_load.outputs_per_record;
    return {.now = now,
            .quiet_since = std::max({seen_.end, collector.last_visible(), busy_at_, DueUntil()}),
            .recovering = engine_.Recovering(),
            .all_came = seen_.generator->Done(now) && collector.counts().visible_records >= expected,
            .snapshots = engine_.Log().snapshots};
  }

  const SuitePoint& point_;
  const bool held_;  // Output waits for something to be durable.
  const PointWatch& watch_;
  PointObservation& seen_;
  Engine& engine_;
  const Duration planned_;
  SteadyTime busy_at_;                 // The last time that output could still be under way.
  std::optional<FaultCourse> course_;  // While and after the window is measured.
  SteadyTime started_;
};

}  // namespace

Result<PointObservation> RunPoint(const BenchParts& parts, const SuitePoint& point, std::uint64_t seed,
                                  const std::string& data_folder, const PointWatch& watch) {
  PointObservation seen;
  seen.load = ReadLoad(point.Part("load").options);
  for (const auto& planned : ReadFaults(point, seed)) seen.faults.push_back({planned});
  HOLDFAST_ASSIGN(seen.bench_load, parts.make_load(point, seed));
  seen.generator = std::make_unique<Generator>(MakeGenerator(seen.bench_load, seen.load, seed));
  seen.collector = std::make_unique<Collector>();
  HOLDFAST_ASSIGN(const auto engine, parts.make_engine(point, seed, data_folder, *seen.generator, *seen.collector));
  seen.capabilities = engine->Capabilities();
  HOLDFAST_TRY(PointRun(point, parts.holds_output(point), watch, seen, *engine).Run());
  return seen;
}

Duration PlannedLength(const SuitePoint& point) {
  const auto load = ReadLoad(point.Part("load").options);
  return load.warm_up + load.duration + Drain::QuietTime(SnapshotInterval(point)) + 500ms;
}

}  // namespace holdfast
