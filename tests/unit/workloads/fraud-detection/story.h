// Runs fraud detection as plainly as can be: one queue, a clock that moves when nothing else does, state in a map. What
// it yields is a failure-free history. Tests damage it, or tell the story to misbehave as a broken runtime would.
#pragma once

#include <deque>
#include <map>

#include "core/model/application_builder.h"
#include "core/model/async.h"
#include "transports/hosts/embedded_endpoint.h"
#include "workloads/fraud-detection/functions.h"
#include "workloads/fraud-detection/oracle.h"

namespace holdfast::fraud_detection {

// What a broken runtime might do.
struct Misdeeds {
  std::string lose{};            // The first message of this type never comes.
  std::string repeat{};          // The first message of this type comes twice.
  bool fire_early = false;       // The first delayed message does not wait.
  bool lose_outcome = false;     // The first outcome never comes.
  bool unknown_outcome = false;  // The first outcome is called unknown.
};

// Two partitions of transactions, one of confirmations; few accounts, one merchant, so that all is entangled.
inline FraudOptions Village() {
  FraudOptions options;
  options.accounts = 3;
  options.merchants = 1;
  options.transaction_partitions = 2;
  options.window = std::chrono::milliseconds(10);
  options.score_ttl = std::chrono::milliseconds(5);
  options.threshold = 50;
  options.failing_calls = 30;
  return options;
}

class Story {
 public:
  using Memory = std::map<std::pair<std::uint16_t, std::string>, std::string>;
  struct Output {
    EgressId egress;
    std::string key;
    std::string value;
  };

  explicit Story(const FraudOptions& options, const Misdeeds& misdeeds = {}, std::uint64_t seed = 1)
      : application(FraudApplication(options, seed).value()),
        input(seed, options, *application),
        misdeeds_(misdeeds),
        endpoint_(std::make_shared<EmbeddedEndpoint>(application)) {}

  // Offers the next record of every partition, a millisecond apart, so often; then waits until nothing is left to do.
  void RunAll(std::uint64_t rounds) {
    for (; rounds > 0; --rounds, ++offered) {
      for (std::uint16_t p = 0; p < input.partitions(); ++p) Offer(PartitionId(p), offered), Handle();
    }
    while (Handle() || Wait()) {
    }
  }
  // A millisecond passes, and one record comes.
  void Offer(PartitionId partition, std::uint64_t offset) {
    ++now_;
    Fire();
    positions[partition] = offset + 1;
    InputRecord record;
    input.Record(partition, offset, record);
    const auto& ingress = application->ingresses()[record.ingress];
    Enqueue({{ingress.target, record.key}, {}, ingress.value_type, {}, record.value});
  }
  // Handles what is queued, at most so many messages; false if there was nothing.
  bool Handle(std::size_t most = ~std::size_t{0}) {
    const bool any = !queue_.empty();
    for (; !queue_.empty() && most > 0; --most) {
      const auto bytes = std::move(queue_.front());
      queue_.pop_front();
      HandleOne(bytes);
    }
    return any;
  }
  // Time passes until something more is to do; false if there never will be.
  bool Wait() {
    if (delayed_.empty()) return false;
    now_ = std::max(now_, delayed_.begin()->first);
    Fire();
    return true;
  }
  std::vector<std::string> Waiting() const {
    std::vector<std::string> waiting(queue_.begin(), queue_.end());
    for (const auto& [due, envelope] : delayed_) waiting.push_back(envelope);
    return waiting;
  }

  // What the oracle says of the outputs, and of `memory` if asked, when so many records were offered per partition.
  Findings Judge(bool with_state = false, bool disturbed = false) {
    FraudOracle oracle(application, input);
    if (disturbed) oracle.Disturbed();
    for (std::uint16_t p = 0; p < input.partitions(); ++p) oracle.Offered(PartitionId(p), offered);
    for (const auto& output : outputs) oracle.See({output.egress, {}, output.key, output.value});
    oracle.Finish();
    ledger = oracle.ledger();
    if (with_state) {
      oracle.CheckState([this](const StateVisitor& visit) {
        for (const auto& [address, record] : memory) {
          if (!record.empty()) visit(application->functions()[address.first].name, address.second, record);
        }
      });
    }
    return oracle.findings();
  }

  // The places of outputs on an egress.
  std::vector<std::size_t> On(std::string_view egress) const {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (outputs[i].egress == application->FindEgress(egress).value()) places.push_back(i);
    }
    return places;
  }
  // Changes the first output on an egress that `change` says it changed.
  template <class M, class Change>
  void ChangeFirst(const Egress<M>& egress, const Change& change) {
    for (const auto place : On(egress.name)) {
      M content;
      const auto before = outputs[place].value;
      HOLDFAST_CHECK(Codec<M>::Decode(before, content), "output {}", place);
      if (!change(content)) continue;
      outputs[place].value.clear();
      return Codec<M>::Encode(content, outputs[place].value);
    }
    HOLDFAST_CHECK(false, "none of {} outputs was changed", outputs.size());
  }

  std::shared_ptr<const Application> application;
  FraudInput input;
  Memory memory;
  std::vector<Output> outputs;
  std::uint64_t offered = 0;  // Of every partition.
  std::map<PartitionId, std::uint64_t> positions;
  Ledger ledger;  // Of the latest Judge.

 private:
  void Fire() {
    while (!delayed_.empty() && delayed_.begin()->first <= now_) {
      queue_.push_back(delayed_.begin()->second);
      delayed_.erase(delayed_.begin());
    }
  }
  void Enqueue(const EnvelopeView& envelope) {
    const auto& type = application->value_types()[envelope.value_type.value];
    if (type == misdeeds_.lose) return misdeeds_.lose.clear();
    AppendEnvelope(queue_.emplace_back(), envelope);
    if (type != misdeeds_.repeat) return;
    misdeeds_.repeat.clear();
    queue_.push_back(queue_.back());
  }
  void Enqueue(std::string_view bytes) {
    EnvelopeView envelope;
    HOLDFAST_CHECK(TakeEnvelope(bytes, envelope), "an envelope");
    Enqueue(envelope);
  }

  void HandleOne(std::string_view bytes) {
    EnvelopeView envelope;
    HOLDFAST_CHECK(TakeEnvelope(bytes, envelope), "an envelope");
    auto& record = memory[{envelope.target.type.value, std::string(envelope.target.id)}];
    const auto stored = record;
    effects_.Clear();
    const AppTime now{now_};
    const auto status = endpoint_->Invoke(
        {envelope.target, envelope.caller, envelope.value_type, envelope.payload, stored, now, 7}, effects_);
    if (!status.ok()) return GiveUp(envelope, status);
    bool changed = false;
    record = std::string(merger_.Merge(stored, effects_.bytes(), now, changed));
    EffectsReader reader(effects_.bytes());
    for (Effect effect; reader.Next(effect);) Apply(envelope, effect);
  }

  void Apply(const EnvelopeView& envelope, const Effect& effect) {
    switch (effect.kind) {
      case Effect::Kind::kSend:
        return Enqueue(effect.envelope);
      case Effect::Kind::kEmit:
        outputs.push_back({effect.egress, std::string(effect.token), std::string(effect.bytes)});
        return;
      case Effect::Kind::kSendDelayed:
        if (misdeeds_.lose == Codec<Expiry>::Name()) return misdeeds_.lose.clear();
        delayed_.emplace(std::exchange(misdeeds_.fire_early, false) ? now_ : effect.time.millis, effect.envelope);
        if (misdeeds_.repeat != Codec<Expiry>::Name()) return;
        delayed_.emplace(effect.time.millis, effect.envelope);
        return misdeeds_.repeat.clear();
      case Effect::Kind::kStartAsync:
        return Answer(envelope, effect);
      default:
        return;
    }
  }

  // The answer of the service is there a few milliseconds later.
  void Answer(const EnvelopeView& envelope, const Effect& effect) {
    if (std::exchange(misdeeds_.lose_outcome, false)) return;
    const auto& operation = application->async_operations()[effect.operation.value];
    auto answer = operation.run(effect.bytes);
    auto status = answer.ok() ? AsyncStatus::kSuccess : AsyncStatus::kFailure;
    auto response = answer.ok() ? *answer : std::string();
    if (std::exchange(misdeeds_.unknown_outcome, false)) status = AsyncStatus::kUnknown, response.clear();
    std::string payload;
    Codec<RawAsyncOutcome>::Encode({static_cast<std::uint32_t>(status), effect.bytes, response, ""}, payload);
    std::string bytes;
    AppendEnvelope(bytes, {envelope.target, envelope.target, operation.outcome_type, envelope.group, payload});
    delayed_.emplace(now_ + 2, bytes);
  }

  void GiveUp(const EnvelopeView& envelope, const Status& status) {
    std::string letter;
    Codec<DeadLetter>::Encode(
        {application->functions()[envelope.target.type.value].name, envelope.target.id,
         application->value_types()[envelope.value_type.value], envelope.payload, status.error().message, 3},
        letter);
    outputs.push_back({EgressId(0), std::string(envelope.target.id), letter});
  }

  Misdeeds misdeeds_;
  std::int64_t now_ = 1'000;
  std::deque<std::string> queue_;
  std::multimap<std::int64_t, std::string> delayed_;
  std::shared_ptr<EmbeddedEndpoint> endpoint_;  // Shared by copies of the story, which only damage it.
  EffectsBuilder effects_;
  RecordMerger merger_;
};

}  // namespace holdfast::fraud_detection
