// Runs an application as plainly as can be: one queue, a clock that moves when nothing else does, state in a map. What
// it yields is a failure-free history. Tests damage it, or tell the run to misbehave as a broken runtime would.
#pragma once

#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <optional>

#include "core/model/application_builder.h"
#include "core/model/async.h"
#include "tests/unit/workloads/history.h"
#include "transports/hosts/embedded_endpoint.h"
#include "workloads/load/input.h"

namespace holdfast {

// What a broken runtime might do.
struct Misdeeds {
  std::string lose{};            // The first message of this type never comes.
  std::string repeat{};          // The first message of this type comes twice.
  bool fire_early = false;       // The first delayed message does not wait.
  bool lose_outcome = false;     // The first outcome never comes.
  bool unknown_outcome = false;  // The first outcome is called unknown.
  bool lose_request = false;     // Where somebody outside is asked: the first request is never seen there,
  bool repeat_request = false;   // or is seen twice.
};

class PlainRun : public History {
 public:
  explicit PlainRun(std::shared_ptr<const Application> app, const Misdeeds& misdeeds = {})
      : History(std::move(app)), misdeeds_(misdeeds), endpoint_(std::make_shared<EmbeddedEndpoint>(application)) {}

  // Offers the next record of every partition, a millisecond apart, so often; then waits until nothing is left to do.
  void RunAll(const Input& input, std::uint64_t rounds) {
    for (; rounds > 0; --rounds, ++offered) {
      for (std::uint16_t p = 0; p < input.partitions(); ++p) Offer(input, PartitionId(p), offered), Handle();
    }
    while (Handle() || Wait()) {
    }
  }
  // Runs message by message, fewer than come, and calls `look` before each.
  template <class Look>
  void AtEveryStep(const Input& input, std::uint64_t rounds, const Look& look) {
    for (std::uint64_t offset = 0; offset < rounds; ++offset) {
      for (std::uint16_t p = 0; p < input.partitions(); ++p) {
        Offer(input, PartitionId(p), offset);
        for (int step = 0; step < 2; ++step) look(), Handle(1);
      }
    }
    do {
      look();
    } while (Handle(1) || Wait());
  }
  // A millisecond passes, and one record comes.
  void Offer(const Input& input, PartitionId partition, std::uint64_t offset) {
    ++now;
    Fire();
    positions[partition] = offset + 1;
    InputRecord record;
    input.Record(partition, offset, record);
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
    const auto outside = NextOutside();
    if (delayed_.empty() && !outside) return false;
    auto next = outside.value_or(std::numeric_limits<std::int64_t>::max());
    if (!delayed_.empty()) next = std::min(next, delayed_.begin()->first);
    now = std::max(now, next);
    Fire();
    return true;
  }
  std::vector<std::string> Envelopes() const {
    std::vector<std::string> waiting(queue_.begin(), queue_.end());
    for (const auto& [due, message] : delayed_) waiting.push_back(message.envelope);
    return waiting;
  }

 protected:
  struct Delayed {
    std::pair<std::string, std::string> token;  // Its sender's id, and the word.
    std::string envelope;
  };
  void Come(const InputRecord& record) {
    const auto& ingress = application->ingresses()[record.ingress];
    Enqueue({{ingress.target, record.key}, {}, ingress.value_type, {}, record.value});
  }

  // Somebody outside, if there is one: sees each output, does what is due by now, and says when more will be due.
  virtual void Show(const Output& /*output*/) {}
  virtual void ActOutside() {}
  virtual std::optional<std::int64_t> NextOutside() const { return std::nullopt; }

  std::deque<std::string> queue_;
  std::multimap<std::int64_t, Delayed> delayed_;
  Misdeeds misdeeds_;

 private:
  void Fire() {
    while (!delayed_.empty() && delayed_.begin()->first <= now) {
      queue_.push_back(delayed_.begin()->second.envelope);
      delayed_.erase(delayed_.begin());
    }
    ActOutside();
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
    const AppTime at{now};
    const auto status = endpoint_->Invoke(
        {envelope.target, envelope.caller, envelope.value_type, envelope.payload, stored, at, 7}, effects_);
    if (!status.ok()) return GiveUp(envelope, status);
    bool changed = false;
    record = std::string(merger_.Merge(stored, effects_.bytes(), at, changed));
    EffectsReader reader(effects_.bytes());
    for (Effect effect; reader.Next(effect);) Apply(envelope, effect);
  }

  void Apply(const EnvelopeView& envelope, const Effect& effect) {
    switch (effect.kind) {
      case Effect::Kind::kSend:
        return Enqueue(Read(effect.envelope));
      case Effect::Kind::kEmit:
        outputs.push_back({effect.egress, std::string(effect.token), std::string(effect.bytes)});
        return Show(outputs.back());
      case Effect::Kind::kSendDelayed:
        return Delay({{std::string(envelope.target.id), std::string(effect.token)}, std::string(effect.envelope)},
                     effect.time.millis);
      case Effect::Kind::kCancel:
        return Cancel({std::string(envelope.target.id), std::string(effect.token)});
      case Effect::Kind::kStartAsync:
        return Answer(envelope, effect);
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

  // The answer to an operation is there a few milliseconds later.
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
    delayed_.emplace(now + 2, Delayed{{}, bytes});
  }

  void GiveUp(const EnvelopeView& envelope, const Status& status) {
    std::string letter;
    Codec<DeadLetter>::Encode(
        {application->functions()[envelope.target.type.value].name, envelope.target.id,
         application->value_types()[envelope.value_type.value], envelope.payload, status.error().message, 3},
        letter);
    outputs.push_back({EgressId(0), std::string(envelope.target.id), letter});
  }

  std::shared_ptr<EmbeddedEndpoint> endpoint_;  // Shared by copies, which only damage it.
  EffectsBuilder effects_;
};

}  // namespace holdfast
