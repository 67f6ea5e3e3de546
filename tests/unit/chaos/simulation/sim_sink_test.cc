#include "chaos/simulation/sim_sink.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

using namespace std::chrono_literals;

class CountingOracle final : public Oracle {
 public:
  void Offered(PartitionId, std::uint64_t) override {}
  void See(const EgressRecord& record) override { seen += record.value; }
  void Disturbed() override {}
  void ClocksDisagree() override {}
  void Finish() override {}
  void CheckState(const ForEachAddress&) override {}
  Ledger ledger() const override { return {}; }
  const Findings& findings() const override { return findings_; }
  std::string seen;

 private:
  Findings findings_;
};

class SimSinkTest : public testing::Test {
 protected:
  static std::string Record(std::string_view value) {
    std::string record;
    AppendEgressRecord(record, {EgressId(1), ValueTypeId(2), "key", value});
    return record;
  }
  // Over a connection that is new for each call.
  Status Commit(WorkerId worker, std::uint64_t position) {
    bool broken = false;
    return sink_.Carry(worker, broken, [&] { return sink_.Commit(worker, {}, position, Record("x")); });
  }

  static constexpr int kCalls = 400;
  SimScheduler scheduler_;
  CountingOracle oracle_;
  SimSink sink_{scheduler_, oracle_, 2, Random(7)};
};

TEST_F(SimSinkTest, WithoutFaultsEveryCallIsCarriedOutAtOnce) {
  for (std::uint64_t i = 1; i <= kCalls; ++i) EXPECT_TRUE(Commit(WorkerId(0), i).ok());
  EXPECT_EQ(oracle_.seen.size(), kCalls);
  EXPECT_EQ(sink_.Delay(WorkerId(0)), 0ns);
}

TEST_F(SimSinkTest, HalfOfTheCallsThatBreakWereCarriedOut) {
  const SimFault fault{.verb = SimFaultVerb::kSinkErrors, .chance = 1};
  sink_.Begin(fault);
  for (std::uint64_t i = 1; i <= kCalls; ++i) EXPECT_EQ(Commit(WorkerId(0), i).error().code, ErrorCode::kUnavailable);
  EXPECT_NEAR(static_cast<double>(oracle_.seen.size()) / kCalls, 0.5, 0.1);
  EXPECT_EQ(sink_.probes().count(SimProbe::kSinkAnswerLost), oracle_.seen.size());
  sink_.End(fault);
  EXPECT_TRUE(Commit(WorkerId(0), kCalls + 1).ok());
}

TEST_F(SimSinkTest, OnABrokenConnectionEveryCallFailsAndNoneIsCarriedOut) {
  bool broken = true;
  const auto call = [&]() -> Status {
    ADD_FAILURE() << "it was carried out";
    return {};
  };
  EXPECT_EQ(sink_.Carry(WorkerId(0), broken, call).error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(broken);
}

TEST_F(SimSinkTest, AFaultOfOneWorkersConnectionIsNotTheOthers) {
  const SimFault fault{.verb = SimFaultVerb::kSinkErrors, .target = {SimFaultRole::kWorker, WorkerId(1)}, .chance = 1};
  const SimFault slow{.verb = SimFaultVerb::kSlowSink, .target = {SimFaultRole::kWorker, WorkerId(1)}, .by = 3ms};
  sink_.Begin(fault);
  sink_.Begin(slow);
  EXPECT_TRUE(Commit(WorkerId(0), 1).ok());
  EXPECT_FALSE(Commit(WorkerId(1), 1).ok());
  EXPECT_EQ(sink_.Delay(WorkerId(0)), 0ns);
  Duration longest{0};
  for (int i = 0; i < kCalls; ++i) longest = std::max(longest, sink_.Delay(WorkerId(1)));
  EXPECT_GT(longest, 2ms);
  EXPECT_LE(longest, 3ms);
}

}  // namespace
}  // namespace holdfast
