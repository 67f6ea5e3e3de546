#include "workloads/greeter/auditor.h"

#include "workloads/oracles/state_reader.h"

namespace holdfast::greeter {

GreeterAuditor::GreeterAuditor(std::shared_ptr<const Application> application, GreeterInput input)
    : application_(std::move(application)),
      input_(std::move(input)),
      visit_type_(application_->ValueTypeOf<Visit>().value()),
      greeting_type_(application_->ValueTypeOf<Greeting>().value()),
      visits_(input_.options().users),
      walked_(input_.partitions(),
              [this](PartitionId partition, std::uint64_t offset, int sign) {
                visits_[input_.UserAt(partition, offset)] += static_cast<std::uint64_t>(sign);
              }),
      users_(input_.options().users),
      senders_(input_.addresses()) {}

void GreeterAuditor::Add(std::vector<Instance>& instances, std::string_view id, std::string_view prefix,
                         const Instance& more) {
  const auto number = NumberInId(id, prefix);
  if (!number || *number >= instances.size()) return Blame([&] { return fmt::format("there can be no '{}'", id); });
  auto& instance = instances[*number];
  instance.handled += more.handled;
  instance.waiting += more.waiting;
  instance.newest = std::max(instance.newest, more.newest);
}

void GreeterAuditor::Row(std::string_view function, std::string_view id, std::string_view record) {
  const auto number = application_->FindFunction(function);
  if (!number.ok()) return Blame([&] { return fmt::format("a state of '{}', which is no function", function); });
  const auto witness = ReadState<Witness>(application_->functions()[number->value], record, "witness");
  const Instance handled{.handled = witness ? witness->version : 0};
  if (function == "greeter/greeter") return Add(users_, id, "user-", handled);
  Add(senders_, id, "box-", handled);
}

void GreeterAuditor::Message(const InTransit& message) {
  const auto type = message.message.value_type;
  if (message.where == InTransit::Where::kOperation || (type != visit_type_ && type != greeting_type_)) {
    return Blame([] { return "something is on its way that nobody sends"; });
  }
  type == visit_type_ ? TakeVisit(message.message) : TakeGreeting(message.message);
}

void GreeterAuditor::TakeVisit(const EnvelopeView& message) {
  Visit visit;
  if (!Codec<Visit>::Decode(message.payload, visit)) return Blame([] { return "a visit does not parse"; });
  Add(users_, message.target.id, "user-", {.waiting = 1});
}

void GreeterAuditor::TakeGreeting(const EnvelopeView& message) {
  Greeting greeting;
  if (!Codec<Greeting>::Decode(message.payload, greeting)) return Blame([] { return "a greeting does not parse"; });
  Add(senders_, message.target.id, "box-", {.waiting = 1});
  Add(users_, greeting.user, "user-", {.newest = greeting.greeter.version});
}

void GreeterAuditor::Judge(std::string_view line, Findings& findings) {
  walked_.EndOfLine();
  const auto wrong = [&](std::string_view what) {
    findings.Add(Damage::kInconsistentLine, [&] { return fmt::format("{}: {}", line, what); });
  };
  if (!trouble_.empty()) wrong(trouble_);
  std::vector<std::uint64_t> sent(senders_.size());
  for (std::uint64_t u = 0; u < users_.size(); ++u) {
    const auto& user = users_[u];
    sent[input_.AddressOf(u)] += user.handled;
    if (user.handled + user.waiting != visits_[u]) {
      wrong(fmt::format("user-{} came {} times, has handled {}, and {} are on their way", u, visits_[u], user.handled,
                        user.waiting));
    }
    if (user.newest > user.handled) {
      wrong(fmt::format("a greeting of visit {} of user-{} is on its way, who has handled {}: an orphan", user.newest,
                        u, user.handled));
    }
  }
  for (std::uint64_t s = 0; s < senders_.size(); ++s) {
    const auto& sender = senders_[s];
    if (sender.handled + sender.waiting == sent[s]) continue;
    wrong(fmt::format("box-{} was sent {} greetings, has handled {}, and {} are on their way", s, sent[s],
                      sender.handled, sender.waiting));
  }
  users_.assign(users_.size(), {});
  senders_.assign(senders_.size(), {});
  trouble_.clear();
}

}  // namespace holdfast::greeter
