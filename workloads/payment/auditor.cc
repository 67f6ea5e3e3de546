#include "workloads/payment/auditor.h"

#include "core/base/hash.h"
#include "workloads/oracles/state_reader.h"

namespace holdfast::payment {

PaymentAuditor::PaymentAuditor(std::shared_ptr<const Application> application, PaymentInput input,
                               std::shared_ptr<const ClosedLoopInput> topic)
    : application_(std::move(application)),
      input_(std::move(input)),
      topic_(std::move(topic)),
      changes_due_(input_.options().users),
      walked_(topic_->partitions(),
              [this](PartitionId partition, std::uint64_t offset, int sign) { Walk(partition, offset, sign); }),
      users_(input_.options().users) {}

void PaymentAuditor::Position(PartitionId partition, std::uint64_t offset) {
  const bool answers = partition.value >= input_.partitions();
  if (answers && offset > topic_->end(partition)) {
    return Trouble([&] {
      return fmt::format("it has read answer {} of partition {}, which has {}", offset, partition,
                         topic_->end(partition));
    });
  }
  walked_.MoveTo(partition, offset);
}

void PaymentAuditor::Walk(PartitionId partition, std::uint64_t offset, int sign) {
  if (partition.value < input_.partitions()) {
    changes_due_[input_.ChangeAt(partition, offset).user] += sign;
    return;
  }
  InputRecord record;
  topic_->Record(partition, offset, record);
  Answer answer;
  HOLDFAST_CHECK(Codec<Answer>::Decode(record.value, answer), "answer {} of partition {}", offset, partition);
  const auto place = answered_.try_emplace(answer.token).first;
  place->second += sign;
  if (place->second == 0) answered_.erase(place);
}

PaymentAuditor::Person* PaymentAuditor::PersonAt(std::uint64_t user) {
  if (user < users_.size()) return &users_[user];
  Trouble([&] { return fmt::format("there can be no '{}'", UserId(user)); });
  return nullptr;
}

void PaymentAuditor::Expect(std::string_view id, const std::string& meant) {
  if (id == meant) return;
  Trouble([&] { return fmt::format("something of '{}' is at '{}'", meant, id); });
}

// The payment is here, worth this much.
void PaymentAuditor::Enter(const PaymentName& payment, std::int64_t amount) {
  ++payments_[payment].places;
  auto* person = PersonAt(payment.user);
  if (person == nullptr) return;
  ++person->under_way;
  person->worth += amount;
}

void PaymentAuditor::Row(std::string_view function, std::string_view id, std::string_view record) {
  const auto& spec = application_->functions()[application_->FindFunction(function).value().value];
  if (function == kUser) {
    const auto number = NumberInId(id, "user-");
    auto* person = PersonAt(number.value_or(~std::uint64_t{0}));
    if (person == nullptr) return;
    person->account = ReadState<Account>(spec, record, "account").value_or(Account());
    person->version = ReadState<Witness>(spec, record, "witness").value_or(Witness()).version;
    return;
  }
  const auto order = ReadState<Order>(spec, record, "order");
  if (!order) return Trouble([&] { return fmt::format("'{}' has no order", id); });
  Expect(id, PaymentId(order->payment));
  Enter(order->payment, order->amount);
  payments_[order->payment].order = order;
}

void PaymentAuditor::Message(const InTransit& message) {
  if (TakeUserMessage(message) || TakePaymentMessage(message)) return;
  Trouble([] { return "something is on its way that does not parse, or that nobody sends"; });
}

bool PaymentAuditor::TakeUserMessage(const InTransit& message) {
  const auto& [target, caller, type, group, payload] = message.message;
  UserChange change;
  IntervalEnd end;
  Settlement settlement;
  if (type == application_->ValueTypeOf<UserChange>() && Codec<UserChange>::Decode(payload, change)) {
    auto* person = PersonAt(NumberInId(target.id, "user-").value_or(~std::uint64_t{0}));
    if (person != nullptr) ++person->coming;
    return true;
  }
  if (type == application_->ValueTypeOf<IntervalEnd>() && Codec<IntervalEnd>::Decode(payload, end)) {
    auto* person = PersonAt(NumberInId(target.id, "user-").value_or(~std::uint64_t{0}));
    if (person == nullptr) return true;
    const bool newer = end.trigger > person->last_trigger;
    if (newer) person->triggers = 0;
    person->triggers += end.trigger >= person->last_trigger;
    person->last_trigger = std::max(person->last_trigger, end.trigger);
    person->scheduled += message.where == InTransit::Where::kDelayed;
    person->newest = std::max(person->newest, end.user.version);
    return true;
  }
  if (type != application_->ValueTypeOf<Settlement>() || !Codec<Settlement>::Decode(payload, settlement)) return false;
  Expect(target.id, UserId(settlement.payment.user));
  Enter(settlement.payment, settlement.amount);
  return true;
}

bool PaymentAuditor::TakePaymentMessage(const InTransit& message) {
  const auto& [target, caller, type, group, payload] = message.message;
  Due due;
  Retry retry;
  Answer answer;
  if (type == application_->ValueTypeOf<Due>() && Codec<Due>::Decode(payload, due)) {
    Expect(target.id, PaymentId(due.payment));
    Enter(due.payment, due.amount);
    if (auto* person = PersonAt(due.payment.user)) person->newest = std::max(person->newest, due.user.version);
    return true;
  }
  if (type == application_->ValueTypeOf<Retry>() && Codec<Retry>::Decode(payload, retry)) {
    Expect(target.id, PaymentId(retry.payment));
    auto& at = payments_[retry.payment];
    ++at.retries;
    at.attempt = retry.attempt;
    return true;
  }
  if (type != application_->ValueTypeOf<Answer>() || !Codec<Answer>::Decode(payload, answer)) return false;
  Expect(target.id, PaymentId(answer.payment));
  ++answers_coming_[answer.token];
  return true;
}

std::int64_t PaymentAuditor::Handled(const Order& order, std::uint32_t attempt) const {
  const std::uint64_t words[] = {order.secret, attempt};
  const auto token = Hash64({reinterpret_cast<const char*>(words), sizeof words});
  const auto count = [token](const auto& by_token) {
    const auto place = by_token.find(token);
    return place == by_token.end() ? 0 : place->second;
  };
  return count(answered_) - count(answers_coming_);
}

template <class Wrong>
void PaymentAuditor::JudgeUser(std::uint64_t user, const Wrong& wrong) const {
  const auto& person = users_[user];
  const auto& account = person.account;
  const auto name = UserId(user);
  if (static_cast<std::int64_t>(account.changes) != changes_due_[user] - person.coming) {
    wrong(fmt::format("{} has made {} changes; {} are below the positions, {} of them on their way", name,
                      account.changes, changes_due_[user], person.coming));
  }
  if (account.made != account.settled + person.under_way) {
    wrong(fmt::format("{} has made {} payments and seen {} settled, and {} are under way", name, account.made,
                      account.settled, person.under_way));
  }
  if (account.billed != account.paid + account.waived + person.worth) {
    wrong(fmt::format("{} has billed {}; {} were paid, {} waived, and {} are under way", name, account.billed,
                      account.paid, account.waived, person.worth));
  }
  const bool current = person.last_trigger == account.trigger;
  const bool fits = account.left > 0 ? current && person.triggers == 1 && person.scheduled <= 1
                                     : person.triggers <= 1 && person.scheduled == 0;
  if (!fits || person.last_trigger > account.trigger) {
    wrong(
        fmt::format("{} has {} intervals left and waits for trigger {}; on its way is {}, {} times, {} still to "
                    "wait",
                    name, account.left, account.trigger, person.last_trigger, person.triggers, person.scheduled));
  }
  if (person.newest > person.version) {
    wrong(fmt::format("something is on its way from unit {} of {}, which has handled {}: an orphan", person.newest,
                      name, person.version));
  }
}

template <class Wrong>
void PaymentAuditor::JudgePayment(const PaymentName& payment, const Whereabouts& at, const Wrong& wrong) const {
  const auto name = PaymentId(payment);
  if (at.places != 1 || payment.number >= users_[payment.user].account.made) {
    wrong(fmt::format("{} is in {} places, and its user has made {}", name, at.places,
                      users_[payment.user].account.made));
  }
  const bool waits = at.order && !at.order->asked;
  if (at.retries != (waits ? 1 : 0) || (waits && at.attempt != at.order->attempt)) {
    wrong(fmt::format("{} {} for attempt {}, and on their way are {}, the last one is {}", name,
                      waits ? "waits" : "does not wait", at.order ? at.order->attempt : 0, at.retries, at.attempt));
  }
  if (!at.order) return;
  for (std::uint32_t attempt = 0; attempt <= at.order->attempt; ++attempt) {
    const auto handled = Handled(*at.order, attempt);
    const bool past = attempt < at.order->attempt;
    if (past ? handled >= 1 : handled == 0) continue;
    wrong(fmt::format("{} is at attempt {}, and {} answers to attempt {} were handled", name, at.order->attempt,
                      handled, attempt));
  }
}

void PaymentAuditor::Judge(std::string_view line, Findings& findings) {
  walked_.EndOfLine();
  const auto wrong = [&](std::string_view what) {
    findings.Add(Damage::kInconsistentLine, [&] { return fmt::format("{}: {}", line, what); });
  };
  if (!trouble_.empty()) wrong(trouble_);
  for (std::uint64_t user = 0; user < users_.size(); ++user) JudgeUser(user, wrong);
  for (const auto& [payment, at] : payments_) {
    if (payment.user < users_.size()) JudgePayment(payment, at, wrong);
  }
  users_.assign(users_.size(), {});
  payments_.clear();
  answers_coming_.clear();
  trouble_.clear();
}

}  // namespace holdfast::payment
