// Runs payment as plainly as can be: one queue, a clock that moves when nothing else does, state in a map, and the
// provider, who sees output at once. What it yields is a failure-free history. Tests damage it, or tell the story to
// misbehave as a broken runtime would.
#pragma once

#include <deque>
#include <map>

#include "core/model/application_builder.h"
#include "transports/hosts/embedded_endpoint.h"
#include "workloads/oracles/line_auditor.h"
#include "workloads/payment/functions.h"
#include "workloads/payment/oracle.h"
#include "workloads/payment/provider.h"

namespace holdfast::payment {

// What a broken runtime might do.
struct Misdeeds {
  std::string lose{};           // The first message of this type never comes.
  std::string repeat{};         // The first message of this type comes twice.
  bool fire_early = false;      // The first delayed message does not wait.
  bool lose_request = false;    // The first request is never seen outside,
  bool repeat_request = false;  // or is seen twice.
};

// Two partitions of changes, few users, a provider that does all it can do.
inline PaymentOptions Village() {
  PaymentOptions options;
  options.users = 5;
  options.cancellations = 20;
  options.change_partitions = 2;
  options.interval = std::chrono::milliseconds(10);
  options.intervals = 2;
  options.back_off = std::chrono::milliseconds(4);
  options.provider = {.refusals = 40,
                      .slow_answers = 10,
                      .second_answers = 30,
                      .unasked_answers = 30,
                      .answer_time = std::chrono::milliseconds(2),
                      .slow_time = std::chrono::milliseconds(20)};
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
  struct Waiting {
    InTransit::Where where;
    std::string envelope;
  };

  explicit Story(const PaymentOptions& options, const Misdeeds& misdeeds = {}, std::uint64_t seed = 1)
      : application(PaymentApplication(options).value()),
        changes(std::make_shared<PaymentInput>(seed, options, *application)),
        topic(std::make_shared<ClosedLoopInput>(changes, options.answer_partitions)),
        provider(std::make_shared<Provider>(seed, *changes)),
        misdeeds_(misdeeds),
        endpoint_(std::make_shared<EmbeddedEndpoint>(application)) {}

  // Offers the next change of every partition, a millisecond apart, so often; then waits until nothing is left to do.
  void RunAll(std::uint64_t rounds) {
    for (; rounds > 0; --rounds, ++offered) {
      for (std::uint16_t p = 0; p < changes->partitions(); ++p) Offer(PartitionId(p), offered), Handle();
    }
    while (Handle() || Wait()) {
    }
    for (std::size_t i = 0; i < provider->entries(); ++i) ledger.emplace_back(provider->Entry(i));
  }
  // A millisecond passes, and one change comes.
  void Offer(PartitionId partition, std::uint64_t offset) {
    ++now_;
    Fire();
    InputRecord record;
    changes->Record(partition, offset, record);
    positions[partition] = offset + 1;
    Come(record);
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
    const auto answer = provider->NextWake();
    if (delayed_.empty() && !answer) return false;
    auto next = std::numeric_limits<std::int64_t>::max();
    if (!delayed_.empty()) next = delayed_.begin()->first;
    if (answer) next = std::min(next, (answer->nanos + kMilli - 1) / kMilli);
    now_ = std::max(now_, next);
    Fire();
    return true;
  }
  std::vector<Waiting> OnTheWay() const {
    std::vector<Waiting> waiting;
    for (const auto& envelope : queue_) waiting.push_back({InTransit::Where::kQueued, envelope});
    for (const auto& [due, envelope] : delayed_) waiting.push_back({InTransit::Where::kDelayed, envelope});
    return waiting;
  }

  // What the oracle says of the outputs and the ledger, and of `memory` if asked.
  Findings Judge(bool with_state = false) {
    PaymentOracle oracle(application, *changes, topic);
    for (std::uint16_t p = 0; p < topic->partitions(); ++p) {
      const PartitionId partition(p);
      oracle.Offered(partition, p < changes->partitions() ? offered : topic->end(partition));
    }
    for (const auto& output : outputs) oracle.See({output.egress, {}, output.key, output.value});
    for (const auto& entry : ledger) oracle.Booked(entry);
    oracle.Finish();
    counts = oracle.ledger();
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
  // Everything on an egress. What it holds lives as long as the outputs.
  template <class M>
  std::vector<M> All(const Egress<M>& egress) const {
    std::vector<M> all;
    for (const auto place : On(egress.name)) {
      HOLDFAST_CHECK(Codec<M>::Decode(outputs[place].value, all.emplace_back()), "output {}", place);
    }
    return all;
  }
  // Changes the first of these that `change` says it changed.
  template <class M, class Change>
  static void ChangeFirst(std::vector<std::string*> encoded, const Change& change) {
    for (auto* value : encoded) {
      M content;
      HOLDFAST_CHECK(Codec<M>::Decode(*value, content), "a message");
      if (!change(content)) continue;
      value->clear();
      return Codec<M>::Encode(content, *value);
    }
    HOLDFAST_CHECK(false, "none of {} was changed", encoded.size());
  }
  template <class M, class Change>
  void ChangeOutput(const Egress<M>& egress, const Change& change) {
    std::vector<std::string*> encoded;
    for (const auto place : On(egress.name)) encoded.push_back(&outputs[place].value);
    ChangeFirst<M>(encoded, change);
  }
  template <class Change>
  void ChangeEntry(const Change& change) {
    std::vector<std::string*> encoded;
    for (auto& entry : ledger) encoded.push_back(&entry);
    ChangeFirst<LedgerEntry>(encoded, change);
  }
  void EraseOutput(std::string_view egress, std::size_t which) {
    outputs.erase(outputs.begin() + static_cast<std::ptrdiff_t>(On(egress).at(which)));
  }

  std::shared_ptr<const Application> application;
  std::shared_ptr<PaymentInput> changes;
  std::shared_ptr<ClosedLoopInput> topic;
  std::shared_ptr<Provider> provider;  // Shared by copies of the story, which only damage it.
  Memory memory;
  std::vector<Output> outputs;
  std::vector<std::string> ledger;  // Once all is over.
  std::uint64_t offered = 0;        // Of every partition with changes.
  std::map<PartitionId, std::uint64_t> positions;
  Ledger counts;  // Of the latest Judge.

 private:
  static constexpr std::int64_t kMilli = 1'000'000;
  SteadyTime Now() const { return {now_ * kMilli}; }

  void Fire() {
    while (!delayed_.empty() && delayed_.begin()->first <= now_) {
      queue_.push_back(delayed_.begin()->second);
      delayed_.erase(delayed_.begin());
    }
    provider->Act(Now(), [this](std::uint64_t, PartitionId partition, const InputRecord& answer) {
      topic->Append(partition, answer);
      ++positions[partition];
      Come(answer);
    });
  }
  void Come(const InputRecord& record) {
    const auto& ingress = application->ingresses()[record.ingress];
    Enqueue({{ingress.target, record.key}, {}, ingress.value_type, {}, record.value});
  }
  // Whether the message is the one to lose; `again` if it is the one to repeat.
  bool Lost(ValueTypeId number, bool& again) {
    const auto& type = application->value_types()[number.value];
    again = type == misdeeds_.repeat;
    if (again) misdeeds_.repeat.clear();
    const bool lost = type == misdeeds_.lose;
    if (lost) misdeeds_.lose.clear();
    return lost;
  }
  void Enqueue(const EnvelopeView& envelope) {
    bool again = false;
    if (Lost(envelope.value_type, again)) return;
    AppendEnvelope(queue_.emplace_back(), envelope);
    if (again) queue_.push_back(queue_.back());
  }
  static EnvelopeView Read(std::string_view bytes) {
    EnvelopeView envelope;
    HOLDFAST_CHECK(TakeEnvelope(bytes, envelope), "an envelope");
    return envelope;
  }

  void HandleOne(std::string_view bytes) {
    const auto envelope = Read(bytes);
    auto& record = memory[{envelope.target.type.value, std::string(envelope.target.id)}];
    const auto stored = record;
    effects_.Clear();
    const auto status = endpoint_->Invoke(
        {envelope.target, envelope.caller, envelope.value_type, envelope.payload, stored, AppTime{now_}, 7}, effects_);
    if (!status.ok()) return GiveUp(envelope, status);
    bool changed = false;
    record = std::string(merger_.Merge(stored, effects_.bytes(), AppTime{now_}, changed));
    EffectsReader reader(effects_.bytes());
    for (Effect effect; reader.Next(effect);) Apply(envelope, effect);
  }

  void Apply(const EnvelopeView& unit, const Effect& effect) {
    switch (effect.kind) {
      case Effect::Kind::kSend:
        return Enqueue(Read(effect.envelope));
      case Effect::Kind::kEmit:
        return Show({effect.egress, std::string(effect.token), std::string(effect.bytes)});
      case Effect::Kind::kSendDelayed:
        return Delay(effect);
      case Effect::Kind::kCancel:
        // Only users cancel, and each has one delayed message at most.
        std::erase_if(delayed_, [&](const auto& entry) { return Read(entry.second).target.id == unit.target.id; });
        return;
      default:
        return;
    }
  }
  void Delay(const Effect& effect) {
    bool again = false;
    if (Lost(Read(effect.envelope).value_type, again)) return;
    const auto due = std::exchange(misdeeds_.fire_early, false) ? now_ : effect.time.millis;
    for (int i = 0; i <= (again ? 1 : 0); ++i) delayed_.emplace(due, effect.envelope);
  }
  void Show(Output output) {
    outputs.push_back(std::move(output));
    const auto& shown = outputs.back();
    const EgressRecord record{shown.egress, {}, shown.key, shown.value};
    const bool request = shown.egress == changes->requests();
    if (request && std::exchange(misdeeds_.lose_request, false)) return;
    provider->Take(record, Now());
    if (request && std::exchange(misdeeds_.repeat_request, false)) provider->Take(record, Now());
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
  std::shared_ptr<EmbeddedEndpoint> endpoint_;
  EffectsBuilder effects_;
  RecordMerger merger_;
};

}  // namespace holdfast::payment
