// Conservation of queries, confirmations and calls. On every line,
//
//   version of a counter = the confirmations below the positions that reached it + its transactions' queries that did
//                          + the confirmations it took back
//   count of a counter = its expiries on their way
//   version of a merchant = its transactions' queries that reached it + the outcomes it remembers
//   calls on their way of a merchant = the latest attempt it remembers if anybody waits, else none
//
// where what reached an instance is what the ingress says less what is on its way. And each transaction that is not
// decided is in one place: on its way to its manager, or with the manager, and then each of its two questions is on its
// way, waits at the merchant, is answered, or the answer is with the manager; with both answers there the model is
// asked. Nothing is on its way from a unit that its sender does not remember. A decided transaction is in no place:
// that it was decided, and not lost whole after its queries, is for the oracle to say.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "workloads/fraud-detection/application.h"
#include "workloads/oracles/line_auditor.h"
#include "workloads/oracles/walked_input.h"

namespace holdfast::fraud_detection {

class FraudAuditor final : public LineAuditor {
 public:
  FraudAuditor(std::shared_ptr<const Application> application, FraudInput input);

  void Position(PartitionId partition, std::uint64_t offset) override { walked_.MoveTo(partition, offset); }
  void Row(std::string_view function, std::string_view id, std::string_view record) override;
  void Message(const InTransit& message) override;
  void Judge(std::string_view line, Findings& findings) override;

 private:
  // Where a transaction, or what belongs to it, may be.
  enum Stage : std::size_t {
    kComing,
    kManaged,
    kCountAsked,
    kCountAnswered,
    kCountHeld,
    kScoreAsked,
    kScoreWaited,
    kScoreAnswered,
    kScoreHeld,
    kModelAsked,
    kModelAnswered,
    kStages
  };
  using Stages = std::array<std::uint32_t, kStages>;
  struct Counter {
    std::uint64_t version = 0;
    std::int64_t count = 0;
    std::int64_t asking = 0;  // Queries that did not reach it: on their way, or to be sent yet.
    std::int64_t coming = 0;  // Confirmations.
    std::int64_t expiring = 0;
    std::uint64_t newest = 0;  // The latest version from which something is on its way.
  };
  struct Shop {
    std::uint64_t version = 0;
    Calls calls;
    std::int64_t asking = 0;
    std::uint64_t waiting = 0;
    std::uint64_t calling = 0;  // Calls and outcomes on their way,
    std::uint64_t call = 0;     // and of which attempt of which call the last one is.
    std::uint64_t attempt = 0;
    std::uint64_t newest = 0;
  };
  // What comes from the ingress, by account and merchant: in the line.
  struct Due {
    std::int64_t transactions = 0;
    std::int64_t confirmations = 0;
  };

  void Walk(PartitionId partition, std::uint64_t offset, int sign);
  // auditor.cc: what there is.
  void TakeManager(std::string_view id, std::string_view record);
  void TakeCounter(std::string_view id, std::string_view record);
  void TakeMerchant(std::string_view id, std::string_view record);
  bool TakeTransactionMessage(const EnvelopeView& message);
  bool TakeAnswer(const EnvelopeView& message);
  bool TakeCounterMessage(const EnvelopeView& message);
  bool TakeCall(const InTransit& message);
  void Enter(const Place& place, Stage stage, std::string_view target, std::string_view meant);
  std::optional<FraudInput::Facts> FactsOf(const Place& place);
  Counter* CounterOf(std::string_view id);
  Shop* ShopOf(std::string_view id);
  template <class MakeSentence>
  void Trouble(const MakeSentence& make_sentence) {
    if (trouble_.empty()) trouble_ = make_sentence();
  }
  // auditor_judge.cc: whether it adds up.
  template <class Wrong>
  void JudgeTransactions(const Wrong& wrong) const;
  template <class Wrong>
  void JudgeCounters(const Wrong& wrong) const;
  template <class Wrong>
  void JudgeMerchants(const Wrong& wrong) const;
  void Clear();

  const std::shared_ptr<const Application> application_;
  const FraudInput input_;
  std::vector<Due> due_by_account_;
  std::vector<std::int64_t> due_by_merchant_;
  WalkedInput walked_;
  std::vector<Counter> counters_;
  std::vector<Shop> merchants_;
  std::map<Place, Stages> transactions_;  // Those that are somewhere.
  std::string trouble_;                   // The first thing that should not be there at all.
};

}  // namespace holdfast::fraud_detection
