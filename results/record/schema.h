// The one description of results.json: for every field its name, unit and meaning, beside the member that holds it. The
// writer, the strict reader and the reference page are all visitors of these functions, so they cannot disagree. A
// visitor offers
//
//     void Object(std::string_view name, std::string_view sentence, ObjectStyle style);   // called first
//     template <class T> void Field(std::string_view name, std::string_view unit, std::string_view sentence, T& m);
#pragma once

#include "results/record/run.h"
#include "results/record/schema_environment.h"

namespace holdfast::record::schema {

template <class V, Is<Guarantee> T>
void Describe(V& v, T& g) {
  v.Object("guarantee", "What the configuration promises, computed from protocol, egress mode and ingress.",
           ObjectStyle::kBlock);
  v.Field("sentence", "", "The promise in words.", g.sentence);
  v.Field("exactly_once_state", "", "Every record changes the state exactly once, whatever fails.",
          g.exactly_once_state);
  v.Field("exactly_once_egress", "", "Every output becomes visible exactly once, whatever fails.",
          g.exactly_once_egress);
  v.Field("may_lose", "", "Outputs may be missing after a fault.", g.may_lose);
  v.Field("may_duplicate", "", "Outputs may be seen twice after a fault.", g.may_duplicate);
}

template <class V, Is<Judgement> T>
void Describe(V& v, T& j) {
  v.Object("verdict", "Whether the system kept its promise.", ObjectStyle::kRow);
  v.Field(
      "verdict", "",
      "`held`; `expected-not-guaranteed`: damage that was never promised away; `broken`; `invalid`: the point proves "
      "nothing; `failed`: the point could not run.",
      j.verdict);
  v.Field("sentence", "", "The same in words, with the reason.", j.sentence);
}

template <class V, Is<ValidityCheck> T>
void Describe(V& v, T& c) {
  v.Object("validity", "One test of whether the figures may be believed.", ObjectStyle::kRow);
  v.Field("check", "", "Name of the test.", c.check);
  v.Field("verdict", "", "`VALID`, `SUSPECT` or `INVALID`; the worst test gives the stamp of the point.", c.verdict);
  v.Field("value", "see unit", "What was measured.", c.value);
  v.Field("limit", "see unit", "What is still accepted.", c.limit);
  v.Field("unit", "", "Unit of value and limit.", c.unit);
  v.Field("detail", "", "A sentence for the reader.", c.detail);
}

template <class V, Is<Check> T>
void Describe(V& v, T& c) {
  v.Object("checks", "One oracle's finding.", ObjectStyle::kRow);
  v.Field("name", "", "Name of the oracle.", c.name);
  v.Field("verdict", "", "As in [verdict](#verdict).", c.verdict);
  v.Field("detail", "", "What it found, with an example when something is wrong.", c.detail);
}

template <class V, Is<Ledger> T>
void Describe(V& v, T& l) {
  v.Object("ledger", "The visible outputs, each compared with what the input calls for.", ObjectStyle::kRow);
  v.Field("expected", "outputs", "Outputs the input calls for.", l.expected);
  v.Field("seen", "outputs", "Outputs that became visible.", l.seen);
  v.Field("missing", "outputs", "Called for, never seen.", l.missing);
  v.Field("duplicate", "outputs", "Seen again.", l.duplicate);
  v.Field("out_of_order", "outputs", "Seen before an earlier output of the same address.", l.out_of_order);
  v.Field("phantom", "outputs", "Seen, but no input calls for them.", l.phantom);
  v.Field("contradictory", "outputs", "Seen with another content than the input calls for.", l.contradictory);
}

template <class V, Is<Counts> T>
void Describe(V& v, T& c) {
  v.Object("counts", "How much work there was. offered = completed + dropped + pending_at_end when nothing is lost.",
           ObjectStyle::kBlock);
  v.Field("offered", "records", "Records whose intended instant lies in the measured window.", c.offered);
  v.Field("sent", "records", "Records the generator handed to the system.", c.sent);
  v.Field("completed", "records", "Records whose output was seen.", c.completed);
  v.Field("dropped", "records", "Records the generator gave up because too many were pending.", c.dropped);
  v.Field("pending_at_end", "records", "Records without an output when the point ended.", c.pending_at_end);
  v.Field("units", "units", "Messages handled by functions.", c.units);
  v.Field("messages", "messages", "Messages sent from function to function.", c.messages);
  v.Field("messages_crossing_workers", "messages", "Those that went to another worker.", c.messages_crossing_workers);
  v.Field("retries", "units", "Units that failed and ran again.", c.retries);
  v.Field("dead_letters", "messages", "Messages given up after the last retry.", c.dead_letters);
  v.Field("executed_not_durable_at_kill", "units",
          "Units whose effects were not yet durable when a kill struck; 0 after a kill makes the point invalid.",
          c.executed_not_durable_at_kill);
  v.Field("lines_audited", "lines", "Recovery lines that were read back and audited; 0 if the suite asks for no audit.",
          c.lines_audited);
}

template <class V, Is<Cost> T>
void Describe(V& v, T& c) {
  v.Object("cost", "What the measured window used.", ObjectStyle::kRow);
  v.Field("cpu_seconds", "s", "CPU time of the system's process.", c.cpu_seconds);
  v.Field("generator_cpu_seconds", "s", "CPU time of the testbed's own process.", c.generator_cpu_seconds);
  v.Field("judging_seconds", "s", "How long the oracle took over the whole output, after the run.", c.judging_seconds);
  v.Field("testbed_peak_rss_bytes", "bytes",
          "Largest resident memory of the testbed's own process, from its start until the output was judged.",
          c.testbed_peak_rss_bytes);
  v.Field("peak_rss_bytes", "bytes", "Largest resident memory of the system's process.", c.peak_rss_bytes);
  v.Field("written_bytes", "bytes", "Bytes that the system's processes wrote to files, at most.", c.written_bytes);
  v.Field("context_switches", "", "Context switches of the system's process.", c.context_switches);
}

template <class V, Is<LatencySummary> T>
void Describe(V& v, T& l) {
  v.Object("latency summary", "One latency distribution; three significant digits.", ObjectStyle::kRow);
  v.Field("count", "records", "Records in it. A percentile p means little below 10 / (1 - p) records.", l.count);
  v.Field("min_ns", "ns", "Smallest.", l.min_ns);
  v.Field("mean_ns", "ns", "Mean.", l.mean_ns);
  v.Field("max_ns", "ns", "Largest.", l.max_ns);
  v.Field("p50_ns", "ns", "Median.", l.p50_ns);
  v.Field("p90_ns", "ns", "90th percentile.", l.p90_ns);
  v.Field("p99_ns", "ns", "99th percentile.", l.p99_ns);
  v.Field("p99_9_ns", "ns", "99.9th percentile.", l.p99_9_ns);
  v.Field("p99_99_ns", "ns", "99.99th percentile.", l.p99_99_ns);
  v.Field("hdr_v2_base64", "", "The whole histogram, HdrHistogram V2 compressed, base64.", l.hdr_v2_base64);
}

template <class V, Is<PhaseLatency> T>
void Describe(V& v, T& p) {
  v.Object("latency", "Latencies of the records whose intended instant lies in one phase.", ObjectStyle::kBlock);
  v.Field("phase", "", "`whole`, `before-fault`, `recovery` or `after`.", p.phase);
  v.Field("start_s", "s", "Start of the phase.", p.start_s);
  v.Field("end_s", "s", "End of the phase.", p.end_s);
  v.Field("response", "", "From the *intended* instant to the output: what a user waits.", p.response);
  v.Field("service", "", "From the actual sending to the output: what the system needs.", p.service);
  v.Field("schedule_lag", "", "From the intended instant to the actual sending: how late the generator was.",
          p.schedule_lag);
}

template <class V, Is<Fault> T>
void Describe(V& v, T& f) {
  v.Object("faults", "One fault that was injected.", ObjectStyle::kRow);
  v.Field("id", "", "Name of the fault in this point.", f.id);
  v.Field("verb", "", "What was done, for example `kill`.", f.verb);
  v.Field("target", "", "To whom.", f.target);
  v.Field("planned_s", "s", "When it was due.", f.planned_s);
  v.Field("applied_s", "s", "When it was done.", f.applied_s);
  v.Field("acknowledged_s", "s", "When it was known to have worked.", f.acknowledged_s);
  v.Field("healed_s", "s", "When it was undone.", f.healed_s);
  v.Field("verified", "", "True when its effect was observed, not just requested.", f.verified);
  v.Field("heal_verified", "", "True when the system was seen to work after it was undone.", f.heal_verified);
  v.Field("detail", "", "A sentence for the reader.", f.detail);
}

template <class V, Is<Recovery> T>
void Describe(V& v, T& r) {
  v.Object("recovery", "How the system came back from one fault; null where a step was not seen.", ObjectStyle::kRow);
  v.Field("fault_id", "", "The fault.", r.fault_id);
  v.Field("restored_snapshot", "", "Snapshot it went back to; empty when none.", r.restored_snapshot);
  v.Field("detected_s", "s since fault", "The supervisor noticed.", r.detected_s);
  v.Field("restarted_s", "s since fault", "The new process was running.", r.restarted_s);
  v.Field("restored_s", "s since fault", "State was restored.", r.restored_s);
  v.Field("first_unit_s", "s since fault", "The first unit was handled.", r.first_unit_s);
  v.Field("first_output_s", "s since fault", "The first new output was visible.", r.first_output_s);
  v.Field("caught_up_s", "s since fault", "The backlog was back at its level before the fault.", r.caught_up_s);
  v.Field("replayed_records", "records", "Ingress records read again.", r.replayed_records);
}

template <class V, Is<Snapshot> T>
void Describe(V& v, T& s) {
  v.Object("snapshots", "One snapshot of the whole system.", ObjectStyle::kRow);
  v.Field("id", "", "World-line and index.", s.id);
  v.Field("start_s", "s", "When it was triggered.", s.start_s);
  v.Field("end_s", "s", "When its manifest was durable, or when it was given up.", s.end_s);
  v.Field("bytes", "bytes", "Bytes it wrote.", s.bytes);
  v.Field("sync_us", "us", "Longest stall of a worker's loop at its cut.", s.sync_us);
  v.Field("status", "", "`completed`, `failed` or `unfinished`.", s.status);
  v.Field("detail", "", "Why it failed.", s.detail);
}

template <class V, Is<TimeBucket> T>
void Describe(V& v, T& b) {
  v.Object("timeseries", "One bucket of the time series, 100 ms unless the configuration says otherwise.",
           ObjectStyle::kRow);
  v.Field("t_s", "s", "Start of the bucket.", b.t_s);
  v.Field("offered", "records", "Records intended in the bucket.", b.offered);
  v.Field("completed", "records", "Records whose output was seen in the bucket.", b.completed);
  v.Field("p50_ns", "ns", "Median response time of the records completed; 0 when there are none.", b.p50_ns);
  v.Field("p99_ns", "ns", "99th percentile of them.", b.p99_ns);
  v.Field("max_ns", "ns", "Largest of them.", b.max_ns);
  v.Field("backlog", "records", "Records intended but not completed at the end of the bucket.", b.backlog);
  v.Field("cpu_cores", "cores", "CPU time of the system's process per second.", b.cpu_cores);
  v.Field("rss_bytes", "bytes", "Resident memory of the system's process at the end of the bucket.", b.rss_bytes);
}

template <class V, Is<Point> T>
void Describe(V& v, T& p) {
  v.Object("points", "One combination of the suite's axes, run once.", ObjectStyle::kBlock);
  v.Field("name", "", "Name of the point, unique among points of one variant and repetition.", p.name);
  v.Field("axes", "", "The suite's axes and this point's value on each.", p.axes);
  v.Field("workload", "", "Workload.", p.workload);
  v.Field("engine", "", "Engine that ran it.", p.engine);
  v.Field("state", "", "State backend.", p.state);
  v.Field("protocol", "", "Snapshot protocol.", p.protocol);
  v.Field("channel", "", "Channel between workers.", p.channel);
  v.Field("fault", "", "Fault plan; `none` without one.", p.fault);
  v.Field("variant", "", "Side of a comparison: `A`, `B` or `control`; empty outside one.", p.variant);
  v.Field("repetition", "", "Number of the repetition, from 0.", p.repetition);
  v.Field("block", "", "Interleaved block the repetition belongs to, from 0.", p.block);
  v.Field("seed", "", "Seed of the point.", p.seed);
  v.Field("offered_rate", "records/s", "Rate the schedule called for; 0 when as fast as possible.", p.offered_rate);
  v.Field("started_s", "s since run start", "When the point began.", p.started_s);
  v.Field("warmup_s", "s", "Length of the warm-up before the measured window.", p.warmup_s);
  v.Field("measured_s", "s", "Length of the measured window.", p.measured_s);
  v.Field("guarantee", "", "What was promised.", p.guarantee);
  v.Field("verdict", "", "Whether it was kept.", p.verdict);
  v.Field("validity", "", "Whether the figures may be believed.", p.validity);
  v.Field("checks", "", "What the oracles found.", p.checks);
  v.Field("ledger", "", "Outputs expected and seen.", p.ledger);
  v.Field("counts", "", "Amounts of work.", p.counts);
  v.Field("cost", "", "Resources used.", p.cost);
  v.Field("host", "", "Disturbance by the host.", p.host);
  v.Field("latency", "", "Latencies by phase; empty when the load was as fast as possible.", p.latency);
  v.Field("faults", "", "Faults injected.", p.faults);
  v.Field("recovery", "", "Recovery from each.", p.recovery);
  v.Field("snapshots", "", "Snapshots, in order.", p.snapshots);
  v.Field("timeseries", "", "The course of the point.", p.timeseries);
  v.Field("configuration", "", "Every option as resolved, defaults included.", p.configuration);
  v.Field("artifacts", "", "Raw files beside results.json, by name.", p.artifacts);
}

template <class V, Is<FoundRate> T>
void Describe(V& v, T& f) {
  v.Object("rates", "The highest rate at which one point keeps up, as `holdfast find-rate` found it.",
           ObjectStyle::kRow);
  v.Field("point", "", "The point; its tries are called `<point>@<rate>`.", f.point);
  v.Field("p99_bound_ns", "ns", "The 99th percentile of the response time had to stay under this.", f.p99_bound_ns);
  v.Field("sustained", "records/s", "Highest rate that was sustained; null when none was.", f.sustained);
  v.Field("refused", "records/s", "Lowest rate that was not; null when none was tried.", f.refused);
  v.Field("refusal", "", "What was wrong at that rate, or why there is none.", f.refusal);
  v.Field("tries", "", "Runs made.", f.tries);
}

template <class V, Is<Run> T>
void Describe(V& v, T& r) {
  v.Object("run", "The whole file: one execution of one suite.", ObjectStyle::kBlock);
  v.Field("schema_version", "", "Version of this schema. A reader refuses any other.", r.schema_version);
  v.Field("run_id", "", "Name of the run and of its folder.", r.run_id);
  v.Field("suite", "", "Name of the suite.", r.suite);
  v.Field("started", "", "Start of the run, ISO 8601, UTC.", r.started);
  v.Field("duration_s", "s", "Length of the run.", r.duration_s);
  v.Field("complete", "", "False when the run was interrupted; the points that finished are kept.", r.complete);
  v.Field("seed", "", "Seed of the run, from which the points' seeds derive.", r.seed);
  v.Field("rerun_command", "", "Command that repeats the run.", r.rerun_command);
  v.Field("code", "", "The program.", r.code);
  v.Field("environment", "", "The machine.", r.environment);
  v.Field("config_text", "", "The suite as it was read.", r.config_text);
  v.Field("rates", "", "Highest rates, one per point; empty unless they were looked for.", r.rates);
  v.Field("points", "", "Results, in the order of the suite; `started_s` has the order in which they ran.", r.points);
}

}  // namespace holdfast::record::schema
