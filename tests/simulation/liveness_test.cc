// After the last fault everything must finish. A run that does not says whether something goes on for ever or whether
// nothing is left that could bring what is missing, and what everybody waits for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

SimRun CalmRun() {
  auto run = DrawSimRun(TestParts(), "greeter", "unaligned", 1);
  run.config.workers = 2;
  run.config.interval = std::chrono::milliseconds(100);
  run.config.timeout = std::chrono::milliseconds(40);
  run.faults.clear();
  return run;
}

TEST(LivenessTest, ACalmRunFinishesWithoutComplaint) {
  const auto report = RunSimRun(TestParts(), CalmRun());
  EXPECT_EQ(report.failure, SimFailure::kNone) << report.violation;
  EXPECT_EQ(report.violation, "");
}

TEST(LivenessTest, WhatGoesOnForEverIsStuckAndSaysWhatEverybodyWaitsFor) {
  auto run = CalmRun();
  run.config.interval = std::chrono::hours(1);  // No snapshot begins, so no held output is released.
  const auto report = RunSimRun(TestParts(), run);
  EXPECT_EQ(report.failure, SimFailure::kStuck);
  EXPECT_THAT(report.violation, HasSubstr("stuck: not finished 20s after the last fault"));
  EXPECT_THAT(report.violation, HasSubstr("\n  coordinator: world-line"));
  EXPECT_THAT(report.violation, HasSubstr("\n  worker 1 running"));
  EXPECT_GT(report.virtual_time, std::chrono::seconds(20));
}

TEST(LivenessTest, TheTimeToFinishBeginsWhenTheLastFaultIsOver) {
  auto run = CalmRun();
  run.faults = {{.at = std::chrono::milliseconds(1), .target = {SimFaultRole::kWorker, WorkerId(0)}}};
  run.faults[0].restart_after = std::chrono::seconds(25);
  const auto report = RunSimRun(TestParts(), run);
  EXPECT_EQ(report.failure, SimFailure::kNone) << report.violation;
  EXPECT_GT(report.virtual_time, std::chrono::seconds(25));
}

TEST(LivenessTest, WhoHasNotBegunIsNotLost) {
  auto run = CalmRun();
  run.config.records = 7;  // All offered before any worker has taken one.
  run.config.record_gap = Duration(1);
  const auto report = RunSimRun(TestParts(), run);
  EXPECT_EQ(report.failure, SimFailure::kNone) << report.violation;
}

// Waits for one record more than any run shows.
class GreedyOracle final : public Oracle {
 public:
  explicit GreedyOracle(std::unique_ptr<Oracle> oracle) : oracle_(std::move(oracle)) {}
  void Offered(PartitionId partition, std::uint64_t end) override { oracle_->Offered(partition, end); }
  void See(const EgressRecord& record) override { oracle_->See(record); }
  void Disturbed() override { oracle_->Disturbed(); }
  void ClocksDisagree() override { oracle_->ClocksDisagree(); }
  void Finish() override { oracle_->Finish(); }
  void CheckState(const ForEachAddress& for_each) override { oracle_->CheckState(for_each); }
  Ledger ledger() const override {
    auto ledger = oracle_->ledger();
    ++ledger.expected;
    return ledger;
  }
  const Findings& findings() const override { return oracle_->findings(); }

 private:
  std::unique_ptr<Oracle> oracle_;
};

TEST(LivenessTest, WhatNothingUnderWayCanBringIsLostAndNotWaitedForLong) {
  const auto run = CalmRun();
  auto parts = MakeSimParts(TestParts(), run);
  parts.oracle = std::make_unique<GreedyOracle>(std::move(parts.oracle));
  const auto report = Simulate(run.config, {}, std::move(parts));
  EXPECT_EQ(report.failure, SimFailure::kLost);
  EXPECT_THAT(report.violation, HasSubstr("lost: everything is at rest, and not all is seen: "));
  EXPECT_LT(report.virtual_time, std::chrono::seconds(5));
}

}  // namespace
}  // namespace holdfast
