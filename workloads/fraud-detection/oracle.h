// The oracle of fraud detection. From the input it knows which transactions must be decided, and which confirmations
// counted; from the seed what the model and the score service say. What it cannot know is how transactions,
// confirmations and expiries interleave at an account or a merchant: that it reads from the witnesses. It demands
//
//   - exactly one decision for each transaction, about what was offered, with the score the model has for its features;
//   - an alert exactly if that score is above the threshold;
//   - that all outputs that tell of units of one counter or merchant are a gapless chain, each unit linked to the one
//     before, and that the state replayed along it is the one that each of them saw: the count, the score;
//   - that each confirmation is counted once, in the order offered, and taken back once, never early;
//   - that a score is asked for only when none is live, by one call at a time; that it is the one the service gives;
//   that
//     an outcome is unknown only after a disturbance.
//
// Which confirmations must have been taken back depends on how long the run was: those that were due well before the
// latest time that any output shows, and at rest (CheckState) all but those due long after it.
//
// It shares the messages and the input with the system, and no code with the functions. Its memory grows with accounts,
// merchants, and what is under way, confirmations not yet taken back among them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "workloads/fraud-detection/application.h"
#include "workloads/oracles/oracle.h"
#include "workloads/oracles/outstanding.h"
#include "workloads/oracles/seen_marks.h"
#include "workloads/oracles/unit_order.h"

namespace holdfast::fraud_detection {

// What an output tells of a unit of a counter or a merchant.
struct Told {
  Deed deed = Deed::kQueried;
  std::uint64_t first = 0;  // The two numbers of its link.
  std::uint64_t second = 0;
  Witness witness;         // After the unit.
  std::int64_t value = 0;  // The count or score that it saw, or left.
  Witness answered{};      // Of a query at a merchant: after the unit that answered it.
};

class FraudOracle final : public Oracle {
 public:
  // `application` gives the numbers of egresses and states.
  FraudOracle(std::shared_ptr<const Application> application, FraudInput input);

  void Offered(PartitionId partition, std::uint64_t end) override;
  void See(const EgressRecord& record) override;
  void Disturbed() override { disturbed_ = true; }
  void ClocksDisagree() override { clocks_disagree_ = true; }
  void Finish() override;
  // Demands that managers and models left nothing, that counters and merchants hold what their chains say, and that no
  // confirmation counts that was due.
  void CheckState(const ForEachAddress& for_each) override;

  Ledger ledger() const override;
  const Findings& findings() const override { return findings_; }

 private:
  // A transaction whose outputs are not complete.
  struct Run {
    bool decided = false;
    bool alerted = false;
    std::int64_t score = 0;  // As the first of the two says.
  };
  // A confirmation that counts, or will.
  struct Confirmed {
    bool counted = false;
    bool expired = false;
    std::int64_t due = 0;  // As the first of the two says.
  };
  struct Partition {
    Outstanding<Run> runs;  // One of the two is in use.
    Outstanding<Confirmed> confirmed;
    SeenMarks first;   // Decisions, or confirmations counted.
    SeenMarks second;  // Alerts, or confirmations taken back.
    std::uint64_t end() const { return runs.end() + confirmed.end(); }
  };
  struct Account {
    std::int64_t count = 0;
    std::uint64_t next = 0;   // One past the offset of the latest confirmation.
    std::uint64_t shown = 0;  // The latest version that was told of by its own output.
  };
  struct WaitingQuery {
    Place transaction;
    std::int64_t score = 0;
    Witness answered;
  };
  struct Shop {
    std::int64_t score = 0;
    std::int64_t expiry = 0;  // Of the score; there is one if it is not over.
    std::uint64_t calls = 0;
    std::uint64_t attempt = 0;  // Of the latest call, if it is under way.
    bool under_way = false;
    std::uint64_t shown = 0;
    std::vector<WaitingQuery> waiting{};
    bool Live(std::int64_t at) const { return expiry > at; }
  };

  // oracle.cc: every record once, and none too many.
  void SeeDecision(const EgressRecord& record);
  void SeeAlert(const EgressRecord& record);
  void SeeCount(const EgressRecord& record);
  void SeeOutcome(const EgressRecord& record);
  void SeeOther(const EgressRecord& record);
  bool Offers(const Place& place, bool transactions) const;
  bool IsFirst(SeenMarks& marks, const Place& place, std::string_view what, const EgressRecord& record);
  void CheckDecision(const Decision& decision, std::string_view key);
  void CheckCount(const CountChange& change, std::string_view key);
  void Decide(const Decision& decision);
  void CloseRun(const Place& place, const Run& run);
  void CountOrExpire(const CountChange& change);

  // oracle_units.cc: the chains, and what each unit must have seen.
  void TellCounter(std::uint64_t account, const Told& told);
  void TellMerchant(std::uint64_t merchant, const Told& told);
  void FinishUnits();
  void ReplayCounter(std::uint64_t account, const Told& told);
  void ReplayMerchant(std::uint64_t merchant, const Told& told);
  void ReplayQuery(std::uint64_t merchant, const Told& told, bool linked);
  void ReplayOutcome(std::uint64_t merchant, const Told& told, bool linked);
  bool Links(const std::string& id, const Witness& before, const Told& told);

  template <class MakeSentence>
  void Blame(Damage damage, const MakeSentence& make_sentence) {
    findings_.Add(damage, make_sentence);
  }

  const std::shared_ptr<const Application> application_;
  const FraudInput input_;
  const EgressId decisions_;
  const EgressId alerts_;
  const EgressId counts_;
  const EgressId calls_;
  std::vector<Partition> partitions_;
  std::vector<Account> accounts_;
  std::vector<Shop> merchants_;
  UnitOrder<Told> counter_units_;
  UnitOrder<Told> merchant_units_;
  bool disturbed_ = false;
  bool clocks_disagree_ = false;
  std::int64_t latest_ = 0;  // The latest application time seen.
  std::uint64_t expected_ = 0;
  std::uint64_t seen_ = 0;
  Findings findings_;
};

}  // namespace holdfast::fraud_detection
