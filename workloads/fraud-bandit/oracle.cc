#include "workloads/fraud-bandit/oracle.h"

#include <algorithm>

#include "core/base/hash.h"
#include "workloads/oracles/strange_record.h"

namespace holdfast::fraud_bandit {
namespace {

using Stream = BanditInput::Stream;

constexpr std::string_view kWhat[] = {"the decision on transaction", "the lesson of transaction",
                                      "the change of a rate by transaction", "the swap by publication"};

std::string Name(std::size_t kind, const Place& place) {
  return fmt::format("{} {}/{}", kWhat[kind], place.partition, place.offset);
}

std::int64_t ExpectedScore(std::uint64_t seed, const Decision& decision) {
  const std::int64_t seen[] = {decision.amount,           decision.habits.count, decision.habits.mean,
                               decision.habits.deviation, decision.habits.since, decision.rate};
  std::uint64_t words[11] = {seed, decision.arm, static_cast<std::uint64_t>(decision.version),
                             decision.transaction.partition, decision.transaction.offset};
  std::ranges::copy(seen, words + 5);
  const auto bias = (decision.arm + static_cast<std::uint64_t>(decision.version)) % kArms;
  return static_cast<std::int64_t>(Hash64({reinterpret_cast<const char*>(words), sizeof words}) % (101 - 12 * bias));
}

}  // namespace

BanditOracle::BanditOracle(std::shared_ptr<const Application> application, BanditInput input)
    : application_(std::move(application)),
      input_(std::move(input)),
      egresses_{application_->FindEgress(kDecisions.name).value(), application_->FindEgress(kLessons.name).value(),
                application_->FindEgress(kRates.name).value(), application_->FindEgress(kSwaps.name).value()},
      partitions_(input_.partitions()),
      accounts_("account-", input_.options().accounts),
      merchants_("merchant-", input_.options().merchants),
      classifiers_("account-", input_.options().accounts),
      models_("model-", input_.models()) {}

// What records up to `end` demand of this kind. A label teaches only with its transaction; see SettleLabels.
void BanditOracle::Owe(std::size_t partition, Kind kind, std::uint64_t end) {
  auto& open = partitions_[partition].owed[kind].open;
  for (; open.end() < end; ++expected_) open.Add({});
}

void BanditOracle::Offered(PartitionId partition, std::uint64_t end) {
  auto& known = partitions_.at(partition.value).end;
  known = std::max(known, end);
  const auto stream = input_.StreamOf(partition);
  if (stream == Stream::kReleased) return Owe(partition.value, kSwap, end);
  if (stream == Stream::kBought) return Owe(partition.value, kDecision, end);
  const std::size_t bought = partition.value - input_.options().transaction_partitions;
  Owe(bought, kLesson, end);
  Owe(bought, kRateChange, end);
}

void BanditOracle::See(const EgressRecord& record) {
  if (record.egress == egresses_[kDecision]) return SeeDecision(record);
  if (record.egress == egresses_[kLesson]) return SeeLesson(record);
  if (record.egress == egresses_[kRateChange]) return SeeRateChange(record);
  if (record.egress == egresses_[kSwap]) return SeeSwap(record);
  AddStrangeRecord(record, findings_);
}

// Whether the record is owed, and was not seen before.
bool BanditOracle::IsFirst(Kind kind, const Place& place, const EgressRecord& record) {
  const bool publication = kind == kSwap;
  if (!input_.Holds(publication ? Stream::kReleased : Stream::kBought, place) ||
      place.offset >= partitions_[place.partition].owed[kind].open.end()) {
    Blame(Damage::kPhantom, [&] { return Name(kind, place) + ": nothing offered calls for it"; });
    return false;
  }
  auto& owed = partitions_[place.partition].owed[kind];
  const auto sight = owed.seen.Mark(place.offset, record.value);
  if (sight == SeenMarks::Sight::kFirst) {
    owed.open.Take(place.offset);
    ++seen_;
    return true;
  }
  const bool same = sight == SeenMarks::Sight::kSame;
  Blame(same ? Damage::kDuplicate : Damage::kContradictory,
        [&] { return fmt::format("{} came again{}", Name(kind, place), same ? "" : " with other content"); });
  return false;
}

void BanditOracle::MustBe(bool fits, Kind kind, const Place& place, std::string_view key) {
  if (fits) return;
  Blame(Damage::kContradictory,
        [&] { return fmt::format("{}, with key '{}', is not about what was offered", Name(kind, place), key); });
}

void BanditOracle::SeeDecision(const EgressRecord& record) {
  Decision decision;
  if (!Codec<Decision>::Decode(record.value, decision)) return AddStrangeRecord(record, findings_);
  const auto& place = decision.transaction;
  if (!IsFirst(kDecision, place, record)) return;
  const auto facts = input_.TransactionAt(place);
  MustBe(decision.account == BanditInput::AccountId(facts.account) &&
             decision.merchant == BanditInput::MerchantId(facts.merchant) && decision.amount == facts.amount &&
             record.key == BanditInput::TransactionId(place),
         kDecision, place, record.key);
  Tell(accounts_, facts.account,
       {.deed = Deed::kSpent,
        .place = place,
        .witness = decision.spender,
        .amount = facts.amount,
        .habits = decision.habits});
  Tell(merchants_, facts.merchant,
       {.deed = Deed::kRated, .place = place, .witness = decision.seller, .rate = decision.rate});
  if (decision.arm >= kArms) {
    return Blame(Damage::kContradictory,
                 [&] { return fmt::format("{} has arm {}; there are 5", Name(kDecision, place), decision.arm); });
  }
  CheckScore(decision);
  Tell(classifiers_, facts.account,
       {.deed = Deed::kChose, .place = place, .witness = decision.classifier, .arm = decision.arm});
  Tell(models_, input_.ModelOf(facts.account, decision.arm),
       {.deed = Deed::kScored, .place = place, .witness = decision.model, .version = decision.version});
  const bool right = (decision.score > input_.options().threshold) == facts.fraud;
  Join(place, {decision.arm, right ? 1u : 0u, decision.classifier.version}, false);
}

void BanditOracle::CheckScore(const Decision& decision) {
  const auto score = ExpectedScore(input_.seed(), decision);
  if (decision.score == score) return;
  const auto& habits = decision.habits;
  Blame(Damage::kContradictory, [&] {
    return fmt::format(
        "{} has score {}; model {} of version {} gives {} for amount {}, count {}, mean {}, deviation "
        "{}, since {} and rate {}",
        Name(kDecision, decision.transaction), decision.score, decision.arm, decision.version, score, decision.amount,
        habits.count, habits.mean, habits.deviation, habits.since, decision.rate);
  });
}

// Decision and lesson of a transaction must tell of the same arm, the same reward, and in this order.
void BanditOracle::Join(const Place& place, const Half& half, bool lesson) {
  const auto [first, added] = halves_.try_emplace(place, half);
  if (added) return;
  const auto& choice = lesson ? first->second : half;
  const auto& learned = lesson ? half : first->second;
  if (choice.arm != learned.arm || choice.reward != learned.reward || choice.version >= learned.version) {
    Blame(Damage::kContradictory, [&] {
      return fmt::format("{} gives reward {} to arm {} at version {}; it is {} for arm {}, chosen at version {}",
                         Name(kLesson, place), learned.reward, learned.arm, learned.version, choice.reward, choice.arm,
                         choice.version);
    });
  }
  halves_.erase(first);
}

void BanditOracle::SeeLesson(const EgressRecord& record) {
  Lesson lesson;
  if (!Codec<Lesson>::Decode(record.value, lesson)) return AddStrangeRecord(record, findings_);
  const auto& place = lesson.transaction;
  if (!IsFirst(kLesson, place, record)) return;
  const auto account = input_.TransactionAt(place).account;
  MustBe(lesson.arm < kArms && record.key == BanditInput::AccountId(account), kLesson, place, record.key);
  Tell(classifiers_, account,
       {.deed = Deed::kRewarded,
        .place = place,
        .witness = lesson.classifier,
        .arm = lesson.arm,
        .reward = lesson.reward,
        .left = lesson.after});
  Join(place, {lesson.arm, lesson.reward, lesson.classifier.version}, true);
}

void BanditOracle::SeeRateChange(const EgressRecord& record) {
  RateChange change;
  if (!Codec<RateChange>::Decode(record.value, change)) return AddStrangeRecord(record, findings_);
  const auto& place = change.transaction;
  if (!IsFirst(kRateChange, place, record)) return;
  const auto facts = input_.TransactionAt(place);
  MustBe(change.fraud == facts.fraud && record.key == BanditInput::MerchantId(facts.merchant), kRateChange, place,
         record.key);
  Tell(merchants_, facts.merchant,
       {.deed = Deed::kLabelled,
        .place = place,
        .witness = change.merchant,
        .fraud = change.fraud,
        .labels = change.after});
}

void BanditOracle::SeeSwap(const EgressRecord& record) {
  Swap swap;
  if (!Codec<Swap>::Decode(record.value, swap)) return AddStrangeRecord(record, findings_);
  const auto& place = swap.publication;
  if (!IsFirst(kSwap, place, record)) return;
  const auto release = input_.PublicationAt(place);
  MustBe(swap.version == release.version && record.key == BanditInput::ModelId(release.model), kSwap, place,
         record.key);
  Tell(models_, release.model,
       {.deed = Deed::kPublished, .place = place, .witness = swap.model, .version = swap.version});
}

// Of labels without a transaction nothing is owed after all, and nothing may have come.
void BanditOracle::SettleLabels() {
  for (std::uint16_t p = 0; p < input_.options().transaction_partitions; ++p) {
    const auto labelled = partitions_[input_.LabelsOf(PartitionId(p)).value].end;
    for (const auto kind : {kLesson, kRateChange}) {
      for (auto offset = partitions_[p].end; offset < labelled; ++offset) {
        --expected_;
        if (partitions_[p].owed[kind].open.Take(offset)) continue;
        --seen_;
        Blame(Damage::kPhantom, [&] { return Name(kind, {p, offset}) + ": the transaction was not offered"; });
      }
    }
  }
}

void BanditOracle::Finish() {
  FinishUnits();
  SettleLabels();
  for (std::uint32_t p = 0; p < partitions_.size(); ++p) {
    for (std::size_t kind = 0; kind < kKinds; ++kind) {
      partitions_[p].owed[kind].open.ForEach([&](std::uint64_t offset, Owed::Nothing) {
        Blame(Damage::kMissing, [&] { return Name(kind, {p, offset}) + " never came"; });
      });
    }
  }
}

Ledger BanditOracle::ledger() const {
  return {.expected = expected_,
          .seen = seen_,
          .missing = findings_.count(Damage::kMissing),
          .duplicate = findings_.count(Damage::kDuplicate),
          .out_of_order = findings_.count(Damage::kOutOfOrder),
          .phantom = findings_.count(Damage::kPhantom),
          .contradictory = findings_.count(Damage::kContradictory)};
}

}  // namespace holdfast::fraud_bandit
