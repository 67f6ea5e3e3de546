// The units of accounts, merchants, classifiers and models in their order: each must link to the one before, and see
// what that one left.
#include <algorithm>

#include "workloads/fraud-bandit/oracle.h"
#include "workloads/fraud-detection/links.h"

namespace holdfast::fraud_bandit {
namespace {

using fraud_detection::HashOf;

std::string NameOf(const Told& told) {
  constexpr std::string_view kNames[] = {"?",
                                         "the habits for transaction",
                                         "the rate for transaction",
                                         "the label of transaction",
                                         "the choice for transaction",
                                         "the reward for transaction",
                                         "the score of transaction",
                                         "publication"};
  return fmt::format("{} {}/{}", kNames[static_cast<std::size_t>(told.deed)], told.place.partition, told.place.offset);
}

// Whether the unit has an output of its own, at once.
bool ShowsAtOnce(Deed deed) { return deed == Deed::kLabelled || deed == Deed::kRewarded || deed == Deed::kPublished; }

// What an account with these amounts must have answered; the root is checked, not computed.
bool IsOf(const Amounts& known, std::int64_t since, const Habits& habits) {
  if (known.count == 0) return habits == Habits();
  const auto mean = known.sum / known.count;
  const auto variance = known.squares / known.count - mean * mean;
  const auto root = habits.deviation;
  return habits.count == known.count && habits.mean == mean && habits.since == since && root >= 0 && root <= 1'000 &&
         root * root <= variance && variance < (root + 1) * (root + 1);
}

// The arm of choice number `number`.
std::uint32_t DueArm(const BanditInput& input, std::uint64_t account, const Arms& known, std::uint64_t number) {
  const auto draw = HashOf({input.seed(), Hash64(BanditInput::AccountId(account)), number});
  if (draw % 100 < input.options().exploration) return static_cast<std::uint32_t>(draw / 100 % kArms);
  const auto worse = [](const Arm& a, const Arm& b) {
    return (a.rewards + 1) * (b.pulls + 1) < (b.rewards + 1) * (a.pulls + 1);
  };
  const auto best = std::max_element(known.arms.begin(), known.arms.end(), worse);
  return static_cast<std::uint32_t>(best - known.arms.begin());
}

}  // namespace

template <class State>
void BanditOracle::Tell(Instances<State>& instances, std::uint64_t number, const Told& told) {
  const auto sight = instances.units.Add(number, told, [&](const Told& next) { TakeTurn(instances, number, next); });
  if (sight != UnitOrder<Told>::Sight::kFirst) {
    return Blame(Damage::kBrokenChain, [&] {
      return fmt::format("{} is version {} of '{}', and that version was taken", NameOf(told), told.witness.version,
                         instances.IdOf(number));
    });
  }
  if (!ShowsAtOnce(told.deed)) return;
  auto& shown = instances.shown[number];
  if (told.witness.version < shown) {
    Blame(Damage::kOutOfOrder, [&] {
      return fmt::format("{} is version {} of '{}', and came after version {}", NameOf(told), told.witness.version,
                         instances.IdOf(number), shown);
    });
  }
  shown = std::max(shown, told.witness.version);
}

template <class State>
void BanditOracle::TakeTurn(Instances<State>& instances, std::uint64_t number, const Told& told) {
  const auto& before = instances.units.latest(number);
  const auto id = instances.IdOf(number);
  const auto why = fraud_detection::WhyNotLinked(id, before, told.witness, static_cast<std::uint64_t>(told.deed),
                                                 told.place.partition, told.place.offset);
  if (!why.empty()) {
    instances.lost[number] = true;
    return Blame(Damage::kBrokenChain, [&] {
      return fmt::format("{} is version {} of '{}' after version {}: {}", NameOf(told), told.witness.version, id,
                         before.version, why);
    });
  }
  if (instances.lost[number]) return;
  const auto wrong = Replay(instances.states[number], {number, before, told});
  if (wrong.empty()) return;
  Blame(Damage::kWrongState,
        [&] { return fmt::format("{}, version {} of '{}': {}", NameOf(told), told.witness.version, id, wrong); });
}

std::string BanditOracle::Replay(Amounts& known, const Turn& turn) const {
  const auto& habits = turn.told.habits;
  const auto since = turn.before.version == 0 ? 0 : turn.told.witness.at - turn.before.at;
  std::string wrong;
  if (!IsOf(known, since, habits)) {
    wrong = fmt::format(
        "it saw count {}, mean {}, deviation {} and since {}; there are {} amounts, their sum is {}, "
        "that of their squares {}, and the last was {} ms ago",
        habits.count, habits.mean, habits.deviation, habits.since, known.count, known.sum, known.squares, since);
  }
  ++known.count;
  known.sum += turn.told.amount;
  known.squares += turn.told.amount * turn.told.amount;
  return wrong;
}

std::string BanditOracle::Replay(Labels& known, const Turn& turn) const {
  const auto& told = turn.told;
  if (told.deed == Deed::kLabelled) {
    ++known.labelled;
    known.frauds += told.fraud;
    if (told.labels == known) return {};
    return fmt::format("it left {} frauds of {}, not {} of {}", told.labels.frauds, told.labels.labelled, known.frauds,
                       known.labelled);
  }
  const auto rate = known.labelled == 0 ? 0 : known.frauds * 1000 / known.labelled;
  if (told.rate == rate) return {};
  return fmt::format("it saw rate {}, and that of {} frauds in {} is {}", told.rate, known.frauds, known.labelled,
                     rate);
}

std::string BanditOracle::Replay(Arms& known, const Turn& turn) const {
  const auto& told = turn.told;
  if (told.arm >= kArms) return fmt::format("there is no arm {}", told.arm);
  auto& arm = known.arms[told.arm];
  if (told.deed == Deed::kRewarded) {
    arm.rewards += told.reward;
    if (told.left == arm) return {};
    return fmt::format("it left arm {} with {} rewards of {} pulls, not {} of {}", told.arm, told.left.rewards,
                       told.left.pulls, arm.rewards, arm.pulls);
  }
  std::uint64_t number = 1;
  for (const auto& each : known.arms) number += each.pulls;
  const auto due = DueArm(input_, turn.number, known, number);
  ++arm.pulls;
  if (told.arm == due) return {};
  return fmt::format("choice {} is arm {}, and the bandit chooses {}", number, told.arm, due);
}

std::string BanditOracle::Replay(std::int64_t& version, const Turn& turn) const {
  const auto& told = turn.told;
  const auto before = version;
  const bool swap = told.deed == Deed::kPublished;
  if (swap) version = told.version;
  if (told.version == before + (swap ? 1 : 0)) return {};
  if (swap) return fmt::format("it becomes version {} after version {}", told.version, before);
  return fmt::format("it is by version {}, and the model was of version {}", told.version, before);
}

template <class State>
void BanditOracle::FinishUnits(Instances<State>& instances) {
  instances.units.Finish([&](std::uint64_t number, const Told& told) { TakeTurn(instances, number, told); });
}

void BanditOracle::FinishUnits() {
  FinishUnits(accounts_);
  FinishUnits(merchants_);
  FinishUnits(classifiers_);
  FinishUnits(models_);
}

template void BanditOracle::Tell(Instances<Amounts>&, std::uint64_t, const Told&);
template void BanditOracle::Tell(Instances<Labels>&, std::uint64_t, const Told&);
template void BanditOracle::Tell(Instances<Arms>&, std::uint64_t, const Told&);
template void BanditOracle::Tell(Instances<std::int64_t>&, std::uint64_t, const Told&);

}  // namespace holdfast::fraud_bandit
