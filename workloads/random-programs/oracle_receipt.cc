// What a unit says of itself, against what it must say.
#include "workloads/random-programs/oracle.h"

namespace holdfast::random_programs {

Where ProgramOracle::CallerOf(const RunOfProgram& run, const Node& node) {
  return node.arrival == Arrival::kOutcome ? node.where : run.node(node.parent).where;
}

void ProgramOracle::CheckContent(const Subject& subject, const Receipt& receipt, std::string_view key) {
  const auto& node = subject.node();
  const auto id = IdOf(node.where);
  const auto function = kFunctions[node.where.function];
  if (receipt.function != function || receipt.self != id || key != id) {
    Blame(Damage::kContradictory, receipt.id, [&] {
      return fmt::format("it ran at {} '{}' with key '{}', and belongs to {} '{}'", receipt.function, receipt.self, key,
                         function, id);
    });
  }
  const bool root = node.arrival == Arrival::kIngress;
  const auto caller = CallerOf(*subject.run, node);
  const auto caller_function = root ? kNoFunction : functions_[caller.function];
  const auto caller_id = root ? std::string() : IdOf(caller);
  if (receipt.caller_function != caller_function.value || receipt.caller != caller_id) {
    Blame(Damage::kContradictory, receipt.id, [&] {
      return fmt::format("its caller was '{}' of function number {}, not '{}' of {}", receipt.caller,
                         receipt.caller_function, caller_id, caller_function);
    });
  }
}

// On whose word it ran, and when.
void ProgramOracle::CheckOrigin(const Subject& subject, const Receipt& receipt) {
  const auto& node = subject.node();
  const auto& origin = receipt.origin;
  const bool again = receipt.attempt > 0;
  if (node.arrival == Arrival::kIngress) {
    if (origin.sender == Witness{} && origin.place == 0 && origin.due == 0) return;
    return Blame(Damage::kContradictory, receipt.id, [&] { return std::string("a record with a sender"); });
  }
  if (!again) Claim(subject, node.parent, origin.sender, "its message");
  if (again && subject.step().last_attempt != origin.sender) {
    Blame(Damage::kContradictory, receipt.id, [&] {
      return fmt::format("attempt {} was started by version {}, not by that of the attempt before, {}", receipt.attempt,
                         origin.sender.version, subject.step().last_attempt.version);
    });
  }
  if (origin.place != (again ? 0 : node.place)) {
    Blame(Damage::kContradictory, receipt.id,
          [&] { return fmt::format("message number {} of its sender, not {}", origin.place, node.place); });
  }
  if ((node.arrival == Arrival::kDelayed) != (origin.due != 0)) {
    Blame(Damage::kContradictory, receipt.id, [&] { return fmt::format("due at {}", origin.due); });
  }
  const auto& sent = subject.run->run(node.parent).now;
  if (origin.due != 0 && sent && origin.due != *sent + node.delay) {
    Blame(Damage::kContradictory, receipt.id,
          [&] { return fmt::format("due at {}, but sent at {} for {} ms later", origin.due, *sent, node.delay); });
  }
  if (receipt.now < origin.due && !clocks_disagree_) {
    Blame(Damage::kContradictory, receipt.id,
          [&] { return fmt::format("it ran {} ms before it was due", origin.due - receipt.now); });
  }
}

void ProgramOracle::CheckOutcome(const Subject& subject, const Receipt& receipt) {
  const auto& node = subject.node();
  auto& step = subject.step();
  const auto outcome = static_cast<Outcome>(receipt.outcome);
  const auto due = node.arrival != Arrival::kOutcome ? Outcome::kMessage
                   : node.fails                      ? Outcome::kFailure
                                                     : Outcome::kSuccess;
  if (outcome == Outcome::kUnknown && node.arrival == Arrival::kOutcome) {
    if (!disturbed_) {
      Blame(Damage::kContradictory, receipt.id,
            [&] { return std::string("an outcome is unknown, though nothing was disturbed"); });
    }
  } else if (outcome != due) {
    Blame(Damage::kContradictory, receipt.id,
          [&] { return fmt::format("outcome {}, not {}", receipt.outcome, static_cast<int>(due)); });
  }
  if (receipt.attempt != step.attempts) {
    Blame(Damage::kContradictory, receipt.id,
          [&] { return fmt::format("attempt {} after {} of unknown outcome", receipt.attempt, step.attempts); });
  }
  if (outcome != Outcome::kUnknown) return;
  ++step.attempts;
  step.last_attempt = receipt.witness;
}

void ProgramOracle::CheckOrder(const Subject& subject, const Receipt& receipt) {
  const auto& node = subject.node();
  if (node.where.function == kLockerFunction) return;  // Its item tells.
  const auto number = NumberOf(node.where);
  if (node.arrival == Arrival::kIngress) {
    auto& next = addresses_[number].next_start;
    if (receipt.id.offset < next) {
      Blame(Damage::kOutOfOrder, receipt.id, [&] { return fmt::format("it started after program {}", next - 1); });
    }
    next = std::max(next, receipt.id.offset + 1);
  }
  if (node.arrival != Arrival::kMessage) return;
  const auto caller = NumberOf(CallerOf(*subject.run, node));
  auto& last = pairs_[std::uint64_t{caller} * addresses_.size() + number];
  const Sent sent{receipt.origin.sender.version, receipt.origin.place};
  // The first message ever has place 0 of version 1, which is more than nothing.
  if (sent <= last) {
    Blame(Damage::kOutOfOrder, receipt.id, [&] {
      return fmt::format("'{}' handled message {}.{} of '{}' after {}.{}", receipt.self, sent.first, sent.second,
                         receipt.caller, last.first, last.second);
    });
  }
  last = std::max(last, sent);
}

// Messages of one sender: put, look, take, look.
void ProgramOracle::CheckLocker(const Subject& subject, const Receipt& receipt) {
  const auto& node = subject.node();
  const auto verb = static_cast<Verb>(node.commands.at(0).verb);
  const bool before = verb == Verb::kPut;
  // The put is one step before the first look, and two before the take.
  std::int64_t item = 0;
  if (!before) {
    const auto previous = static_cast<Verb>(subject.run->node(receipt.id.step - 1).commands.at(0).verb);
    if (verb == Verb::kTake) item = receipt.id.step - 2;
    if (verb == Verb::kLook && previous == Verb::kPut) item = receipt.id.step - 1;
  }
  if (receipt.item == item) return;
  Blame(Damage::kContradictory, receipt.id,
        [&] { return fmt::format("'{}' held item {}, not {}", receipt.self, receipt.item, item); });
}

// What the unit saw and left, by the chain of its address.
void ProgramOracle::Replay(const Subject& subject, const Receipt& receipt) {
  const auto& node = subject.node();
  auto& address = addresses_[NumberOf(node.where)];
  const auto next = address.After(receipt);
  const auto broken = [&](std::string_view how) {
    Blame(Damage::kBrokenChain, receipt.id, [&] {
      return fmt::format("version {} of '{}' after version {}: {}", receipt.witness.version, receipt.self,
                         address.witness.version, how);
    });
  };
  if (receipt.witness.version < next.version) return broken("that version was taken, or is late");
  if (receipt.witness.version > next.version) broken("versions between were never seen");
  if (receipt.witness.version == next.version && receipt.witness.chain != next.chain) {
    broken("it does not link to the unit before; it stands for another history");
  }
  const auto lease = address.lease.At(receipt.now);
  const auto idle = address.idle.At(receipt.now);
  const bool linked = receipt.witness == next;
  address.Apply(node, receipt, input_.options());
  if (linked && (receipt.lease != lease || receipt.idle != idle || receipt.count != address.count)) {
    Blame(Damage::kWrongState, receipt.id, [&] {
      return fmt::format(
          "'{}' at version {} saw lease {} and idle {} and left count {}; it must be {} and {} and {} (at {}, expiry "
          "{} and {})",
          receipt.self, receipt.witness.version, receipt.lease, receipt.idle, receipt.count, lease, idle, address.count,
          receipt.now, address.lease.expiry, address.idle.expiry);
    });
  }
  address.witness = receipt.witness;
  address.count = receipt.count;
}

}  // namespace holdfast::random_programs
