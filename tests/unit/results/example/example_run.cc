#include "tests/unit/results/example/example_run.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <string>

#include "core/base/random.h"
#include "results/record/histogram.h"

namespace holdfast {
namespace {

using namespace record;

constexpr int kSteps = 20'000;  // One step is a millisecond.
constexpr int kKillStep = 10'030;
constexpr int kStepsPerBucket = 100;
constexpr int kPerStep = 20;  // Records offered per step.
constexpr int kAlike = 4;  // Records that share one drawn latency, to save time; divides kPerStep and every capacity.
constexpr double kNanosPerStep = 1e6;

// How a protocol behaves in this model.
struct Behaviour {
  std::string protocol;
  double service_us;  // Median time in the system.
  double hold_ms;     // Egress waits up to this long for its snapshot or log write.
  int interval;       // Steps between snapshots; 0 for none.
  int stall;          // Steps without progress at each snapshot.
  int down;           // Steps from kill to first unit.
  int capacity;       // Records per step.
};

const Behaviour kProtocols[] = {
    {"none", 180, 0, 0, 0, 420, 56},
    {"stop-the-world", 260, 1000, 1'000, 30, 510, 52},
    {"unaligned", 270, 250, 250, 0, 500, 48},
    {"message-logging", 310, 4, 2'000, 0, 560, 44},
};

double Normal(Random& random) {
  return std::sqrt(-2 * std::log1p(-random.Unit())) * std::cos(2 * std::numbers::pi * random.Unit());
}

// Runs the queue of one point step by step and fills in everything that can be counted.
class Model {
 public:
  Model(const Behaviour& behaviour, bool kill, std::uint64_t seed) : b_(behaviour), kill_(kill), random_(seed) {}

  Point Run() {
    for (int step = 0; step < kSteps; ++step) {
      Offer(step);
      if (Running(step)) Handle(step);
      if (b_.interval > 0 && step > 0 && step % b_.interval == 0 && !Down(step)) TakeSnapshot(step);
      if ((step + 1) % kStepsPerBucket == 0) CloseBucket(step + 1 - kStepsPerBucket);
    }
    Summaries();
    if (kill_) Kill();
    return std::move(point_);
  }

 private:
  bool Down(int step) const { return kill_ && step >= kKillStep && step < kKillStep + b_.down; }
  bool Running(int step) const {
    const bool stalled = b_.stall > 0 && step % b_.interval < b_.stall && step > b_.stall;
    return !Down(step) && !stalled;
  }
  void Offer(int step) {
    // The generator is late now and then, as a sleeping thread is.
    const auto lag = static_cast<std::int64_t>(60'000 * std::exp(0.6 * Normal(random_)));
    waiting_.push_back({step, kPerStep, lag});
    point_.counts.offered += kPerStep;
    backlog_ += kPerStep;
  }
  void Handle(int step) {
    int room = b_.capacity;
    while (room > 0 && next_ < waiting_.size()) {
      auto& batch = waiting_[next_];
      const int n = std::min(room, batch.left);
      for (int i = 0; i < n; i += kAlike) Complete(step, batch.step, batch.lag);
      room -= n;
      batch.left -= n;
      if (batch.left == 0) ++next_;
    }
  }
  void Complete(int step, int intended, std::int64_t lag) {
    const double service = b_.service_us * 1000 * std::exp(0.35 * Normal(random_)) +
                           (random_.Chance(0.002) ? random_.Exponential(4e6) : 0);
    const double until_cut = b_.interval > 0 && b_.hold_ms > 100
                                 ? (b_.interval - step % b_.interval) * kNanosPerStep + 35e6
                                 : random_.Unit() * b_.hold_ms * 1e6;
    const double queued = (step - intended) * kNanosPerStep;
    const auto response = static_cast<std::int64_t>(service + until_cut + queued) + lag;
    bucket_.Record(response, kAlike);
    for (const auto phase : PhasesOf(intended)) {
      auto& h = phases_[std::string(phase)];
      h.response.Record(response, kAlike);
      h.service.Record(std::max<std::int64_t>(response - lag, 1), kAlike);
      h.lag.Record(lag, kAlike);
    }
    bucket_completed_ += kAlike;
    backlog_ -= kAlike;
    point_.counts.completed += kAlike;
  }
  std::vector<std::string_view> PhasesOf(int step) const {
    if (!kill_) return {kWhole};
    if (step < kKillStep) return {kWhole, kBeforeFault};
    return {kWhole, step < kKillStep + Recovery() ? kRecovery : kAfter};
  }
  int Recovery() const { return b_.down * b_.capacity / (b_.capacity - kPerStep) + 40; }

  void TakeSnapshot(int step) {
    const double start = step / 1000.0, length = 0.030 + 0.012 * random_.Unit();
    const bool cut_short = kill_ && start < kKillStep / 1000.0 && start + length > kKillStep / 1000.0;
    point_.snapshots.push_back({.id = "1." + std::to_string(point_.snapshots.size() + 1),
                                .start_s = start,
                                .end_s = start + length,
                                .bytes = 3'400'000 + random_.Between(-200'000, 200'000),
                                .sync_us = b_.stall > 0 ? 1000.0 * b_.stall : 240 + 90 * random_.Unit(),
                                .status = cut_short ? "unfinished" : "completed"});
  }
  void CloseBucket(int first_step) {
    const bool down = Down(first_step + kStepsPerBucket / 2);
    const double busy = static_cast<double>(bucket_completed_) / (b_.capacity * kStepsPerBucket);
    point_.timeseries.push_back({.t_s = first_step / 1000.0,
                                 .offered = std::int64_t{kPerStep} * kStepsPerBucket,
                                 .completed = bucket_completed_,
                                 .p50_ns = bucket_.Percentile(50),
                                 .p99_ns = bucket_.Percentile(99),
                                 .max_ns = bucket_.max(),
                                 .backlog = backlog_,
                                 .cpu_cores = down ? 0.02 : 0.12 + 0.8 * busy + 0.02 * random_.Unit(),
                                 .rss_bytes = down ? 9'000'000 : 41'000'000 + first_step * 900});
    bucket_.Reset();
    bucket_completed_ = 0;
  }
  void Summaries() {
    for (const auto phase : {kWhole, kBeforeFault, kRecovery, kAfter}) {
      const auto found = phases_.find(std::string(phase));
      if (found == phases_.end()) continue;
      const double kill = kKillStep / 1000.0, caught_up = kill + Recovery() / 1000.0, end = kSteps / 1000.0;
      point_.latency.push_back({.phase = std::string(phase),
                                .start_s = phase == kRecovery ? kill
                                           : phase == kAfter  ? caught_up
                                                              : 0,
                                .end_s = phase == kBeforeFault ? kill
                                         : phase == kRecovery  ? caught_up
                                                               : end,
                                .response = Summarize(found->second.response),
                                .service = Summarize(found->second.service),
                                .schedule_lag = Summarize(found->second.lag)});
    }
    point_.counts.sent = point_.counts.offered;
    point_.counts.pending_at_end = backlog_;
    point_.counts.units = point_.counts.completed * 2 + 310;
    point_.counts.messages = point_.counts.completed;
    point_.counts.messages_crossing_workers = point_.counts.completed * 2 / 3;
    double cpu = 0;
    for (const auto& bucket : point_.timeseries) cpu += bucket.cpu_cores * 0.1;
    point_.cost = {.cpu_seconds = cpu,
                   .generator_cpu_seconds = 6.2,
                   .judging_seconds = 0.4,
                   .testbed_peak_rss_bytes = 210'000'000,
                   .peak_rss_bytes = 61'000'000,
                   .written_bytes = static_cast<std::int64_t>(point_.snapshots.size()) * 3'400'000,
                   .context_switches = 41'200};
  }
  void Kill() {
    const double down = b_.down / 1000.0;
    point_.faults.push_back({.id = "kill-1",
                             .verb = "kill",
                             .target = "system (SIGKILL)",
                             .planned_s = 10.0,
                             .applied_s = kKillStep / 1000.0,
                             .acknowledged_s = kKillStep / 1000.0 + 0.0016,
                             .healed_s = std::nullopt,
                             .verified = true,
                             .detail = "1,940 units were executed but not durable"});
    point_.recovery.push_back({.fault_id = "kill-1",
                               .restored_snapshot = b_.interval > 0 ? "1.20" : "",
                               .detected_s = 0.0021,
                               .restarted_s = 0.112,
                               .restored_s = down - 0.12,
                               .first_unit_s = down,
                               .first_output_s = down + (b_.hold_ms > 0 ? 0.058 : 0.003),
                               .caught_up_s = Recovery() / 1000.0,
                               .replayed_records = b_.interval * kPerStep});
    point_.counts.executed_not_durable_at_kill = 1'940;
  }

  struct Batch {
    int step, left;
    std::int64_t lag;
  };
  struct PhaseHistograms {
    Histogram response, service, lag;
  };
  Behaviour b_;
  bool kill_;
  Random random_;
  Point point_;
  std::vector<Batch> waiting_;
  std::size_t next_ = 0;
  std::int64_t backlog_ = 0, bucket_completed_ = 0;
  Histogram bucket_;
  std::map<std::string, PhaseHistograms> phases_;
};

Guarantee GuaranteeOf(const std::string& protocol) {
  if (protocol == "none")
    return {.sentence = "After a kill, outputs may be lost and may be repeated; state starts empty.",
            .may_lose = true,
            .may_duplicate = true};
  return {
      .sentence = "Every record changes the state exactly once and every output is seen exactly once, whatever fails.",
      .exactly_once_state = true,
      .exactly_once_egress = true};
}

void Judge(Point& point, bool kill) {
  auto& l = point.ledger;
  l.expected = point.counts.completed;
  const bool damaged = kill && point.protocol == "none";
  if (damaged) l.missing = 8'412, l.duplicate = 3'077, l.contradictory = 40'216;
  l.seen = l.expected - l.missing + l.duplicate;
  const auto verdict = damaged ? Verdict::kExpectedNotGuaranteed : Verdict::kHeld;
  point.checks = {
      {"exactly-once ledger", verdict,
       damaged ? "missing 8,412 and duplicate 3,077 outputs; first missing: user 381, visit 12"
               : "every expected output was seen once"},
      {"greeter counts", verdict, damaged ? "40,216 greetings restart from the first visit" : "all counts agree"},
      {"order per address", Verdict::kHeld, "no output overtook an earlier one of its address"}};
  point.verdict = {verdict, damaged ? "8,412 outputs lost, 3,077 repeated and 40,216 contradictory after the kill: not "
                                      "promised otherwise, and now measured."
                            : kill  ? "Killed with 1,940 units in flight; every output was still seen exactly once."
                                    : "Every output was seen exactly once."};
  const double lag_ms = static_cast<double>(point.latency.front().schedule_lag.p99_ns) / 1e6;
  point.validity = {{"accounting", Validity::kValid, 0, 0, "records", "offered = completed + dropped + pending"},
                    {"schedule lag p99", Validity::kValid, lag_ms, 1, "ms", "the generator kept its schedule"},
                    {"generator CPU", Validity::kValid, 31, 80, "%", "the generator had room"},
                    {"steal", Validity::kValid, 0.4, 3, "%", "the hypervisor took little"}};
  if (point.protocol == "stop-the-world" && !kill) {
    point.host = {3.9, 14.2, 1.1, 0};
    point.validity.back() = {"steal", Validity::kSuspect, 3.9, 3, "%", "the hypervisor took more than 3 % of the CPU"};
  } else {
    point.host = {0.4, 9.1, 0.8, 0};
  }
}

Environment ExampleMachine() {
  Environment e;
  e.cpu_model = "Example Processor 2.9 GHz";
  e.cpus = 2;
  e.threads_per_core = 2;
  e.caches = "L1d 32K, L1i 32K, L2 1024K, L3 36608K";
  e.affinity = "0-1";
  e.memory_bytes = std::int64_t{24} << 30;
  e.os = "Debian GNU/Linux 12 (bookworm)";
  e.kernel = "6.1.0-18-amd64";
  e.hypervisor = "KVM";
  e.cgroup_cpus = 2.0;
  e.governor = "unknown";
  e.transparent_huge_pages = "madvise";
  e.aslr = "full";
  e.clocksource = "kvm-clock";
  e.filesystem = "ext4 (rw,relatime)";
  e.disk = "/dev/vda";
  e.load_average = 0.42;
  e.steal_percent = 0.3;
  e.cpu_pressure_percent = 4.1;
  e.io_pressure_percent = 0.6;
  return e;
}

}  // namespace

record::Run ExampleRun(std::uint64_t seed) {
  record::Run run;
  run.run_id = "20260114-093012-quick";
  run.suite = "quick";
  run.started = "2026-01-14T09:30:12Z";
  run.seed = seed;
  run.duration_s = 118.4;
  run.rerun_command = "holdfast run workloads/suites/quick.yaml --seed " + std::to_string(seed);
  run.code = {"0.1.0", "f9ea9361c8d04be7a2bb0d0c6d1fd2c1b6f0e9aa", "Release", "GNU 12.2.0", false};
  run.environment = ExampleMachine();
  run.config_text =
      "suite: quick\nworkload: {name: greeter, keys: 100000, skew: 'zipf 0.99'}\nload: {arrival: constant, rate: "
      "20000/s}\n"
      "workers: 3\naxes:\n  protocol: [none, stop-the-world, unaligned, message-logging]\n  fault: [none, kill@10s]\n";
  for (const auto& behaviour : kProtocols) {
    for (const bool kill : {false, true}) {
      const auto point_seed = Mix64(seed + run.points.size());
      Point p = Model(behaviour, kill, point_seed).Run();
      const std::string fault = kill ? "kill@10s" : "none";
      p.name = behaviour.protocol + " / " + (kill ? "kill@10s" : "no fault");
      p.axes = {{"protocol", behaviour.protocol}, {"fault", fault}};
      p.workload = "greeter";
      p.engine = "holdfast";
      p.state = "heap";
      p.protocol = behaviour.protocol;
      p.channel = "inproc";
      p.fault = fault;
      p.seed = point_seed;
      p.offered_rate = 1000.0 * kPerStep;
      p.started_s = 14.6 * static_cast<double>(run.points.size());
      p.warmup_s = 2;
      p.measured_s = kSteps / 1000.0;
      p.guarantee = GuaranteeOf(behaviour.protocol);
      Judge(p, kill);
      p.configuration = {
          {"workers", "3"},
          {"state-backend", "heap"},
          {"protocol", behaviour.protocol},
          {"snapshot-interval", behaviour.interval > 0 ? std::to_string(behaviour.interval) + "ms" : "off"},
          {"egress-mode", behaviour.protocol == "none" ? "immediate" : "hold"},
          {"idle", "yield"}};
      p.artifacts = {{"latency-log", "raw/" + std::to_string(run.points.size()) + ".hlog"}};
      run.points.push_back(std::move(p));
    }
  }
  return run;
}

}  // namespace holdfast
