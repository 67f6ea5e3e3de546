// What a run of an application yielded: outputs, states, and how far it read. Oracles and auditors judge it; tests
// damage it first.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/model/application_builder.h"
#include "workloads/oracles/line_auditor.h"
#include "workloads/oracles/oracle.h"

namespace holdfast {

class History {
 public:
  using Memory = std::map<std::pair<std::uint16_t, std::string>, std::string>;
  struct Output {
    EgressId egress;
    std::string key;
    std::string value;
  };
  // A message on its way.
  struct Waiting {
    InTransit::Where where;
    std::string envelope;
    friend bool operator==(const Waiting&, const Waiting&) = default;
  };

  explicit History(std::shared_ptr<const Application> app) : application(std::move(app)) {}
  virtual ~History() = default;

  // What `oracle` says of the outputs, and of `memory` if asked, when so many records were offered per partition.
  Findings Judge(Oracle& oracle, std::uint16_t partitions, bool with_state = false) {
    for (std::uint16_t p = 0; p < partitions; ++p) oracle.Offered(PartitionId(p), OfferedIn(PartitionId(p)));
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
  template <class OnItsWay>
  std::vector<std::string> JudgeLine(LineAuditor& auditor, const Memory& states,
                                     const std::vector<OnItsWay>& waiting) const {
    for (const auto& [partition, position] : positions) auditor.Position(partition, position);
    for (const auto& [address, record] : states) {
      if (!record.empty()) auditor.Row(application->functions()[address.first].name, address.second, record);
    }
    for (const auto& message : waiting) auditor.Message(InTransitOf(message));
    Findings findings;
    auditor.Judge("line", findings);
    return findings.first(Damage::kInconsistentLine);
  }

  // Puts another value in the place of one that an instance remembers, or does not.
  template <class T>
  void Tamper(std::string_view function, const std::string& id, std::string_view state, const T& value) {
    const auto number = application->FindFunction(function).value();
    const auto& states = application->functions()[number.value].states;
    const auto slot = std::ranges::find(states, state, &StateSpec::name) - states.begin();
    std::string bytes;
    Codec<T>::Encode(value, bytes);
    EffectsBuilder effects;
    effects.SetValue(StateSlot(static_cast<std::uint8_t>(slot)), kNeverExpires, bytes);
    auto& record = memory[{number.value, id}];
    bool changed = false;
    record = std::string(merger_.Merge(std::string(record), effects.bytes(), AppTime{now}, changed));
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
  Memory memory;
  std::vector<Output> outputs;
  std::uint64_t offered = 0;  // Of every partition.
  std::map<PartitionId, std::uint64_t> positions;
  std::int64_t now = 1'000;  // Application time.
  Ledger ledger;             // Of the latest Judge.

 protected:
  static EnvelopeView Read(std::string_view bytes) {
    EnvelopeView envelope;
    HOLDFAST_CHECK(TakeEnvelope(bytes, envelope), "an envelope");
    return envelope;
  }
  static InTransit InTransitOf(const std::string& envelope) { return {.message = Read(envelope)}; }
  static InTransit InTransitOf(const Waiting& waiting) {
    return {.where = waiting.where, .message = Read(waiting.envelope)};
  }
  virtual std::uint64_t OfferedIn(PartitionId /*partition*/) const { return offered; }

  RecordMerger merger_;
};

}  // namespace holdfast
