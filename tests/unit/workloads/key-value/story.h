// Runs the key-value workload as plainly as can be: requests one after the other, state in a map. What it yields is a
// failure-free history, which tests then damage; its memory can be copied and put back, which is how a rollback looks.
#pragma once

#include <map>

#include "transports/hosts/embedded_endpoint.h"
#include "workloads/key-value/application.h"
#include "workloads/key-value/oracle.h"

namespace holdfast::key_value {

// One partition, two keys, every verb.
inline KeyValueOptions TwoKeys() {
  KeyValueOptions options;
  options.keys = 2;
  options.partitions = 1;
  options.value_bytes = 16;
  options.mix = {.read = 40, .update = 20, .modify = 30, .insert = 10};
  options.distribution = Distribution::kUniform;
  return options;
}

struct Answer {
  std::string key;
  std::string value;
};

class Story {
 public:
  using Memory = std::map<std::string, std::string>;

  explicit Story(const KeyValueOptions& options, std::uint64_t seed = 1)
      : application(KeyValueApplication(options).value()), input(seed, options), endpoint_(application) {}

  // Handles one request; the reply goes to the end of `answers`.
  void Ask(PartitionId partition, std::uint64_t offset) {
    InputRecord asked;
    input.Record(partition, offset, asked);
    const auto status = Handle(asked.key, asked.value);
    HOLDFAST_CHECK(status.ok(), "{}", status.error().message);
  }
  void AskAll(std::uint64_t per_partition) {
    for (std::uint64_t offset = 0; offset < per_partition; ++offset) {
      for (std::uint16_t p = 0; p < input.partitions(); ++p) Ask(PartitionId(p), offset);
    }
  }
  Status Handle(const std::string& key, const std::string& request) {
    const auto& ingress = application->ingresses()[0];
    const Invocation invocation{{ingress.target, key}, {}, ingress.value_type, request, memory[key], AppTime{1}, 7};
    HOLDFAST_TRY(endpoint_.Invoke(invocation, effects_));
    bool changed = false;
    auto record = std::string(merger_.Merge(memory[key], effects_.bytes(), AppTime{1}, changed));
    memory[key] = std::move(record);
    EffectsReader reader(effects_.bytes());
    for (Effect effect; reader.Next(effect);) {
      if (effect.kind == Effect::Kind::kEmit) answers.push_back({std::string(effect.token), std::string(effect.bytes)});
    }
    return {};
  }
  // What the oracle says of the answers, and of `memory` if asked, when so many requests were offered per partition.
  Findings Judge(std::uint64_t offered, bool with_state = false) {
    KeyValueOracle oracle(application, input);
    for (std::uint16_t p = 0; p < input.partitions(); ++p) oracle.Offered(PartitionId(p), offered);
    for (const auto& answer : answers) {
      oracle.See({application->FindEgress(kReplies.name).value(), *application->ValueTypeOf<Reply>(), answer.key,
                  answer.value});
    }
    oracle.Finish();
    if (with_state) {
      oracle.CheckState([this](const StateVisitor& visit) {
        for (const auto& [key, record] : memory) visit("key-value/key", key, record);
      });
    }
    ledger = oracle.ledger();
    return oracle.findings();
  }
  // Of one partition: the offset of the `nth` request (from 0) that is none but `verb`.
  std::uint64_t Find(Verb verb, std::uint64_t nth = 0) const {
    std::uint64_t offset = 0;
    while (input.At(PartitionId(0), offset).verb != verb || nth-- > 0) ++offset;
    return offset;
  }
  Reply Read(std::size_t index) const {
    Reply reply;
    HOLDFAST_CHECK(Codec<Reply>::Decode(answers[index].value, reply), "answer {}", index);
    return reply;
  }
  void Write(std::size_t index, const Reply& reply) {
    std::string value;
    Codec<Reply>::Encode(reply, value);
    answers[index].value = value;
  }

  std::shared_ptr<const Application> application;
  KeyValueInput input;
  Memory memory;  // By key.
  std::vector<Answer> answers;
  Ledger ledger;  // Of the latest Judge.

 private:
  EmbeddedEndpoint endpoint_;
  EffectsBuilder effects_;
  RecordMerger merger_;
};

}  // namespace holdfast::key_value
