// Conservation of walks. On every line,
//
//   a hop's walks of the records below the positions = those in its tally + those still to come by it,
//   the branches of a root that waits = the answers it has + its walks and answers on their way
//
// where a walk on its way is still to come by its receiver and by all hops behind it, and a record on its way by all.
// Walks are compared by number and by the digest of which they are. Nothing is on its way twice.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "workloads/chain/application.h"
#include "workloads/chain/messages.h"
#include "workloads/oracles/line_auditor.h"
#include "workloads/oracles/walked_input.h"

namespace holdfast::chain {

class ChainAuditor final : public LineAuditor {
 public:
  ChainAuditor(std::shared_ptr<const Application> application, std::shared_ptr<const ChainInput> input);

  void Position(PartitionId partition, std::uint64_t offset) override { walked_.MoveTo(partition, offset); }
  void Row(std::string_view function, std::string_view id, std::string_view record) override;
  void Message(const InTransit& message) override;
  void Judge(std::string_view line, Findings& findings) override;

 private:
  using Place = std::pair<std::uint32_t, std::uint64_t>;  // Of a record: partition and offset.
  struct Open {
    bool starting = false;       // The record itself is on its way.
    bool waits = false;          // Its root has a state,
    std::uint64_t answers = 0;   // and so many answers.
    std::uint64_t branches = 0;  // Walks and answers on their way.
  };

  // Adds `sign` times the steps of a branch from `first` on to `tallies`.
  void AddSteps(std::vector<Tally>& tallies, const Branch& branch, std::uint32_t first, int sign) const;
  void AddRecord(std::vector<Tally>& tallies, PartitionId partition, std::uint64_t offset, int sign) const;
  void TakeRoot(std::string_view id, std::string_view record);
  void TakeHop(std::string_view id, std::string_view record);
  void TakeStart(const EnvelopeView& message);
  void TakeWalk(const EnvelopeView& message);
  void TakeAnswer(const EnvelopeView& message);
  // The branch that a message names, noted as on its way; blames and gives nothing if there is no such branch.
  bool NoteBranch(std::uint32_t partition, std::uint64_t offset, std::uint32_t branch);
  void JudgeOpen(const Place& place, const Open& open);
  template <class MakeSentence>
  void Blame(const MakeSentence& make_sentence) {
    trouble_.push_back(make_sentence());
  }

  const std::shared_ptr<const Application> application_;
  const std::shared_ptr<const ChainInput> input_;
  const ValueTypeId start_type_;
  const ValueTypeId walk_type_;
  const ValueTypeId answer_type_;
  std::vector<Tally> due_;  // By hop: of all records in the line.
  WalkedInput walked_;
  std::vector<Tally> found_;  // By hop: in states, and still to come.
  std::map<Place, Open> open_;
  std::set<std::tuple<std::uint32_t, std::uint64_t, std::uint32_t>> branches_;  // On their way.
  std::vector<std::string> trouble_;
};

}  // namespace holdfast::chain
