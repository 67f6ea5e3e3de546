// The units of counters and merchants in their order: each must link to the one before, and see what that one left.
#include "workloads/fraud-detection/links.h"
#include "workloads/fraud-detection/oracle.h"

namespace holdfast::fraud_detection {
namespace {

std::string NameOf(const Told& told) {
  switch (told.deed) {
    case Deed::kConfirmed:
      return fmt::format("counting confirmation {}/{}", told.first, told.second);
    case Deed::kExpired:
      return fmt::format("taking back confirmation {}/{}", told.first, told.second);
    case Deed::kQueried:
      return fmt::format("the query of transaction {}/{}", told.first, told.second);
    default:
      return fmt::format("attempt {} of call {}", told.second, told.first);
  }
}

}  // namespace

bool FraudOracle::Links(const std::string& id, const Witness& before, const Told& told) {
  const auto why =
      WhyNotLinked(id, before, told.witness, static_cast<std::uint64_t>(told.deed), told.first, told.second);
  if (why.empty()) return true;
  Blame(Damage::kBrokenChain, [&] {
    return fmt::format("{} is version {} of '{}' after version {}: {}", NameOf(told), told.witness.version, id,
                       before.version, why);
  });
  return false;
}

void FraudOracle::TellCounter(std::uint64_t account, const Told& told) {
  latest_ = std::max(latest_, told.witness.at);
  const auto sight = counter_units_.Add(account, told, [&](const Told& next) { ReplayCounter(account, next); });
  if (sight == UnitOrder<Told>::Sight::kFirst) return;
  Blame(Damage::kBrokenChain, [&] {
    return fmt::format("{} is version {} of '{}', and that version was taken", NameOf(told), told.witness.version,
                       input_.AccountId(account));
  });
}

void FraudOracle::TellMerchant(std::uint64_t merchant, const Told& told) {
  latest_ = std::max(latest_, told.witness.at);
  const auto sight = merchant_units_.Add(merchant, told, [&](const Told& next) { ReplayMerchant(merchant, next); });
  const bool outcome = told.deed != Deed::kQueried;
  auto& shown = merchants_[merchant].shown;
  if (sight == UnitOrder<Told>::Sight::kFirst) {
    if (!outcome) return;
    ++expected_;
    ++seen_;
    shown = std::max(shown, told.witness.version);
    return;
  }
  // Outcomes have no place in the ingress by which to know that they came before.
  const bool again = outcome && (sight == UnitOrder<Told>::Sight::kSame || shown >= told.witness.version);
  Blame(again ? Damage::kDuplicate : Damage::kBrokenChain, [&] {
    return fmt::format("{} is version {} of '{}', and that version {}", NameOf(told), told.witness.version,
                       input_.MerchantId(merchant), again ? "came before" : "was taken");
  });
}

void FraudOracle::FinishUnits() {
  counter_units_.Finish([this](std::uint64_t account, const Told& told) { ReplayCounter(account, told); });
  merchant_units_.Finish([this](std::uint64_t merchant, const Told& told) { ReplayMerchant(merchant, told); });
}

void FraudOracle::ReplayCounter(std::uint64_t account, const Told& told) {
  const auto id = input_.AccountId(account);
  auto& state = accounts_[account];
  const bool linked = Links(id, counter_units_.latest(account), told);
  if (told.deed == Deed::kConfirmed) {
    if (told.second < state.next) {
      Blame(Damage::kOutOfOrder, [&] {
        return fmt::format("'{}': {} came after confirmation {}/{}", id, NameOf(told), told.first, state.next - 1);
      });
    }
    state.next = std::max(state.next, told.second + 1);
  }
  if (told.deed == Deed::kConfirmed) ++state.count;
  if (told.deed == Deed::kExpired) --state.count;
  if (linked && told.value != state.count) {
    Blame(Damage::kWrongState, [&] {
      return fmt::format("{}: '{}' counts {} at version {}, not {}", NameOf(told), id, told.value, told.witness.version,
                         state.count);
    });
  }
  state.count = told.value;
}

void FraudOracle::ReplayMerchant(std::uint64_t merchant, const Told& told) {
  // What has expired is gone with the next unit, also if the clock is set back after it.
  if (!merchants_[merchant].Live(told.witness.at)) merchants_[merchant].expiry = 0;
  const bool linked = Links(input_.MerchantId(merchant), merchant_units_.latest(merchant), told);
  if (told.deed == Deed::kQueried) return ReplayQuery(merchant, told, linked);
  ReplayOutcome(merchant, told, linked);
}

// Answered at once from a live score, or else when the next call is.
void FraudOracle::ReplayQuery(std::uint64_t merchant, const Told& told, bool linked) {
  auto& state = merchants_[merchant];
  const bool live = state.Live(told.witness.at);
  const bool at_once = told.answered == told.witness;
  if (linked && (live != at_once || (live && told.value != state.score))) {
    Blame(Damage::kWrongState, [&] {
      return fmt::format("{}: '{}' answered {} at version {}, asked at version {}; there is {}", NameOf(told),
                         input_.MerchantId(merchant), told.value, told.answered.version, told.witness.version,
                         live ? fmt::format("a score, {}", state.score) : std::string("no live score"));
    });
  }
  if (at_once) return;
  if (!state.under_way) {
    ++state.calls;
    state.attempt = 0;
  }
  state.under_way = true;
  const Place transaction{static_cast<std::uint32_t>(told.first), told.second};
  state.waiting.push_back({transaction, told.value, told.answered});
}

void FraudOracle::ReplayOutcome(std::uint64_t merchant, const Told& told, bool linked) {
  auto& state = merchants_[merchant];
  const auto id = input_.MerchantId(merchant);
  const auto wrong = [&](const auto& make_sentence) {
    if (linked) {
      Blame(Damage::kContradictory, [&] { return fmt::format("'{}': {} {}", id, NameOf(told), make_sentence()); });
    }
  };
  if (!state.under_way || told.first != state.calls || told.second != state.attempt) {
    wrong([&] {
      return fmt::format("has an outcome, and under way is {} of call {}",
                         state.under_way ? fmt::format("attempt {}", state.attempt) : "nothing", state.calls);
    });
  }
  const auto seed = input_.seed();
  const bool fails = HashOf({seed, Hash64(id), told.first, told.second}) % 100 < input_.options().failing_calls;
  const auto score = static_cast<std::int64_t>(HashOf({seed, Hash64(id), told.first}) % 101);
  if (told.deed == Deed::kUnknown) {
    if (!disturbed_) wrong([] { return "is unknown, though nothing was disturbed"; });
  } else if ((told.deed == Deed::kFailed) != fails) {
    wrong([&] { return fails ? "did not fail" : "failed"; });
  }
  state.calls = told.first;
  state.under_way = told.deed != Deed::kScored;
  state.attempt = told.second + 1;
  if (state.under_way) return;
  if (told.value != score) wrong([&] { return fmt::format("gave {}; the service gives {}", told.value, score); });
  for (const auto& query : state.waiting) {
    if (query.answered == told.witness && query.score == told.value) continue;
    wrong([&] {
      return fmt::format("gave {} at version {}, and transaction {}/{} waited for it and got {} at version {}",
                         told.value, told.witness.version, query.transaction.partition, query.transaction.offset,
                         query.score, query.answered.version);
    });
  }
  state.waiting.clear();
  state.score = told.value;
  state.expiry = told.witness.at + input_.options().score_ttl.count();
}

}  // namespace holdfast::fraud_detection
