// A point observed without a system: records leave when a test says so, and answers appear when it says so. Output
// carries the place of the record it answers; the oracle expects each once.
#pragma once

#include <map>
#include <memory>

#include "workloads/suite/runner/point_run.h"

namespace holdfast {

// Two partitions of empty records.
class EmptyInput final : public Input {
 public:
  std::uint16_t partitions() const override { return 2; }
  void Record(PartitionId, std::uint64_t, InputRecord& record) const override { record = {}; }
};

inline std::string AnswerTo(Cause cause) {
  std::string value;
  AppendFixed(value, cause.partition.value);
  AppendFixed(value, cause.offset);
  std::string bytes;
  AppendEgressRecord(bytes, {EgressId(1), ValueTypeId(1), "", value});
  return bytes;
}

inline std::optional<Cause> CauseOf(const EgressRecord& output) {
  ByteReader reader(output.value);
  Cause cause;
  cause.partition = PartitionId(reader.Fixed<std::uint16_t>());
  cause.offset = reader.Fixed<std::uint64_t>();
  return reader.ok() ? std::optional(cause) : std::nullopt;
}

// Counts sightings per record.
class CountingOracle final : public Oracle {
 public:
  void Offered(PartitionId partition, std::uint64_t end) override { offered_[partition] = end; }
  void See(const EgressRecord& output) override {
    const auto cause = CauseOf(output);
    HOLDFAST_CHECK(cause && cause->offset < offered_[cause->partition], "seen before it was offered");
    if (++sightings_[{cause->partition, cause->offset}] > 1) findings_.Add(Damage::kDuplicate, [] { return "twice"; });
  }
  void Disturbed() override { disturbed_ = true; }
  void ClocksDisagree() override {}
  void Finish() override {
    for (const auto& [partition, end] : offered_) ledger_.expected += end;
    ledger_.seen = sightings_.size();
    ledger_.missing = ledger_.expected - ledger_.seen;
    ledger_.duplicate = findings_.count(Damage::kDuplicate);
    for (std::uint64_t i = 0; i < ledger_.missing; ++i) findings_.Add(Damage::kMissing, [] { return "missing"; });
  }
  void CheckState(const ForEachAddress&) override {}
  Ledger ledger() const override { return ledger_; }
  const Findings& findings() const override { return findings_; }
  bool disturbed() const { return disturbed_; }

 private:
  bool disturbed_ = false;
  std::map<PartitionId, std::uint64_t> offered_;
  std::map<std::pair<PartitionId, std::uint64_t>, int> sightings_;
  Ledger ledger_;
  Findings findings_;
};

// 1000 records per second and partition for `warm_up` and `measured`; partition 0 is due at 0, 1, 2, ... ms, partition
// 1 half a millisecond later.
class ObservedPoint {
 public:
  explicit ObservedPoint(Duration warm_up = {}, Duration measured = std::chrono::milliseconds(100)) {
    seen_.load = {.rate = {2000}, .arrivals = Arrivals::kConstant, .warm_up = warm_up, .duration = measured};
    seen_.bench_load = {.input = std::make_shared<EmptyInput>(),
                        .make_oracle = [] { return std::make_unique<CountingOracle>(); },
                        .cause = CauseOf};
    seen_.generator =
        std::make_unique<Generator>(Generator::Options{.input = seen_.bench_load.input,
                                                       .schedule = {1, {2000}, ArrivalSchedule::Spread::kConstant, 2},
                                                       .warm_up = warm_up,
                                                       .end = warm_up + measured});
    seen_.collector = std::make_unique<Collector>();
    seen_.zero = {1'000'000'000};
    seen_.begin = seen_.zero + warm_up;
    seen_.end = seen_.begin + measured;
    seen_.stopped = seen_.end;
    seen_.capabilities = {.kill = true, .progress = true, .snapshots = true};
    seen_.generator->Begin(seen_.zero);
    for (std::uint16_t p = 0; p < 2; ++p) seen_.generator->Subscribe(PartitionId(p), 0);
  }

  // All records due by `at` leave then. Times count from zero.
  void Send(Duration at) {
    Generator::Batch batch;
    for (std::uint16_t p = 0; p < 2; ++p) {
      const auto now = seen_.zero + at;
      const auto encode = [](std::string& out, const InputRecord&) { out += '.'; };
      if (seen_.generator->Take(PartitionId(p), now, 0, 1 << 20, encode, batch)) seen_.generator->Sent(batch, now);
    }
  }
  void Answer(std::uint16_t partition, std::uint64_t offset, Duration at) {
    const EgressFence fence{WorldLine(1), Incarnation(1)};
    seen_.collector->Emit(WorkerId(0), fence, AnswerTo({PartitionId(partition), offset}), seen_.zero + at).OrDie();
  }
  // Records of both partitions in [from, to), each `delay` after it was due.
  void AnswerPunctually(std::uint64_t from, std::uint64_t to, Duration delay) {
    using std::chrono::milliseconds;
    for (auto offset = from; offset < to; ++offset) {
      for (std::uint16_t p = 0; p < 2; ++p) {
        Answer(p, offset, seen_.generator->Intended(PartitionId(p), offset) + delay);
      }
    }
  }
  EngineRecovery& Kill(Duration at, Duration restarted) { return Strike(FaultVerb::kKill, at, restarted); }
  EngineRecovery& Strike(FaultVerb verb, Duration at, Duration restarted) {
    auto& recovery = seen_.log.recoveries.emplace_back();
    recovery.verb = verb;
    recovery.applied = seen_.zero + at;
    recovery.detected = seen_.zero + at;
    recovery.restarted = seen_.zero + restarted;
    const PlannedFault planned{at - seen_.load.warm_up, {verb, {}}};
    seen_.faults.push_back({planned, seen_.log.recoveries.size() - 1, ""});
    return recovery;
  }
  PointObservation& seen() { return seen_; }

 private:
  PointObservation seen_;
};

}  // namespace holdfast
