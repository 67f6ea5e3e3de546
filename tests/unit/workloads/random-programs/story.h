// Runs random programs as plainly as can be: one queue, a clock that moves when nothing else does, state in a map. What
// it yields is a failure-free history. Tests damage it, or tell the story to misbehave as a broken runtime would.
#pragma once

#include <deque>
#include <map>

#include "core/model/application_builder.h"
#include "core/model/async.h"
#include "transports/hosts/embedded_endpoint.h"
#include "workloads/random-programs/functions.h"
#include "workloads/random-programs/oracle.h"

namespace holdfast::random_programs {

// What a broken runtime might do.
struct Misdeeds {
  bool forget_delayed = false;     // The first delayed message with a token never comes.
  bool forget_cancels = false;     //
  bool fire_twice = false;         // The first delayed message comes twice.
  bool fire_early = false;         // The first delayed message that has to wait does not.
  bool lose_outcome = false;       // The first outcome never comes.
  bool unknown_outcome = false;    // The first outcome is called unknown.
  bool apply_failed = false;       // What a unit did before it failed stays.
  bool give_up_at_once = false;    // No second attempt.
  bool lose_dead_letters = false;  //
  bool deaf_to_expiry = false;     // Values live for ever.
};

// All kinds.
inline ProgramOptions Everything() {
  ProgramOptions options;
  options.instances = 10;
  options.partitions = 1;
  options.shares = DefaultShares();
  return options;
}
// Options with these kinds only, all of equal weight.
inline ProgramOptions Only(std::initializer_list<Kind> kinds) {
  ProgramOptions options;
  options.instances = 4;
  options.partitions = 1;
  options.depth = 2;
  for (const auto kind : kinds) options.shares[static_cast<std::size_t>(kind)] = 1;
  return options;
}

class Story {
 public:
  struct Output {
    EgressId egress;
    std::string key;
    std::string value;
  };

  explicit Story(const ProgramOptions& options, const Misdeeds& misdeeds = {}, std::uint64_t seed = 1)
      : application(ProgramApplication(options).value()),
        input(seed, options),
        misdeeds_(misdeeds),
        endpoint_(std::make_shared<EmbeddedEndpoint>(application)) {}

  // Runs the next programs of partition 0, each to its end.
  void Run(std::uint64_t programs) {
    for (; programs > 0; --programs) RunProgram(offered_++);
  }
  // Runs one again, as a runtime that forgot that it did.
  void RunProgram(std::uint64_t offset) {
    Begin(offset);
    while (Drain()) {
    }
  }
  // Begins the next one: so many units, or waits for the next.
  void RunPartly(std::uint64_t units) {
    Begin(offered_++);
    for (; units > 0 && Drain(); --units) {
    }
  }
  // What waits, encoded.
  std::vector<std::string> Waiting() const {
    std::vector<std::string> waiting(queue_.begin(), queue_.end());
    for (const auto& [due, delayed] : delayed_) waiting.push_back(delayed.envelope);
    return waiting;
  }
  std::uint64_t offered() const { return offered_; }

  // What the oracle says of the outputs, and of `memory` if asked.
  Findings Judge(bool with_state = false, bool disturbed = false) {
    ProgramOracle oracle(application, input);
    if (disturbed) oracle.Disturbed();
    oracle.Offered(PartitionId(0), offered_);
    for (const auto& output : outputs) oracle.See({output.egress, {}, output.key, output.value});
    oracle.Finish();
    if (with_state) {
      oracle.CheckState([this](const StateVisitor& visit) {
        for (const auto& [address, record] : memory) {
          if (!record.empty()) visit(application->functions()[address.first].name, address.second, record);
        }
      });
    }
    ledger = oracle.ledger();
    open_programs = oracle.open_programs();
    return oracle.findings();
  }

  // Changes the first receipt that `change` says it changed.
  template <class Change>
  void ChangeReceipt(const Change& change) {
    for (auto& output : outputs) {
      Receipt receipt;
      const auto before = output.value;
      if (output.egress != application->FindEgress(kReceipts.name).value()) continue;
      HOLDFAST_CHECK(Codec<Receipt>::Decode(before, receipt), "a receipt");
      if (!change(receipt)) continue;
      output.value.clear();
      Codec<Receipt>::Encode(receipt, output.value);
      return;
    }
    HOLDFAST_CHECK(false, "no receipt of {} outputs was changed", outputs.size());
  }
  // The places of outputs on an egress.
  std::vector<std::size_t> On(std::string_view egress) const {
    std::vector<std::size_t> places;
    const auto id = egress.empty() ? EgressId(0) : application->FindEgress(egress).value();
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (outputs[i].egress == id) places.push_back(i);
    }
    return places;
  }

  std::shared_ptr<const Application> application;
  ProgramInput input;
  std::map<std::pair<std::uint16_t, std::string>, std::string> memory;
  std::vector<Output> outputs;
  Ledger ledger;                    // Of the latest Judge.
  std::uint64_t open_programs = 0;  // Likewise.

 private:
  struct Delayed {
    std::string sender_id;
    std::string token;
    std::string envelope;
  };

  void Begin(std::uint64_t offset) {
    now_ += 1;
    InputRecord record;
    input.Record(PartitionId(0), offset, record);
    const auto& ingress = application->ingresses()[0];
    AppendEnvelope(queue_.emplace_back(), {{ingress.target, record.key}, {}, ingress.value_type, {}, record.value});
  }
  // Handles what there is, or lets time pass until there is something; false if there never will be.
  bool Drain() {
    if (!queue_.empty()) {
      const auto bytes = std::move(queue_.front());
      queue_.pop_front();
      Handle(bytes);
      return true;
    }
    if (delayed_.empty()) return false;
    const auto first = delayed_.begin();
    const bool early = misdeeds_.fire_early && first->first > now_;
    if (early) misdeeds_.fire_early = false;
    now_ = early ? now_ : std::max(now_, first->first);
    queue_.push_back(first->second.envelope);
    if (std::exchange(misdeeds_.fire_twice, false)) queue_.push_back(first->second.envelope);
    delayed_.erase(first);
    return true;
  }

  void Handle(const std::string& bytes) {
    std::string_view rest = bytes;
    EnvelopeView envelope;
    HOLDFAST_CHECK(TakeEnvelope(rest, envelope), "an envelope");
    Status status;
    const std::uint32_t most = misdeeds_.give_up_at_once ? 1 : kMaxAttempts;
    for (std::uint32_t attempt = 0; attempt < most; ++attempt) {
      auto& record = memory[{envelope.target.type.value, std::string(envelope.target.id)}];
      const AppTime now{now_};
      const auto stored = record;
      effects_.Clear();
      status = endpoint_->Invoke(
          {envelope.target, envelope.caller, envelope.value_type, envelope.payload, stored, now, 7}, effects_);
      if (status.ok() || misdeeds_.apply_failed) Apply(envelope, record);
      if (status.ok()) return;
    }
    if (misdeeds_.lose_dead_letters) return;
    std::string letter;
    Codec<DeadLetter>::Encode(
        {application->functions()[envelope.target.type.value].name, envelope.target.id,
         application->value_types()[envelope.value_type.value], envelope.payload, status.error().message, most},
        letter);
    outputs.push_back({EgressId(0), std::string(envelope.target.id), letter});
  }

  void Apply(const EnvelopeView& envelope, std::string& record) {
    bool changed = false;
    const std::string stored = record;
    record =
        std::string(merger_.Merge(stored, effects_.bytes(), AppTime{misdeeds_.deaf_to_expiry ? 0 : now_}, changed));
    EffectsReader reader(effects_.bytes());
    for (Effect effect; reader.Next(effect);) ApplyOther(envelope, effect);
  }

  void ApplyOther(const EnvelopeView& envelope, const Effect& effect) {
    const std::string self(envelope.target.id);
    switch (effect.kind) {
      case Effect::Kind::kSend:
        queue_.emplace_back(effect.envelope);
        return;
      case Effect::Kind::kEmit:
        outputs.push_back({effect.egress, std::string(effect.token), std::string(effect.bytes)});
        return;
      case Effect::Kind::kSendDelayed: {
        const std::string token(effect.token);
        if (!token.empty()) Cancel(self, token);
        if (!token.empty() && std::exchange(misdeeds_.forget_delayed, false)) return;
        delayed_.emplace(effect.time.millis, Delayed{self, token, std::string(effect.envelope)});
        return;
      }
      case Effect::Kind::kCancel:
        return Cancel(self, std::string(effect.token));
      case Effect::Kind::kStartAsync:
        return Answer(envelope, effect);
      default:
        return;
    }
  }

  void Cancel(const std::string& sender, const std::string& token) {
    if (misdeeds_.forget_cancels) return;
    std::erase_if(delayed_,
                  [&](const auto& entry) { return entry.second.sender_id == sender && entry.second.token == token; });
  }

  void Answer(const EnvelopeView& envelope, const Effect& effect) {
    if (std::exchange(misdeeds_.lose_outcome, false)) return;
    ErrandRequest request;
    HOLDFAST_CHECK(Codec<ErrandRequest>::Decode(effect.bytes, request), "a request");
    const auto answer = RunErrand(request);
    std::string response;
    if (answer.ok()) Codec<ErrandResponse>::Encode(*answer, response);
    auto status = answer.ok() ? AsyncStatus::kSuccess : AsyncStatus::kFailure;
    if (std::exchange(misdeeds_.unknown_outcome, false)) status = AsyncStatus::kUnknown, response.clear();
    std::string payload;
    Codec<RawAsyncOutcome>::Encode({static_cast<std::uint32_t>(status), effect.bytes, response, ""}, payload);
    const auto type = application->async_operations()[effect.operation.value].outcome_type;
    AppendEnvelope(queue_.emplace_back(), {envelope.target, envelope.target, type, envelope.group, payload});
  }

  Misdeeds misdeeds_;
  std::int64_t now_ = 1'000;
  std::uint64_t offered_ = 0;
  std::deque<std::string> queue_;
  std::multimap<std::int64_t, Delayed> delayed_;
  std::shared_ptr<EmbeddedEndpoint> endpoint_;  // Shared by copies of the story, which only damage it.
  EffectsBuilder effects_;
  RecordMerger merger_;
};

}  // namespace holdfast::random_programs
