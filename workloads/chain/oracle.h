// The chain oracle. All that happens follows from the seed: it walks the branches of every record itself, and so knows
// the one right outcome (how many answers, how many steps, the sum of the hashes along all ways), and for each hop how
// many walks came by and which.
//
// It shares the message definitions and the input, to which the routes belong, with the system, and no code with the
// functions.
#pragma once

#include <memory>
#include <vector>

#include "core/model/application.h"
#include "workloads/chain/application.h"
#include "workloads/chain/messages.h"
#include "workloads/oracles/oracle.h"
#include "workloads/oracles/outstanding.h"
#include "workloads/oracles/seen_marks.h"

namespace holdfast::chain {

class ChainOracle final : public Oracle {
 public:
  // `application` gives the numbers of egresses and states.
  ChainOracle(std::shared_ptr<const Application> application, std::shared_ptr<const ChainInput> input);

  void Offered(PartitionId partition, std::uint64_t end) override;
  void See(const EgressRecord& record) override;
  void Disturbed() override {}
  void ClocksDisagree() override {}
  void Finish() override;
  // Demands that every hop's tally is exact, and that no root is left.
  void CheckState(const ForEachAddress& for_each) override;

  Ledger ledger() const override;
  const Findings& findings() const override { return findings_; }

 private:
  struct Partition {
    std::uint64_t offered = 0;
    Outstanding<Join> due;
    SeenMarks marks;
  };

  // Makes the outcomes of the records below `end` due. Requires: they were offered.
  void WalkTo(PartitionId partition, std::uint64_t end);
  Join Walk(PartitionId partition, std::uint64_t offset);
  void SeeOutcome(const Outcome& outcome, const EgressRecord& record);
  void CheckTally(std::string_view id, std::string_view record, std::vector<bool>& found);
  void Wrong(std::string_view function, std::string_view id, std::string_view why);

  std::shared_ptr<const Application> application_;
  std::shared_ptr<const ChainInput> input_;
  EgressId outcomes_;
  std::vector<Partition> partitions_;
  std::vector<Tally> tallies_;  // By hop: of the records walked so far.
  std::uint64_t seen_ = 0;
  Findings findings_;
};

}  // namespace holdfast::chain
