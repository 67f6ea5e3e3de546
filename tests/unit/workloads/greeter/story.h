// Runs the greeter as plainly as can be: one queue, state in a map. What it yields is a failure-free history, which
// tests then damage; its memory can be copied and put back, which is how a rollback looks.
#pragma once

#include <deque>
#include <map>

#include "transports/hosts/embedded_endpoint.h"
#include "workloads/greeter/application.h"
#include "workloads/greeter/oracle.h"

namespace holdfast::greeter {

struct Mail {
  std::string key;
  std::string value;
  friend bool operator==(const Mail&, const Mail&) = default;
};

class Story {
 public:
  using Memory = std::map<std::pair<std::uint16_t, std::string>, std::string>;

  explicit Story(const GreeterOptions& options, std::uint64_t seed = 1)
      : application(GreeterApplication(options).value()), input(seed, options), endpoint_(application) {}

  // Handles one visit and everything that follows from it; the emails go to the end of `mails`.
  void Visit(PartitionId partition, std::uint64_t offset) {
    InputRecord record;
    input.Record(partition, offset, record);
    const auto& ingress = application->ingresses()[0];
    Handle({{ingress.target, record.key}, {}, ingress.value_type, {}, record.value});
  }
  void VisitAll(std::uint64_t per_partition) {
    for (std::uint64_t offset = 0; offset < per_partition; ++offset) {
      for (std::uint16_t p = 0; p < input.partitions(); ++p) Visit(PartitionId(p), offset);
    }
  }
  // What the oracle says of the mails, and of `memory` if asked, when so many visits were offered per partition.
  Findings Judge(std::uint64_t offered, bool with_state = false) {
    GreeterOracle oracle(application, input);
    for (std::uint16_t p = 0; p < input.partitions(); ++p) oracle.Offered(PartitionId(p), offered);
    for (const auto& mail : mails) {
      oracle.See(
          {application->FindEgress(kEmails.name).value(), *application->ValueTypeOf<Email>(), mail.key, mail.value});
    }
    oracle.Finish();
    if (with_state) {
      oracle.CheckState([this](const StateVisitor& visit) {
        for (const auto& [address, record] : memory)
          visit(application->functions()[address.first].name, address.second, record);
      });
    }
    ledger = oracle.ledger();
    return oracle.findings();
  }
  Email Read(std::size_t index) const {
    Email email;
    HOLDFAST_CHECK(Codec<Email>::Decode(mails[index].value, email), "mail {}", index);
    return email;
  }
  void Write(std::size_t index, const Email& email) {
    std::string value;
    Codec<Email>::Encode(email, value);
    mails[index].value = value;
  }

  std::shared_ptr<const Application> application;
  GreeterInput input;
  Memory memory;
  std::vector<Mail> mails;
  Ledger ledger;  // Of the latest Judge.

 private:
  void Handle(const EnvelopeView& first) {
    std::deque<std::string> queue(1);
    AppendEnvelope(queue.back(), first);
    for (; !queue.empty(); queue.pop_front()) {
      std::string_view bytes = queue.front();
      EnvelopeView envelope;
      HOLDFAST_CHECK(TakeEnvelope(bytes, envelope), "an envelope");
      auto& record = memory[{envelope.target.type.value, std::string(envelope.target.id)}];
      Invocation invocation{
          envelope.target, envelope.caller, envelope.value_type, envelope.payload, record, AppTime{1}, 7};
      endpoint_.Invoke(invocation, effects_).OrDie();
      bool changed = false;
      record = std::string(merger_.Merge(record, effects_.bytes(), AppTime{1}, changed));
      EffectsReader reader(effects_.bytes());
      for (Effect effect; reader.Next(effect);) {
        if (effect.kind == Effect::Kind::kSend) queue.emplace_back(effect.envelope);
        if (effect.kind == Effect::Kind::kEmit) mails.push_back({std::string(effect.token), std::string(effect.bytes)});
      }
    }
  }

  EmbeddedEndpoint endpoint_;
  EffectsBuilder effects_;
  RecordMerger merger_;
};

}  // namespace holdfast::greeter
