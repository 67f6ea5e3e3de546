// The oracle of fraud detection with a bandit. From the input it knows which transactions must be decided, which labels
// taught and which versions published; from the seed what models say and what a classifier draws. How messages
// interleave at an instance it reads from the witnesses. It demands
//
//   - exactly one decision for each transaction, about what was offered, by a model of the arm and the account, with
//   the
//     score of exactly these features and this version;
//   - one lesson and one change of a rate for each transaction with a label: of the arm that decided it, with the
//   reward
//     that its score deserves, later than the choice;
//   - one swap for each publication, each instance of a model in the order offered;
//   - that all outputs that tell of units of one account, merchant, classifier or model are a gapless chain, each unit
//     linked to the one before, and that the state replayed along it is the one that each of them saw: the features,
//     the arm that the bandit must choose, what is known of it, the version of the model.
//
// It shares the messages and the input with the system, and no code with the functions. Its memory grows with accounts,
// merchants, models, and what is outstanding.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "workloads/fraud-bandit/application.h"
#include "workloads/oracles/oracle.h"
#include "workloads/oracles/outstanding.h"
#include "workloads/oracles/seen_marks.h"
#include "workloads/oracles/unit_order.h"

namespace holdfast::fraud_bandit {

// What an output tells of a unit. What is in use depends on the deed.
struct Told {
  Deed deed = Deed::kSpent;
  Place place;
  Witness witness;           // After the unit.
  std::int64_t amount = 0;   // Of the transaction.
  Habits habits{};           // What an account saw.
  std::int64_t rate = 0;     // What a merchant saw,
  bool fraud = false;        // or learned,
  Labels labels{};           // and left.
  std::uint32_t arm = 0;     // What a classifier chose or learned from,
  std::uint32_t reward = 0;  // how much,
  Arm left{};                // and what it then knew of the arm.
  std::int64_t version = 0;  // Of a model: what it scored with, or has become.
};

class BanditOracle final : public Oracle {
 public:
  // `application` gives the numbers of egresses and states.
  BanditOracle(std::shared_ptr<const Application> application, BanditInput input);

  void Offered(PartitionId partition, std::uint64_t end) override;
  void See(const EgressRecord& record) override;
  void Disturbed() override {}
  void ClocksDisagree() override {}
  void Finish() override;
  // Demands that managers wait for nothing but the label of a transaction, or the transaction of a label, that was not
  // offered, and that all others hold what their chains say.
  void CheckState(const ForEachAddress& for_each) override;

  Ledger ledger() const override;
  const Findings& findings() const override { return findings_; }

 private:
  // What must become visible. The first three go by the transaction, the last by the publication.
  enum Kind : std::size_t { kDecision, kLesson, kRateChange, kSwap, kKinds };
  struct Owed {
    struct Nothing {};
    Outstanding<Nothing> open;
    SeenMarks seen;
  };
  struct Partition {
    std::uint64_t end = 0;
    std::array<Owed, kKinds> owed;
  };
  // Instances of a function type: their units in order, their states after these.
  template <class State>
  struct Instances {
    Instances(std::string_view prefix, std::size_t count)
        : id_prefix(prefix), units(count), states(count), shown(count), lost(count) {}
    std::string IdOf(std::uint64_t number) const { return fmt::format("{}{}", id_prefix, number); }

    std::string_view id_prefix;
    UnitOrder<Told> units;
    std::vector<State> states;
    std::vector<std::uint64_t> shown;  // The latest version that was told of by an output of its own.
    std::vector<bool> lost;            // A chain that broke: what the state is nobody knows.
  };
  // What decision and lesson of a transaction must agree in; kept from the first of the two to the second.
  struct Half {
    std::uint32_t arm = 0;
    std::uint32_t reward = 0;
    std::uint64_t version = 0;  // Of the classifier.
  };

  // oracle.cc: every record once, and none too many.
  void SeeDecision(const EgressRecord& record);
  void SeeLesson(const EgressRecord& record);
  void SeeRateChange(const EgressRecord& record);
  void SeeSwap(const EgressRecord& record);
  bool IsFirst(Kind kind, const Place& place, const EgressRecord& record);
  void Owe(std::size_t partition, Kind kind, std::uint64_t end);
  void SettleLabels();
  void CheckScore(const Decision& decision);
  void MustBe(bool fits, Kind kind, const Place& place, std::string_view key);
  void Join(const Place& place, const Half& half, bool lesson);

  // oracle_units.cc: the chains, and what each unit must have seen.
  template <class State>
  void Tell(Instances<State>& instances, std::uint64_t number, const Told& told);
  template <class State>
  void FinishUnits(Instances<State>& instances);
  template <class State>
  void TakeTurn(Instances<State>& instances, std::uint64_t number, const Told& told);
  void FinishUnits();
  // What is wrong with the unit, by the state that the one `before` left, which becomes the one after it; empty if
  // nothing is.
  struct Turn {
    std::uint64_t number;  // Of the instance.
    const Witness& before;
    const Told& told;
  };
  std::string Replay(Amounts& known, const Turn& turn) const;
  std::string Replay(Labels& known, const Turn& turn) const;
  std::string Replay(Arms& known, const Turn& turn) const;
  std::string Replay(std::int64_t& version, const Turn& turn) const;

  // oracle_state.cc: managers.
  std::optional<Place> CheckManager(std::string_view id, std::string_view record);
  void CheckWaiting(const std::set<Place>& waiting);

  template <class MakeSentence>
  void Blame(Damage damage, const MakeSentence& make_sentence) {
    findings_.Add(damage, make_sentence);
  }

  const std::shared_ptr<const Application> application_;
  const BanditInput input_;
  std::array<EgressId, kKinds> egresses_;
  std::vector<Partition> partitions_;
  Instances<Amounts> accounts_;
  Instances<Labels> merchants_;
  Instances<Arms> classifiers_;
  Instances<std::int64_t> models_;
  std::map<Place, Half> halves_;
  std::uint64_t expected_ = 0;
  std::uint64_t seen_ = 0;
  Findings findings_;
};

}  // namespace holdfast::fraud_bandit
