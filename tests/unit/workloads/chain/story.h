// Runs the chain workload as plainly as can be: one queue, state in a map. What it yields is a failure-free history,
// which tests then damage.
#pragma once

#include <deque>
#include <map>

#include "transports/hosts/embedded_endpoint.h"
#include "workloads/chain/application.h"
#include "workloads/chain/oracle.h"

namespace holdfast::chain {

// Two branches of three hops among five, in one partition.
inline ChainOptions Village() {
  ChainOptions options;
  options.routes.hops = 3;
  options.routes.fan_out = 2;
  options.routes.instances = 5;
  options.payload_bytes = 10;
  options.partitions = 1;
  return options;
}

struct Output {
  std::string key;
  std::string value;
};

class Story {
 public:
  using Memory = std::map<std::pair<std::uint16_t, std::string>, std::string>;

  explicit Story(const ChainOptions& options, std::uint64_t seed = 1)
      : application(ChainApplication(options, seed).value()),
        input(std::make_shared<const ChainInput>(seed, options)),
        endpoint_(application) {}

  // Puts a record into the queue.
  void Offer(PartitionId partition, std::uint64_t offset) {
    InputRecord record;
    input->Record(partition, offset, record);
    const auto& ingress = application->ingresses()[0];
    AppendEnvelope(queue.emplace_back(), {{ingress.target, record.key}, {}, ingress.value_type, {}, record.value});
  }
  // Handles the first message of the queue.
  Status Step() {
    const auto message = std::move(queue.front());
    queue.pop_front();
    std::string_view bytes = message;
    EnvelopeView envelope;
    HOLDFAST_CHECK(TakeEnvelope(bytes, envelope), "an envelope");
    const std::pair address{envelope.target.type.value, std::string(envelope.target.id)};
    const auto record = memory[address];
    const Invocation invocation{
        envelope.target, envelope.caller, envelope.value_type, envelope.payload, record, AppTime{1}, 7};
    const auto status = endpoint_.Invoke(invocation, effects_);
    if (!status.ok()) effects_.Clear();
    bool changed = false;
    memory[address] = std::string(merger_.Merge(record, effects_.bytes(), AppTime{1}, changed));
    if (memory[address].empty()) memory.erase(address);
    EffectsReader reader(effects_.bytes());
    for (Effect effect; reader.Next(effect);) {
      if (effect.kind == Effect::Kind::kSend) queue.emplace_back(effect.envelope);
      if (effect.kind == Effect::Kind::kEmit) outputs.push_back({std::string(effect.token), std::string(effect.bytes)});
    }
    return status;
  }
  void Run() {
    while (!queue.empty()) Step().OrDie();
  }
  void RunAll(std::uint64_t per_partition) {
    for (std::uint64_t offset = 0; offset < per_partition; ++offset) {
      for (std::uint16_t p = 0; p < input->partitions(); ++p) Offer(PartitionId(p), offset);
    }
    Run();
  }
  // What the oracle says of the outputs, and of `memory`, when so many records were offered per partition.
  Findings Judge(std::uint64_t offered) {
    ChainOracle oracle(application, input);
    for (std::uint16_t p = 0; p < input->partitions(); ++p) oracle.Offered(PartitionId(p), offered);
    for (const auto& output : outputs) {
      oracle.See({application->FindEgress(kOutcomes.name).value(), *application->ValueTypeOf<Outcome>(), output.key,
                  output.value});
    }
    oracle.Finish();
    oracle.CheckState([this](const StateVisitor& visit) {
      for (const auto& [address, record] : memory)
        visit(application->functions()[address.first].name, address.second, record);
    });
    ledger = oracle.ledger();
    return oracle.findings();
  }
  std::pair<std::uint16_t, std::string> HopAddress(std::uint64_t hop) const {
    return {application->FindFunction("chain/hop").value().value, Routes::HopId(hop)};
  }

  std::shared_ptr<const Application> application;
  std::shared_ptr<const ChainInput> input;
  std::deque<std::string> queue;
  Memory memory;
  std::vector<Output> outputs;
  Ledger ledger;  // Of the latest Judge.

 private:
  EmbeddedEndpoint endpoint_;
  EffectsBuilder effects_;
  RecordMerger merger_;
};

}  // namespace holdfast::chain
