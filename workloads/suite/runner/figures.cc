#include "workloads/suite/runner/figures.h"

#include <algorithm>

#include "results/record/histogram.h"

namespace holdfast {

namespace {

double Seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }
std::int64_t Count(std::uint64_t count) { return static_cast<std::int64_t>(count); }

record::PhaseLatency Latencies(const PointObservation& seen, const Answers& answers, const Phase& phase) {
  Histogram response, service, lag;
  answers.ForEach([&](const Answers::Record& record) {
    if (record.intended < phase.from || record.intended >= phase.to) return;
    if (record.sent) lag.Record(*record.sent - record.intended);
    if (!record.visible) return;
    response.Record(*record.visible - record.intended);
    if (record.sent) service.Record(*record.visible - *record.sent);
  });
  const auto window = (seen.begin - seen.zero).count();
  return {.phase = std::string(phase.name),
          .start_s = Seconds(Duration(phase.from - window)),
          .end_s = Seconds(Duration(phase.to - window)),
          .response = record::Summarize(response),
          .service = record::Summarize(service),
          .schedule_lag = record::Summarize(lag)};
}

record::Counts CountWork(const PointObservation& seen, const Answers& answers) {
  record::Counts counts;
  const auto begin = (seen.begin - seen.zero).count();
  const auto end = (seen.end - seen.zero).count();
  const bool timed = seen.generator->timed();
  answers.ForEach([&](const Answers::Record& record) {
    // With rate `max` there are no instants: then a record belongs to the window if its answer does.
    const auto at = timed ? record.intended : record.visible.value_or(begin);
    if (at < begin || at >= end) return;
    ++counts.offered;
    counts.sent += record.sent || !timed ? 1 : 0;
    counts.completed += record.visible ? 1 : 0;
  });
  counts.dropped = counts.offered - counts.sent;
  counts.pending_at_end = counts.sent - counts.completed;
  const auto& from = seen.counters_at_begin;
  const auto& to = seen.counters_at_end;
  counts.units = Count(to.units - from.units);
  counts.messages_crossing_workers = Count(to.messages_remote - from.messages_remote);
  counts.messages = counts.messages_crossing_workers + Count(to.messages_local - from.messages_local);
  counts.retries = Count(to.retries - from.retries);
  counts.dead_letters = Count(to.dead_letters - from.dead_letters);
  for (const auto& recovery : seen.log.recoveries) {
    counts.executed_not_durable_at_kill += Count(recovery.executed_not_durable);
  }
  return counts;
}

std::string TroubleDetail(const EngineFault& fault, const EngineRecovery& recovery) {
  if (fault.trouble == PortTrouble::kDropReplies) return fmt::format("{} replies were dropped", recovery.met);
  if (!IsChannelTrouble(fault.trouble)) return fmt::format("{} calls met it", recovery.met);
  const auto to = fault.path.to == TroubleEnd::Everything() ? "" : fmt::format("to {}: ", fault.path.to.Text());
  const auto text = fmt::format("{}{} messages met it", to, recovery.met);
  if (recovery.met_and_lost == 0) return text;
  return text + fmt::format(", {} of which were on their way when the system was killed", recovery.met_and_lost);
}

std::string FaultDetail(const AppliedFault& fault, const EngineRecovery& recovery) {
  if (fault.planned.when) {
    auto plain = fault;
    plain.planned.when.reset();
    return fmt::format("when {} came: {}", AwaitedEventText(*fault.planned.when), FaultDetail(plain, recovery));
  }
  if (fault.planned.fault.verb == FaultVerb::kPause) return "SIGSTOP, then SIGCONT";
  if (fault.planned.fault.verb == FaultVerb::kOutage) return "what keeps the state did not answer";
  if (fault.planned.fault.verb == FaultVerb::kTrouble) return TroubleDetail(fault.planned.fault, recovery);
  return fmt::format("SIGKILL; {}{}{} units were executed but not durable, {} input records were read again",
                     recovery.store, recovery.store.empty() ? "" : "; ", recovery.executed_not_durable,
                     recovery.replayed_records);
}

// When the backlog was back at its old level is known of the last fault only: the others' shadows lie in its own.
void DescribeRecovery(const PointObservation& seen, std::size_t place, const std::optional<Shadow>& shadow,
                      record::Fault& fault, record::Point& point) {
  const auto& recovery = seen.log.recoveries[place];
  const auto since_fault = [&](std::optional<SteadyTime> at) {
    return at ? std::optional(Seconds(*at - recovery.applied)) : std::nullopt;
  };
  const auto after = [&](std::optional<std::int64_t> at) {
    return at ? std::optional(Seconds(seen.zero + Duration(*at) - recovery.applied)) : std::nullopt;
  };
  const bool last = place + 1 == seen.log.recoveries.size();
  fault.applied_s = Seconds(recovery.applied - seen.begin);
  if (recovery.detected) fault.acknowledged_s = Seconds(*recovery.detected - seen.begin);
  if (recovery.restarted) fault.healed_s = Seconds(*recovery.restarted - seen.begin);
  fault.verified = recovery.detected.has_value();
  fault.heal_verified = recovery.first_unit.has_value();
  point.recovery.push_back({.fault_id = fault.id,
                            .restored_snapshot = recovery.snapshot ? fmt::to_string(*recovery.snapshot) : "",
                            .detected_s = since_fault(recovery.detected),
                            .restarted_s = since_fault(recovery.restarted),
                            .restored_s = since_fault(recovery.restored),
                            .first_unit_s = since_fault(recovery.first_unit),
                            .first_output_s = after(FirstOutputAfter(seen, place)),
                            .caught_up_s = last && shadow ? after(shadow->caught_up) : std::nullopt,
                            .replayed_records = Count(recovery.replayed_records)});
}

void DescribeFaults(const PointObservation& seen, const std::optional<Shadow>& shadow, record::Point& point) {
  for (const auto& applied : seen.faults) {
    record::Fault fault;
    fault.id = applied.planned.id.empty() ? fmt::format("fault-{}", point.faults.size() + 1) : applied.planned.id;
    fault.verb = FaultName(applied.planned.fault);
    fault.target = FaultTarget(applied.planned.fault);
    fault.planned_s = Seconds(applied.due ? *applied.due - seen.begin : applied.planned.at);
    fault.detail = applied.trouble;
    if (applied.recovery) {
      fault.detail = FaultDetail(applied, seen.log.recoveries[*applied.recovery]);
      DescribeRecovery(seen, *applied.recovery, shadow, fault, point);
    }
    point.faults.push_back(std::move(fault));
  }
}

record::Cost Costs(const PointObservation& seen) {
  return {.cpu_seconds = Seconds(seen.usage_at_end.cpu - seen.usage_at_begin.cpu),
          .generator_cpu_seconds = Seconds(seen.own_cpu),
          .peak_rss_bytes = seen.usage_in_all.peak_resident_bytes,
          .written_bytes = seen.usage_at_end.written_bytes - seen.usage_at_begin.written_bytes,
          .context_switches = seen.usage_in_all.context_switches};
}

}  // namespace

record::Point PointFigures(const PointObservation& seen, const Answers& answers) {
  record::Point point;
  point.offered_rate = seen.generator->timed() ? seen.load.rate.per_second : 0;
  point.warmup_s = Seconds(seen.load.warm_up);
  point.measured_s = Seconds(seen.load.duration);
  point.host = seen.host;
  point.cost = Costs(seen);
  point.counts = CountWork(seen, answers);
  const auto shadow = FindShadow(seen, answers);
  if (seen.generator->timed()) {
    for (const auto& phase : Phases(seen, shadow)) point.latency.push_back(Latencies(seen, answers, phase));
  }
  DescribeFaults(seen, shadow, point);
  for (const auto& snapshot : seen.log.snapshots) {
    point.snapshots.push_back({.id = fmt::to_string(snapshot.id),
                               .start_s = Seconds(snapshot.start - seen.begin),
                               .end_s = Seconds(snapshot.end - seen.begin),
                               .bytes = Count(snapshot.bytes),
                               .sync_us = Seconds(snapshot.sync) * 1e6,
                               .status = snapshot.complete ? "completed" : "failed",
                               .detail = snapshot.trouble});
  }
  point.timeseries = TimeSeries(seen, answers);
  return point;
}

}  // namespace holdfast
