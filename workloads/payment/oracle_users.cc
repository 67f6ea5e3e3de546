// The units of users in their order: each must link to the one before, and leave the account that follows from it.
#include "core/base/hash.h"
#include "workloads/payment/oracle.h"

namespace holdfast::payment {
namespace {

// What was due so long before the latest time seen must be done, in milliseconds: outputs of different workers become
// visible at different times.
constexpr std::int64_t kGrace = 2'000;

std::string NameOf(const UserUnit& unit) {
  constexpr std::string_view kWhat[] = {"nothing",       "change", "leaving", "trigger",
                                        "stale trigger", "paying", "waiving"};
  return fmt::format("{} {}/{}", kWhat[std::min<std::size_t>(unit.deed, std::size(kWhat) - 1)], unit.first,
                     unit.second);
}

std::string TextOf(const Account& a) {
  return fmt::format("price {}, {} left, trigger {} at {}, {} changes, {} made, {} settled, {} = {} + {} + {}", a.price,
                     a.left, a.trigger, a.due, a.changes, a.made, a.settled, a.billed, a.paid, a.waived,
                     a.billed - a.paid - a.waived);
}

}  // namespace

bool PaymentOracle::Overdue(std::int64_t due) const { return !clocks_disagree_ && due + kGrace < latest_; }

void PaymentOracle::ReplayUnit(const UserUnit& unit) {
  auto& person = users_[unit.user];
  const auto& before = person.witness;
  const auto start = before.version == 0 ? Hash64(UserId(unit.user)) : before.chain;
  const std::uint64_t words[] = {start, unit.deed, unit.first, unit.second,
                                 static_cast<std::uint64_t>(unit.witness.at)};
  const bool next = unit.witness.version == before.version + 1;
  const bool linked = next && unit.witness.chain == Hash64({reinterpret_cast<const char*>(words), sizeof words});
  if (!linked) {
    Blame(Damage::kBrokenChain, [&] {
      return fmt::format("{} is version {} of user-{} after version {}: {}", NameOf(unit), unit.witness.version,
                         unit.user, before.version,
                         next ? "it stands for another history" : "versions between were never seen");
    });
  }
  const auto account = After(person, unit);
  if (linked && account != unit.account) {
    Blame(Damage::kWrongState, [&] {
      return fmt::format("{}: user-{} holds '{}' at version {}, not '{}'", NameOf(unit), unit.user,
                         TextOf(unit.account), unit.witness.version, TextOf(account));
    });
  }
  person.account = unit.account;
  person.witness = unit.witness;
}

Account PaymentOracle::After(Person& person, const UserUnit& unit) {
  auto account = person.account;
  switch (static_cast<Deed>(unit.deed)) {
    case Deed::kChanged:
    case Deed::kGone:
      Change(person, unit, account);
      return account;
    case Deed::kBilled:
    case Deed::kStale:
      Trigger(person, unit, account);
      return account;
    case Deed::kPaid:
    case Deed::kWaived:
      Settle(unit, account);
      return account;
  }
  Blame(Damage::kPhantom, [&] { return fmt::format("user-{} did {}, whatever that is", unit.user, unit.deed); });
  return account;
}

void PaymentOracle::Change(Person& person, const UserUnit& unit, Account& account) {
  const PartitionId partition(static_cast<std::uint16_t>(unit.first));
  const auto facts = input_.ChangeAt(partition, unit.second);
  if (facts.user != unit.user || facts.gone != (static_cast<Deed>(unit.deed) == Deed::kGone)) {
    Blame(Damage::kContradictory, [&] {
      return fmt::format("{} was made at user-{}, and is of user-{}{}", NameOf(unit), unit.user, facts.user,
                         facts.gone ? ", who is gone" : "");
    });
  }
  if (unit.second < person.next) {
    Blame(Damage::kOutOfOrder, [&] {
      return fmt::format("user-{}: {} came after change {}/{}", unit.user, NameOf(unit), unit.first, person.next - 1);
    });
  }
  person.next = std::max(person.next, unit.second + 1);
  ++account.changes;
  if (facts.gone) {
    if (account.left > 0) person.called_off.emplace(account.trigger, account.due);
    account.left = 0;
    return;
  }
  if (account.left == 0) {
    ++account.trigger;
    account.due = unit.witness.at + input_.options().interval.count();
  }
  account.price = facts.price;
  account.left = input_.options().intervals;
}

void PaymentOracle::Trigger(Person& person, const UserUnit& unit, Account& account) {
  const auto due = static_cast<std::int64_t>(unit.second);
  const bool stale = static_cast<Deed>(unit.deed) == Deed::kStale;
  const bool current = account.left > 0 && unit.first == account.trigger && due == account.due;
  if (stale == current) {
    Blame(Damage::kContradictory, [&] {
      return fmt::format("{} of user-{}: it waited for trigger {} at {}, and {} intervals were left", NameOf(unit),
                         unit.user, account.trigger, account.due, account.left);
    });
  }
  if (unit.witness.at < due && !clocks_disagree_) {
    Blame(Damage::kContradictory, [&] {
      return fmt::format("{} of user-{} came {} ms early", NameOf(unit), unit.user, due - unit.witness.at);
    });
  }
  if (stale) {
    if (person.called_off.erase({unit.first, due}) > 0) return;
    return Blame(Damage::kDuplicate, [&] {
      return fmt::format("{} of user-{} came again, or was never called off", NameOf(unit), unit.user);
    });
  }
  auto& made = payments_[{unit.user, account.made}];
  made.made = true;
  made.amount = account.price;
  made.secret = unit.witness.chain;
  ++account.made;
  account.billed += account.price;
  if (account.left > 0) --account.left;
  if (account.left == 0) return;
  ++account.trigger;
  account.due += input_.options().interval.count();
}

void PaymentOracle::Settle(const UserUnit& unit, Account& account) {
  auto& all = payments_[{unit.user, unit.first}];
  const bool paid = static_cast<Deed>(unit.deed) == Deed::kPaid;
  const auto amount = static_cast<std::int64_t>(unit.second);
  if (all.settled || unit.first >= account.made) {
    Blame(all.settled ? Damage::kDuplicate : Damage::kPhantom, [&] {
      return fmt::format("user-{}: {} {}", unit.user, NameOf(unit),
                         all.settled ? "was settled before" : "is of a payment that was not made");
    });
  }
  all.settled = paid;
  if (all.made && amount != all.amount) {
    Blame(Damage::kContradictory,
          [&] { return fmt::format("user-{}: {}, and the bill was {}", unit.user, NameOf(unit), all.amount); });
  }
  ++account.settled;
  (paid ? account.paid : account.waived) += amount;
}

void PaymentOracle::FinishUsers() {
  std::int64_t paid = 0;
  for (std::uint64_t u = 0; u < users_.size(); ++u) {
    const auto& account = users_[u].account;
    paid += account.paid;
    if (account.left == 0 || !Overdue(account.due)) continue;
    Miss([&] { return fmt::format("user-{} was to be billed at {}, and was forgotten", u, account.due); });
  }
  if (paid == taken_) return;
  Blame(Damage::kWrongState,
        [&] { return fmt::format("the provider has taken {}, and its users have paid {}", taken_, paid); });
}

}  // namespace holdfast::payment
