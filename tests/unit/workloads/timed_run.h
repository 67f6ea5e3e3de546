// Runs an application as plainly as can be: one queue, a clock that moves when nothing else does, state in a map. What
// it yields is a failure-free history. Tests damage it, or tell the run to misbehave as a broken runtime would.
#pragma once

#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/model/application_builder.h"
#include "transports/hosts/embedded_endpoint.h"
#include "workloads/load/input.h"
#include "workloads/oracles/line_auditor.h"
#include "workloads/oracles/oracle.h"

namespace holdfast {

// What a broken runtime might do.
struct TimedMisdeeds {
  std::string lose{};       // The first message of this type never comes.
  std::string repeat{};     // The first message of this type comes twice.
  bool fire_early = false;  // The first delayed message does not wait.
};

// Copies go on apart.
class TimedRun {
 public:
  using Memory = std::map<std::pair<std::uint16_t, std::string>, std::string>;  // By function and id.
  struct Output {
    EgressId egress;
    std::string key;
    std::string value;
  };
  struct Waiting {
    InTransit::Where where;
    std::string envelope;
    friend bool operator==(const Waiting&, const Waiting&) = default;
  };

  TimedRun(std::shared_ptr<const Application> what, std::shared_ptr<const Input> offers, TimedMisdeeds misdeeds = {})
      : application(std::move(what)),
        input(std::move(offers)),
        misdeeds_(std::move(misdeeds)),
        endpoint_(std::make_shared<EmbeddedEndpoint>(application)) {}

  // Offers the next record of every partition, a millisecond apart, so often; then waits until nothing is left to do.
  void RunAll(std::uint64_t rounds) {
    for (; rounds > 0; --rounds, ++offered) {
      for (std::uint16_t p = 0; p < input->partitions(); ++p) Offer(PartitionId(p), offered), Handle();
    }
    while (Handle() || Wait()) {
    }
  }
  // A millisecond passes, and one record comes.
  void Offer(PartitionId partition, std::uint64_t offset) {
    ++now;
    Fire();
    positions[partition] = offset + 1;
    InputRecord record;
    input->Record(partition, offset, record);
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
    now = std::max(now, delayed_.begin()->first);
    Fire();
    return true;
  }
  std::vector<Waiting> OnTheWay() const {
    std::vector<Waiting> waiting;
    for (const auto& envelope : queue_) waiting.push_back({InTransit::Where::kQueued, envelope});
    for (const auto& [due, message] : delayed_) waiting.push_back({InTransit::Where::kDelayed, message.envelope});
    return waiting;
  }

  // What `oracle` says of the outputs, and of the states if asked.
  Findings Judge(Oracle& oracle, bool with_state) {
    for (std::uint16_t p = 0; p < input->partitions(); ++p) oracle.Offered(PartitionId(p), offered);
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
  // What `auditor` says of a line with these states, and this on its way, at the present positions.
  std::vector<std::string> Audit(LineAuditor& auditor, const Memory& states,
                                 const std::vector<Waiting>& waiting) const {
    for (const auto& [partition, position] : positions) auditor.Position(partition, position);
    for (const auto& [address, record] : states) {
      if (!record.empty()) auditor.Row(application->functions()[address.first].name, address.second, record);
    }
    for (const auto& [where, envelope] : waiting) auditor.Message({.where = where, .message = Read(envelope)});
    Findings findings;
    auditor.Judge("line", findings);
    return findings.first(Damage::kInconsistentLine);
  }
  std::string TypeOf(const Waiting& waiting) const {
    return application->value_types()[Read(waiting.envelope).value_type.value];
  }

  // The places of outputs on an egress.
  std::vector<std::size_t> On(std::string_view egress) const {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (outputs[i].egress == application->FindEgress(egress).value()) places.push_back(i);
    }
    return places;
  }
  // Everything on an egress. What it holds lives as long as the outputs.
  template <class M>
  std::vector<M> All(const Egress<M>& egress) const {
    std::vector<M> all;
    for (const auto place : On(egress.name)) {
      HOLDFAST_CHECK(Codec<M>::Decode(outputs[place].value, all.emplace_back()), "output {}", place);
    }
    return all;
  }
  // Changes the first output on an egress that `change` says it changed; gives its place.
  template <class M, class Change>
  std::size_t ChangeOutput(const Egress<M>& egress, const Change& change) {
    for (const auto place : On(egress.name)) {
      M content;
      const auto before = outputs[place].value;
      HOLDFAST_CHECK(Codec<M>::Decode(before, content), "output {}", place);
      if (!change(content)) continue;
      outputs[place].value.clear();
      Codec<M>::Encode(content, outputs[place].value);
      return place;
    }
    HOLDFAST_CHECK(false, "none of {} outputs was changed", outputs.size());
    return outputs.size();
  }
  template <class M>
  void AddOutput(const Egress<M>& egress, const std::string& key, const M& content) {
    auto& output = outputs.emplace_back(application->FindEgress(egress.name).value(), key, std::string());
    Codec<M>::Encode(content, output.value);
  }

  std::shared_ptr<const Application> application;
  std::shared_ptr<const Input> input;
  Memory memory;
  std::vector<Output> outputs;
  std::uint64_t offered = 0;  // Of every partition.
  std::map<PartitionId, std::uint64_t> positions;
  std::int64_t now = 1'000;  // Application time.
  Ledger ledger;             // Of the latest Judge.

 private:
  struct Delayed {
    std::pair<std::string, std::string> token;  // Its sender's id, and the word.
    std::string envelope;
  };

  static EnvelopeView Read(std::string_view bytes) {
    EnvelopeView envelope;
    HOLDFAST_CHECK(TakeEnvelope(bytes, envelope), "an envelope");
    return envelope;
  }
  void Fire() {
    while (!delayed_.empty() && delayed_.begin()->first <= now) {
      queue_.push_back(delayed_.begin()->second.envelope);
      delayed_.erase(delayed_.begin());
    }
  }
  // How often a message of this type arrives: once, unless it is the one to lose or to repeat.
  int TimesOf(ValueTypeId number) {
    const auto& type = application->value_types()[number.value];
    if (type == misdeeds_.lose) return misdeeds_.lose.clear(), 0;
    if (type == misdeeds_.repeat) return misdeeds_.repeat.clear(), 2;
    return 1;
  }
  void Enqueue(const EnvelopeView& envelope) {
    for (int times = TimesOf(envelope.value_type); times > 0; --times) AppendEnvelope(queue_.emplace_back(), envelope);
  }

  void HandleOne(std::string_view bytes) {
    const auto envelope = Read(bytes);
    auto& record = memory[{envelope.target.type.value, std::string(envelope.target.id)}];
    const auto stored = record;
    effects_.Clear();
    const auto status = endpoint_->Invoke(
        {envelope.target, envelope.caller, envelope.value_type, envelope.payload, stored, AppTime{now}, 7}, effects_);
    if (!status.ok()) return GiveUp(envelope, status);
    bool changed = false;
    record = std::string(merger_.Merge(stored, effects_.bytes(), AppTime{now}, changed));
    EffectsReader reader(effects_.bytes());
    for (Effect effect; reader.Next(effect);) Apply(std::string(envelope.target.id), effect);
  }
  void Apply(const std::string& id, const Effect& effect) {
    switch (effect.kind) {
      case Effect::Kind::kSend:
        return Enqueue(Read(effect.envelope));
      case Effect::Kind::kEmit:
        outputs.push_back({effect.egress, std::string(effect.token), std::string(effect.bytes)});
        return;
      case Effect::Kind::kSendDelayed:
        return Delay({{id, std::string(effect.token)}, std::string(effect.envelope)}, effect.time.millis);
      case Effect::Kind::kCancel:
        return Cancel({id, std::string(effect.token)});
      default:
        return;
    }
  }
  void Delay(const Delayed& message, std::int64_t due) {
    if (!message.token.second.empty()) Cancel(message.token);
    const auto times = TimesOf(Read(message.envelope).value_type);
    if (std::exchange(misdeeds_.fire_early, false)) due = now;
    for (int i = 0; i < times; ++i) delayed_.emplace(due, message);
  }
  void Cancel(const std::pair<std::string, std::string>& token) {
    std::erase_if(delayed_, [&](const auto& entry) { return entry.second.token == token; });
  }
  void GiveUp(const EnvelopeView& envelope, const Status& status) {
    std::string letter;
    Codec<DeadLetter>::Encode(
        {application->functions()[envelope.target.type.value].name, envelope.target.id,
         application->value_types()[envelope.value_type.value], envelope.payload, status.error().message, 3},
        letter);
    outputs.push_back({EgressId(0), std::string(envelope.target.id), letter});
  }

  TimedMisdeeds misdeeds_;
  std::deque<std::string> queue_;
  std::multimap<std::int64_t, Delayed> delayed_;
  std::shared_ptr<EmbeddedEndpoint> endpoint_;  // Keeps nothing of a run.
  EffectsBuilder effects_;
  RecordMerger merger_;
};

}  // namespace holdfast
