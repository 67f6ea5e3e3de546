#include "apps/simulate/run_history.h"

namespace holdfast {
namespace {

// Between the run and its oracle.
class Witness final : public Oracle {
 public:
  Witness(std::unique_ptr<Oracle> oracle, CauseOfOutput cause, ElleHistory& history)
      : oracle_(std::move(oracle)), cause_(std::move(cause)), history_(history) {}
  void set_clock(const Clock& clock) {
    clock_ = &clock;
    begin_ = clock.Now();
  }

  void Offered(PartitionId partition, std::uint64_t end) override {
    offered_[partition].resize(end, Now());
    oracle_->Offered(partition, end);
  }
  void See(const EgressRecord& record) override {
    oracle_->See(record);
    const auto cause = cause_(record);
    if (!cause) return history_.See(record, Duration::zero(), Now());
    const auto& offered = offered_[cause->partition];
    if (cause->offset < offered.size()) history_.See(record, offered[cause->offset], Now());
  }
  void Disturbed() override { oracle_->Disturbed(); }
  void ClocksDisagree() override { oracle_->ClocksDisagree(); }
  void Booked(std::string_view entry) override { oracle_->Booked(entry); }
  void Finish() override { oracle_->Finish(); }
  void CheckState(const ForEachAddress& for_each) override { oracle_->CheckState(for_each); }
  Ledger ledger() const override { return oracle_->ledger(); }
  const Findings& findings() const override { return oracle_->findings(); }

 private:
  Duration Now() const { return clock_->Now() - begin_; }

  const std::unique_ptr<Oracle> oracle_;
  const CauseOfOutput cause_;
  ElleHistory& history_;
  const Clock* clock_ = nullptr;
  SteadyTime begin_;
  std::map<PartitionId, std::vector<Duration>> offered_;  // When, by offset.
};

}  // namespace

ElleHistory HistoryOf(const Parts& parts, const SimRun& run) {
  const auto workload = (*parts.workloads.Find(run.workload))->factory(run.workload_options, run.config.seed);
  workload.status().OrDie();
  ElleHistory history(workload->observe);
  auto made = MakeSimParts(parts, run);
  auto witness = std::make_unique<Witness>(std::move(made.oracle), workload->cause, history);
  made.lend_clock = [&to = *witness](const Clock& clock) { to.set_clock(clock); };
  made.oracle = std::move(witness);
  Simulate(run.config, run.faults, std::move(made));
  return history;
}

}  // namespace holdfast
