// World: when it is over, and what is said of it then.
#include <algorithm>

#include "chaos/simulation/world.h"
#include "chaos/simulation/world_processes.h"
#include "core/base/units.h"

namespace holdfast {
namespace {

// Everything is healed and offered: whoever has not finished after this never will.
constexpr Duration kMustFinish = std::chrono::seconds(20);
// How long the world at rest goes on, to see what should not come,
constexpr Duration kAftermath = std::chrono::milliseconds(15);
// or what should, when nothing came for a while.
constexpr Duration kLostAfter = std::chrono::seconds(1);
constexpr Duration kLooksLostAfter = std::chrono::seconds(1);

SimFailure FailureOf(Damage damage) {
  return static_cast<SimFailure>(static_cast<std::size_t>(SimFailure::kMissing) + static_cast<std::size_t>(damage));
}

}  // namespace

std::string_view SimFailureName(SimFailure failure) {
  switch (failure) {
    case SimFailure::kNone:
      return "none";
    case SimFailure::kAborted:
      return "aborted";
    case SimFailure::kStopped:
      return "stopped";
    case SimFailure::kStuck:
      return "stuck";
    case SimFailure::kLost:
      return "lost";
    default:
      return DamageName(
          static_cast<Damage>(static_cast<std::size_t>(failure) - static_cast<std::size_t>(SimFailure::kMissing)));
  }
}

bool World::Done() {
  if (!topic_.trouble().empty()) Violation(SimFailure::kStopped, topic_.trouble());
  if (stopped_ || report_.failure != SimFailure::kNone) return true;
  const auto now = scheduler_.Now();
  if (now - healed_at_ > kMustFinish) {
    Violation(SimFailure::kStuck, fmt::format("not finished {} after the last fault and the last record: {}",
                                              FormatDuration(kMustFinish), DescribeAll()));
    return true;
  }
  if (!topic_.all_offered() || faults_left_ > 0) return false;
  const bool promised = parts_.protocol.traits.guarantee.exactly_once_egress;
  const bool outstanding = promised && Outstanding();
  if (sink_.visible() != visible_) {
    visible_ = sink_.visible();
    visible_since_ = calm_since_ = now;
  }
  // As long as output comes, what is still outstanding need not be looked for.
  const bool looks_lost = now - visible_since_ > kLooksLostAfter;
  if ((outstanding && !looks_lost) || !AtRest() || !ParticipantWaits()) calm_since_ = now;
  const auto calm = now - calm_since_;
  if (!outstanding) return calm > kAftermath;
  if (calm > kLostAfter) Violation(SimFailure::kLost, "everything is at rest, and not all is seen: " + DescribeAll());
  return calm > kLostAfter;
}

bool World::Outstanding() const {
  const auto ledger = parts_.oracle->ledger();
  return ledger.seen < ledger.expected;
}

// Nobody rests while an order to go back is on its way. What is promised includes delayed messages, operations, held
// output and messages on their way, of which one in a hundred is thirty times as slow as the others: no run is over
// before them. Only for what is due in an hour or a month nobody waits, unless a clock was touched, by which nobody can
// tell.
bool World::AtRest() const {
  const bool promised = parts_.protocol.traits.guarantee.exactly_once_egress;
  const auto horizon = scheduler_.AppNow() + std::chrono::duration_cast<std::chrono::milliseconds>(kMustFinish);
  const auto under_way = [now = scheduler_.Now()](const Link& link) { return link.last_data >= now; };
  if (!running_ || std::ranges::any_of(links_, under_way)) return false;
  return coordinator_ && std::all_of(workers_.begin(), workers_.end(), [&](const auto& process) {
           if (!process || process->worker->phase() != Worker::Phase::kRunning) return false;
           if (!promised) return process->worker->Idle();
           return clocks_touched_ ? process->worker->Settled() : process->worker->SettledUntil(horizon);
         });
}

void World::GiveUp(std::string why) {
  if (report_.probes.count(SimProbe::kDamagedRead) == 0) return Violation(SimFailure::kStopped, std::move(why));
  stopped_ = true;
  report_.probes.Reach(SimProbe::kStoppedForDamage);
  scheduler_.Note("gave up", 0, [&] { return why; });
}

void World::Violation(SimFailure failure, std::string text) {
  if (report_.failure != SimFailure::kNone) return;
  report_.failure = failure;
  report_.violation = fmt::format("{}: {}", SimFailureName(failure), text);
}

void World::Judge() {
  auto& oracle = *parts_.oracle;
  const auto* participant = parts_.participant.get();
  for (std::size_t i = 0; participant != nullptr && i < participant->entries(); ++i) {
    oracle.Booked(participant->Entry(i));
  }
  if (!stopped_) oracle.Finish();
  report_.ledger = oracle.ledger();
  report_.probes.Add(sink_.probes());
  if (!parts_.protocol.traits.guarantee.exactly_once_egress) return;
  if (!stopped_ && report_.failure == SimFailure::kNone) {
    oracle.CheckState([this](const StateVisitor& visit) { VisitState(visit); });
  }
  const auto& findings = oracle.findings();
  if (findings.none()) return;
  if (report_.failure != SimFailure::kNone) {
    report_.violation += "\n" + findings.Text();
    return;
  }
  report_.violation = findings.Text();
  for (std::size_t i = kDamageKinds; i-- > 0;) {
    if (findings.count(static_cast<Damage>(i)) > 0) report_.failure = FailureOf(static_cast<Damage>(i));
  }
}

void World::VisitState(const StateVisitor& visit) const {
  const auto& functions = parts_.application->functions();
  for (const auto& process : workers_) {
    if (!process) continue;
    for (std::uint16_t table = 0; table < functions.size(); ++table) {
      const auto visit_row = [&](const RowKey& key, std::string_view value) -> Status {
        visit(functions[table].name, key.id, value);
        return {};
      };
      process->state->ForEachIn(TableId(table), visit_row).OrDie();
    }
  }
}

void World::Collect(const WorkerCounters& counters) {
  report_.units += counters.units;
  report_.messages_local += counters.sent_local;
  report_.messages_remote += counters.sent_remote;
  report_.late += counters.late;
  report_.replayed += counters.replayed_records;
  report_.spilled += counters.spilled;
  report_.delayed_fired += counters.delayed_fired;
  report_.delayed_cancelled += counters.delayed_cancelled;
  report_.delayed_restored += counters.delayed_restored;
  report_.outcomes += counters.async_outcomes;
  report_.outcomes_unknown += counters.async_unknown;
  report_.failed_attempts += counters.failed_attempts;
  report_.dead_letters += counters.dead_letters;
  auto& probes = report_.probes;
  probes.Reach(SimProbe::kLateMessages, counters.late);
  probes.Reach(SimProbe::kLogReopened, counters.replayed_records > 0);
  probes.Reach(SimProbe::kDelayedRestored, counters.delayed_restored);
  probes.Reach(SimProbe::kOperationUnknown, counters.async_unknown);
}

std::string World::DescribeAll() const {
  const auto ledger = parts_.oracle->ledger();
  auto text = fmt::format("{} of {} seen", ledger.seen, ledger.expected);
  const auto jobs = [](const SimBackground* background) {
    return background != nullptr && background->pending() > 0
               ? fmt::format("; {} background jobs under way", background->pending())
               : "";
  };
  if (coordinator_ && coordinator_->coordinator) {
    text += "\n  " + coordinator_->coordinator->Describe() + jobs(coordinator_->background.get());
  } else {
    text += "\n  coordinator: down";
  }
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    const auto& process = workers_[i];
    text += process && process->worker ? "\n  " + process->worker->Describe() + jobs(process->background.get())
                                       : fmt::format("\n  worker {}: down", i);
  }
  for (const auto& zombie : zombies_) text += "\n  replaced, and alive: " + zombie->worker->Describe();
  for (std::uint16_t i = 0; i < topic_.input().partitions(); ++i) {
    const PartitionId partition(i);
    text += fmt::format("\n  partition {}: {} records offered", partition, topic_.offered(partition));
  }
  return text;
}

}  // namespace holdfast
