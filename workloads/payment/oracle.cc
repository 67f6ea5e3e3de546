#include "workloads/payment/oracle.h"

#include "core/base/hash.h"
#include "core/model/application_builder.h"

namespace holdfast::payment {

PaymentOracle::PaymentOracle(std::shared_ptr<const Application> application, PaymentInput input,
                             std::shared_ptr<const ClosedLoopInput> topic)
    : application_(std::move(application)),
      input_(std::move(input)),
      topic_(std::move(topic)),
      users_egress_(application_->FindEgress(kUsers.name).value()),
      steps_(application_->FindEgress(kSteps.name).value()),
      strays_(application_->FindEgress(kStrays.name).value()),
      partitions_(input_.partitions()),
      answers_read_(input_.options().answer_partitions),
      users_(input_.options().users) {}

void PaymentOracle::Offered(PartitionId partition, std::uint64_t end) {
  if (partition.value < partitions_.size()) {
    auto& changes = partitions_[partition.value].changes;
    for (; changes.end() < end; ++expected_) changes.Add({});
    return;
  }
  auto& read = answers_read_.at(partition.value - partitions_.size());
  for (InputRecord record; read < end; ++read) {
    topic_->Record(partition, read, record);
    Answer answer;
    HOLDFAST_CHECK(Codec<Answer>::Decode(record.value, answer), "answer {} of partition {}", read, partition);
    payments_[answer.payment].answers.push_back(answer.number);
    auto& reply = answers_[answer.number];
    reply.given = true;
    ++expected_;  // A step, or a report.
    reply.answer = answer;
  }
}

void PaymentOracle::See(const EgressRecord& record) {
  if (record.egress == users_egress_) return SeeUser(record);
  if (record.egress == input_.requests()) return SeeRequest(record);
  if (record.egress == steps_) return SeeStep(record);
  if (record.egress == strays_) return SeeStray(record);
  SeeOther(record);
}

void PaymentOracle::SeeOther(const EgressRecord& record) {
  DeadLetter letter;
  const bool dead = record.egress == EgressId(0) && Codec<DeadLetter>::Decode(record.value, letter);
  Blame(Damage::kPhantom, [&] {
    return dead ? fmt::format("'{}' gave up a message to '{}': {}", letter.function, letter.id, letter.reason)
                : fmt::format("a record on egress number {} that is none of its kind", record.egress);
  });
}

template <class M>
bool PaymentOracle::IsFirst(Once<M>& once, const M& content, const std::string& name, const EgressRecord& record) {
  const auto print = Hash64(record.value);
  if (!once.first) {
    once = {content, print};
    ++seen_;
    return true;
  }
  const bool same = once.print == print;
  Blame(same ? Damage::kDuplicate : Damage::kContradictory,
        [&] { return fmt::format("{} came again{}", name, same ? "" : " with other content"); });
  return false;
}

void PaymentOracle::CheckKey(const EgressRecord& record, const PaymentName& payment) {
  const auto key = PaymentId(payment);
  if (record.key == key) return;
  Blame(Damage::kContradictory,
        [&] { return fmt::format("an output of {} has the key '{}'", PaymentId(payment), record.key); });
}

void PaymentOracle::SeeRequest(const EgressRecord& record) {
  Request request;
  if (!Codec<Request>::Decode(record.value, request)) return SeeOther(record);
  auto& attempt = payments_[request.payment].attempts[request.attempt];
  const auto name = fmt::format("the request for attempt {} at {}", request.attempt, PaymentId(request.payment));
  if (!IsFirst(attempt.request, request, name, record)) return;
  ++expected_;
  latest_ = std::max(latest_, request.at);
  CheckKey(record, request.payment);
}

void PaymentOracle::SeeStep(const EgressRecord& record) {
  Step step;
  if (!Codec<Step>::Decode(record.value, step)) return SeeOther(record);
  auto& attempt = payments_[step.payment].attempts[step.attempt];
  const auto name = fmt::format("the end of attempt {} at {}", step.attempt, PaymentId(step.payment));
  if (!IsFirst(attempt.step, step, name, record)) return;
  latest_ = std::max(latest_, step.at);
  CheckKey(record, step.payment);
}

void PaymentOracle::SeeStray(const EgressRecord& record) {
  Stray stray;
  if (!Codec<Stray>::Decode(record.value, stray)) return SeeOther(record);
  const auto name = fmt::format("the report of answer {} to {}", stray.answer, PaymentId(stray.payment));
  if (!IsFirst(answers_[stray.answer].stray, stray, name, record)) return;
  CheckKey(record, stray.payment);
}

void PaymentOracle::SeeUser(const EgressRecord& record) {
  UserUnit unit;
  if (!Codec<UserUnit>::Decode(record.value, unit) || unit.user >= users_.size() || record.key != UserId(unit.user)) {
    return SeeOther(record);
  }
  if (!IsNews(unit, record)) return;
  ++seen_;
  latest_ = std::max(latest_, unit.witness.at);
  ReplayUnit(unit);
}

// A change is known by its place, another unit by its version: its record is the only one that the user ever shows.
bool PaymentOracle::IsNews(const UserUnit& unit, const EgressRecord& record) {
  const auto deed = static_cast<Deed>(unit.deed);
  if (deed != Deed::kChanged && deed != Deed::kGone) {
    const auto& latest = users_[unit.user].witness;
    if (unit.witness.version > latest.version) return ++expected_, true;
    Blame(Damage::kDuplicate, [&] {
      return fmt::format("version {} of user-{} came again, after version {}", unit.witness.version, unit.user,
                         latest.version);
    });
    return false;
  }
  const Place place{static_cast<std::uint32_t>(unit.first), unit.second};
  const auto name = [&] { return fmt::format("the change {}/{}", place.partition, place.offset); };
  if (place.partition >= partitions_.size() || place.offset >= partitions_[place.partition].changes.end()) {
    Blame(Damage::kPhantom, [&] { return name() + " was not offered"; });
    return false;
  }
  auto& partition = partitions_[place.partition];
  const auto sight = partition.marks.Mark(place.offset, record.value);
  if (sight == SeenMarks::Sight::kFirst) {
    partition.changes.Take(place.offset);
    return true;
  }
  const bool same = sight == SeenMarks::Sight::kSame;
  Blame(same ? Damage::kDuplicate : Damage::kContradictory,
        [&] { return name() + (same ? " came again" : " came again with other content"); });
  return false;
}

void PaymentOracle::Booked(std::string_view bytes) {
  LedgerEntry entry;
  if (!Codec<LedgerEntry>::Decode(bytes, entry)) {
    return Blame(Damage::kPhantom, [] { return "an entry of the ledger that does not parse"; });
  }
  auto& all = payments_[entry.payment];
  auto& attempt = all.attempts[entry.attempt];
  ++attempt.entries;
  attempt.refused = entry.refused;
  if (entry.charged == 0) return;
  ++all.charges;
  all.charged = entry.charged;
  taken_ += entry.charged;
}

void PaymentOracle::Finish() {
  for (std::uint16_t p = 0; p < partitions_.size(); ++p) {
    partitions_[p].changes.ForEach([&](std::uint64_t offset, char) {
      const auto user = input_.ChangeAt(PartitionId(p), offset).user;
      Blame(Damage::kMissing, [&] { return fmt::format("change {}/{} of user {} was never made", p, offset, user); });
    });
  }
  FinishUsers();
  FinishPayments();
  FinishAnswers();
}

Ledger PaymentOracle::ledger() const { return findings_.LedgerOf(expected_, seen_); }

}  // namespace holdfast::payment
