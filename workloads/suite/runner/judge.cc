#include "workloads/suite/runner/judge.h"

#include <algorithm>

namespace holdfast {

namespace {

using record::Validity;
using record::ValidityCheck;
using record::Verdict;

double Millis(double nanos) { return nanos * 1e-6; }

ValidityCheck GeneratorKeptUp(const PointObservation& seen, const record::Point& point) {
  const auto* whole = FindPhase(point, record::kWhole);
  const auto accepted = whole == nullptr ? 0.0 : static_cast<double>(whole->response.p99_ns) / 10;
  const auto limit = std::max(static_cast<double>(kMostLag.count()), accepted);
  const auto lag = static_cast<double>(seen.generator->lag().Percentile(99));
  const bool late = lag > limit;
  return {.check = "generator-kept-up",
          .verdict = late ? Validity::kInvalid : Validity::kValid,
          .value = Millis(lag),
          .limit = Millis(limit),
          .unit = "ms",
          .detail = late ? "the generator left records later than they were due, by its own fault (99th percentile)"
                         : "records left on time"};
}

ValidityCheck EverythingLeft(const record::Point& point) {
  const auto held_back = point.counts.dropped;
  return {.check = "all-records-left",
          .verdict = held_back > 0 ? Validity::kInvalid : Validity::kValid,
          .value = static_cast<double>(held_back),
          .limit = 0,
          .unit = "records",
          .detail = held_back > 0 ? "the system took records more slowly than they were offered; lower the rate"
                                  : "the system took every record offered"};
}

ValidityCheck EnoughSamples(const record::Point& point) {
  constexpr double kEnough = 1000;  // For a 99th percentile with ten records beyond it.
  const auto* whole = FindPhase(point, record::kWhole);
  const auto count = whole == nullptr ? 0.0 : static_cast<double>(whole->response.count);
  return {.check = "enough-samples",
          .verdict = count < kEnough ? Validity::kSuspect : Validity::kValid,
          .value = count,
          .limit = kEnough,
          .unit = "records",
          .detail = count < kEnough ? "too few records for a 99th percentile" : "enough for a 99th percentile"};
}

ValidityCheck OutputKept(const PointObservation& seen) {
  const bool kept = seen.collector->complete();
  return {.check = "output-kept",
          .verdict = kept ? Validity::kValid : Validity::kInvalid,
          .value = static_cast<double>(seen.collector->counts().visible_records),
          .limit = 0,
          .unit = "records",
          .detail = kept ? "all visible output was judged"
                         : "more output than the testbed keeps in memory; shorten the measurement or lower the rate"};
}

ValidityCheck QuietHost(const record::Point& point) {
  constexpr double kMostStolen = 5;
  const auto stolen = point.host.steal_percent;
  return {.check = "quiet-host",
          .verdict = stolen > kMostStolen ? Validity::kSuspect : Validity::kValid,
          .value = stolen,
          .limit = kMostStolen,
          .unit = "%",
          .detail = stolen > kMostStolen ? "the hypervisor took CPU time away" : "little CPU time was taken away"};
}

ValidityCheck SnapshotsSeen(const record::Point& point) {
  constexpr double kEnough = 3;
  const auto completed =
      static_cast<double>(std::ranges::count(point.snapshots, "completed", &record::Snapshot::status));
  return {.check = "snapshots-completed",
          .verdict = completed < kEnough ? Validity::kSuspect : Validity::kValid,
          .value = completed,
          .limit = kEnough,
          .unit = "snapshots",
          .detail = completed < kEnough ? "too few snapshots to show what they cost" : "several snapshots completed"};
}

ValidityCheck KillHitWork(const record::Point& point) {
  const auto hit = static_cast<double>(point.counts.executed_not_durable_at_kill);
  return {.check = "kill-hit-work",
          .verdict = hit > 0 ? Validity::kValid : Validity::kInvalid,
          .value = hit,
          .limit = 1,
          .unit = "units",
          .detail = hit > 0 ? "units were executed and not durable when the kill struck"
                            : "no work was in flight when the kill struck, so surviving it proves nothing"};
}

// A configuration that may lose or double after a fault is a negative control; an accepted rollback does not make one.
bool IsControl(const PointObservation& seen, const record::Guarantee& guarantee) {
  return (guarantee.may_lose || guarantee.may_duplicate) && !seen.log.accepted_rollback;
}

bool Killed(const PointObservation& seen) {
  return std::ranges::count(seen.log.recoveries, FaultVerb::kKill, &EngineRecovery::verb) > 0;
}

bool LostReplies(const PointObservation& seen) {
  return std::ranges::any_of(seen.faults, [&seen](const AppliedFault& fault) {
    const auto& what = fault.planned.fault;
    return what.verb == FaultVerb::kTrouble && what.trouble == PortTrouble::kDropReplies && fault.recovery &&
           seen.log.recoveries[*fault.recovery].met > 0;
  });
}

// Whether something befell it that does damage unless that is guarded against.
bool Faulted(const PointObservation& seen) { return Killed(seen) || LostReplies(seen); }

// Whether every kind of damage found is one that the guarantee leaves open.
bool LeftOpen(const record::Guarantee& guarantee, const Findings& findings) {
  const auto found = [&findings](Damage damage) { return findings.count(damage) > 0; };
  if (found(Damage::kMissing) && !guarantee.may_lose) return false;
  if (found(Damage::kDuplicate) && !guarantee.may_duplicate) return false;
  const bool history = found(Damage::kPhantom) || found(Damage::kContradictory) || found(Damage::kOutOfOrder) ||
                       found(Damage::kBrokenChain) || found(Damage::kWrongState);
  return !history || !guarantee.exactly_once_state;
}

ValidityCheck ControlShowsDamage(bool damaged) {
  return {.check = "control-shows-damage",
          .verdict = damaged ? Validity::kValid : Validity::kInvalid,
          .value = damaged ? 1.0 : 0.0,
          .limit = 1,
          .unit = "",
          .detail = damaged ? "without a guarantee the fault did damage, as it must"
                            : "without any guarantee the fault did no damage: it hit nothing"};
}

std::string DamageSentence(const record::Ledger& ledger) {
  std::vector<std::string> parts;
  const auto add = [&parts](std::int64_t count, std::string_view what) {
    if (count > 0) parts.push_back(fmt::format("{} {}", count, what));
  };
  add(ledger.missing, "missing");
  add(ledger.duplicate, "duplicate");
  add(ledger.out_of_order, "out of order");
  add(ledger.phantom, "that nothing explains");
  add(ledger.contradictory, "contradictory");
  const auto kinds = parts.empty() ? "a broken history" : fmt::to_string(fmt::join(parts, ", "));
  return fmt::format("{} of {} expected outputs", kinds, ledger.expected);
}

// Why what is missing never became visible, if nothing but that is wrong: with held output, because no snapshot
// completed any more.
std::optional<std::string> WhatHeldOutputBack(const std::vector<EngineSnapshot>& snapshots, const Findings& findings,
                                              const record::Ledger& ledger) {
  constexpr std::ptrdiff_t kNoAccident = 3;
  if (findings.count(Damage::kMissing) != findings.total()) return std::nullopt;
  const auto newest = std::ranges::find(snapshots.rbegin(), snapshots.rend(), true, &EngineSnapshot::complete);
  const auto failures = newest - snapshots.rbegin();
  if (failures < kNoAccident) return std::nullopt;
  return fmt::format("{} of {} expected outputs never became visible: the last {} snapshots failed, most recently: {}",
                     ledger.missing, ledger.expected, failures, snapshots.back().trouble);
}

record::Judgement Judge(const PointObservation& seen, const Findings& findings, const record::Point& point) {
  const bool faulted = Faulted(seen);
  if (!seen.collector->complete()) {
    return {Verdict::kInvalid, "not all visible output was kept, so nothing can be said of what is missing"};
  }
  if (!findings.none()) {
    const auto damage = DamageSentence(point.ledger);
    if (faulted && LeftOpen(point.guarantee, findings)) {
      return {Verdict::kExpectedNotGuaranteed, fmt::format("{}: expected, not guaranteed", damage)};
    }
    if (auto held_back = WhatHeldOutputBack(seen.log.snapshots, findings, point.ledger)) {
      return {Verdict::kFailed, *std::move(held_back)};
    }
    return {Verdict::kBroken, fmt::format("{}; promised was: {}", damage, point.guarantee.sentence)};
  }
  if (point.ledger.expected == 0) return {Verdict::kInvalid, "no output was expected: the point proves nothing"};
  if (faulted && IsControl(seen, point.guarantee)) {
    return {Verdict::kInvalid,
            "no damage although nothing is guaranteed: the fault hit nothing, the point proves nothing"};
  }
  if (faulted && seen.capabilities.progress && point.counts.executed_not_durable_at_kill == 0) {
    return {Verdict::kInvalid, "no damage, but no work was in flight at the kill: the point proves nothing"};
  }
  return {Verdict::kHeld, fmt::format("all {} expected outputs were seen exactly once", point.ledger.expected)};
}

record::Ledger LedgerOf(const Ledger& ledger) {
  const auto count = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
  return {.expected = count(ledger.expected),
          .seen = count(ledger.seen),
          .missing = count(ledger.missing),
          .duplicate = count(ledger.duplicate),
          .out_of_order = count(ledger.out_of_order),
          .phantom = count(ledger.phantom),
          .contradictory = count(ledger.contradictory)};
}

}  // namespace

record::Guarantee AfterRollback(const record::Guarantee& guarantee, SnapshotId snapshot) {
  return {.sentence =
              fmt::format("{}, up to snapshot {}; newer ones were damaged or gone, and by --accept-rollback what came "
                          "after it may be missing or be seen twice",
                          guarantee.sentence, snapshot),
          .exactly_once_state = false,
          .exactly_once_egress = false,
          .may_lose = true,
          .may_duplicate = true};
}

void JudgeOutput(const PointObservation& seen, const Oracle& oracle, record::Point& point) {
  point.ledger = LedgerOf(oracle.ledger());
  point.verdict = Judge(seen, oracle.findings(), point);
  auto text = oracle.findings().Text();
  if (text.empty()) text = "nothing that a failure-free execution would not have shown";
  point.checks.push_back({.name = "egress-oracle", .verdict = point.verdict.verdict, .detail = std::move(text)});
}

void JudgeLines(const PointObservation& seen, record::Point& point) {
  if (!seen.lines_audited) return;
  const auto& found = seen.line_findings;
  point.counts.lines_audited = static_cast<std::int64_t>(*seen.lines_audited);
  point.checks.push_back(
      {.name = "line-auditor",
       .verdict = found.none() ? Verdict::kHeld : Verdict::kBroken,
       .detail = found.none() ? fmt::format("{} recovery lines are consistent", *seen.lines_audited) : found.Text()});
  if (found.none() || !point.guarantee.exactly_once_state) return;
  point.verdict = {Verdict::kBroken,
                   fmt::format("a recovery line is inconsistent; promised was: {}", point.guarantee.sentence)};
}

std::vector<ValidityCheck> CheckValidity(const PointObservation& seen, const record::Point& point) {
  std::vector<ValidityCheck> checks = {OutputKept(seen), QuietHost(point)};
  if (seen.generator->timed()) {
    checks.push_back(GeneratorKeptUp(seen, point));
    checks.push_back(EverythingLeft(point));
    checks.push_back(EnoughSamples(point));
  }
  const bool control = IsControl(seen, point.guarantee);
  if (seen.capabilities.snapshots && !control) checks.push_back(SnapshotsSeen(point));
  if (!Faulted(seen)) return checks;
  if (control) {
    const auto verdict = point.verdict.verdict;
    checks.push_back(ControlShowsDamage(verdict == Verdict::kExpectedNotGuaranteed || verdict == Verdict::kBroken));
  }
  if (seen.capabilities.progress && Killed(seen)) checks.push_back(KillHitWork(point));
  return checks;
}

}  // namespace holdfast
