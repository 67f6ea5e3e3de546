// The record of a run: everything one execution of a suite produced, as plain data. The runner fills it in, run_io.h
// keeps it as results/runs/<id>/results.json, and the report, the comparison and outside tools read nothing else. A
// run has points, one per combination of the suite's axes (and per repetition); a point has counts, latencies by phase,
// a time series, snapshots, faults with their recovery, the ledger, and two judgements: *validity* (may these figures
// be believed?) and *verdict* (did the system keep the promise its configuration states?).
//
// Times are seconds on the point's own clock, whose zero is the first intended instant of the measured window; warm-up
// is negative. Latencies are nanoseconds. What each field means, and its name in the file, stands in schema.h, from
// which docs/reference/results.md is generated.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "results/record/environment.h"

namespace holdfast {
class Histogram;
}

namespace holdfast::record {

// Raised whenever a field is added, removed or changes its meaning.
inline constexpr int kRunSchemaVersion = 5;

// Names with values, in the order in which they are to be shown.
using NamedValues = std::vector<std::pair<std::string, std::string>>;

// Did the system keep what its configuration promises?
enum class Verdict {
  kHeld,                   // The promise held.
  kExpectedNotGuaranteed,  // Damage was seen, and the configuration never promised otherwise.
  kBroken,                 // The promise was broken.
  kInvalid,                // The point proves nothing, for example a kill that hit no work.
  kFailed,                 // The point could not run.
};
// May the figures be believed? Ordered from best to worst.
enum class Validity { kValid, kSuspect, kInvalid };

// "held", "expected-not-guaranteed", "broken", "invalid", "failed".
std::string_view VerdictWord(Verdict verdict);
// "VALID", "SUSPECT", "INVALID".
std::string_view ValidityWord(Validity validity);

// Names of phases in Point::latency. kWhole is always there when latency was measured; the others when a fault was.
inline constexpr std::string_view kWhole = "whole";
inline constexpr std::string_view kBeforeFault = "before-fault";
inline constexpr std::string_view kRecovery = "recovery";
inline constexpr std::string_view kAfter = "after";

struct CodeVersion {
  std::string version, commit, build_type, compiler;
  bool modified = false;
};

struct Guarantee {
  std::string sentence;
  bool exactly_once_state = false, exactly_once_egress = false;
  bool may_lose = false, may_duplicate = false;
};

struct Counts {
  std::int64_t offered = 0, sent = 0, completed = 0, dropped = 0, pending_at_end = 0;
  std::int64_t units = 0, messages = 0, messages_crossing_workers = 0;
  std::int64_t retries = 0, dead_letters = 0;
  std::int64_t executed_not_durable_at_kill = 0;
  std::int64_t lines_audited = 0;
};

struct Cost {
  double cpu_seconds = 0, generator_cpu_seconds = 0;
  double judging_seconds = 0;
  std::int64_t testbed_peak_rss_bytes = 0;
  std::int64_t peak_rss_bytes = 0, written_bytes = 0, context_switches = 0;
};

struct LatencySummary {
  std::int64_t count = 0, min_ns = 0;
  double mean_ns = 0;
  std::int64_t max_ns = 0, p50_ns = 0, p90_ns = 0, p99_ns = 0, p99_9_ns = 0, p99_99_ns = 0;
  std::string hdr_v2_base64;
};

// Latencies of the records whose intended instant lies in [start_s, end_s).
struct PhaseLatency {
  std::string phase;
  double start_s = 0, end_s = 0;
  LatencySummary response, service, schedule_lag;
};

struct TimeBucket {
  double t_s = 0;
  std::int64_t offered = 0, completed = 0;
  std::int64_t p50_ns = 0, p99_ns = 0, max_ns = 0;
  std::int64_t backlog = 0;
  double cpu_cores = 0;
  std::int64_t rss_bytes = 0;
};

struct Snapshot {
  std::string id;
  double start_s = 0, end_s = 0;
  std::int64_t bytes = 0;
  double sync_us = 0;
  std::string status, detail{};
};

struct Fault {
  std::string id, verb, target;
  double planned_s = 0;
  std::optional<double> applied_s, acknowledged_s, healed_s;
  bool verified = false, heal_verified = false;
  std::string detail;
};

// How the system came back from one fault; all times are seconds since the fault was applied.
struct Recovery {
  std::string fault_id, restored_snapshot;
  std::optional<double> detected_s, restarted_s, restored_s, first_unit_s, first_output_s, caught_up_s;
  std::int64_t replayed_records = 0;
};

struct Ledger {
  std::int64_t expected = 0, seen = 0, missing = 0, duplicate = 0, out_of_order = 0, phantom = 0, contradictory = 0;
};

struct Check {
  std::string name;
  Verdict verdict = Verdict::kHeld;
  std::string detail;
};

struct ValidityCheck {
  std::string check;
  Validity verdict = Validity::kValid;
  double value = 0, limit = 0;
  std::string unit, detail;
};

struct Judgement {
  Verdict verdict = Verdict::kHeld;
  std::string sentence;
};

struct Point {
  std::string name;
  NamedValues axes;
  std::string workload, engine, state, protocol, channel, fault;
  std::string variant;
  int repetition = 0, block = 0;
  std::uint64_t seed = 0;
  double offered_rate = 0;
  double started_s = 0, warmup_s = 0, measured_s = 0;
  Guarantee guarantee;
  Judgement verdict;
  std::vector<ValidityCheck> validity;
  std::vector<Check> checks;
  Ledger ledger;
  Counts counts;
  Cost cost;
  HostLoad host;
  std::vector<PhaseLatency> latency;
  std::vector<Fault> faults;
  std::vector<Recovery> recovery;
  std::vector<Snapshot> snapshots;
  std::vector<TimeBucket> timeseries;
  NamedValues configuration;
  NamedValues artifacts;
};

// What the search for the highest rate of one point came to; the tries are points of the run.
struct FoundRate {
  std::string point;
  std::int64_t p99_bound_ns = 0;
  std::optional<double> sustained, refused;
  std::string refusal;
  int tries = 0;
};

struct Run {
  int schema_version = kRunSchemaVersion;
  std::string run_id, suite, started, rerun_command;
  double duration_s = 0;
  bool complete = true;
  std::uint64_t seed = 0;
  CodeVersion code;
  Environment environment;
  std::string config_text;
  std::vector<FoundRate> rates;
  std::vector<Point> points;
};

// The figures and the encoded histogram.
LatencySummary Summarize(const Histogram& histogram);
// The phase of that name, or nullptr.
const PhaseLatency* FindPhase(const Point& point, std::string_view phase);
// The worst of the point's validity checks.
Validity WorstValidity(const Point& point);
// True when a stated guarantee was broken or a point could not run: the suite's exit code is then not zero.
bool GuaranteeBroken(const Run& run);

}  // namespace holdfast::record
