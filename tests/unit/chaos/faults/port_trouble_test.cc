#include "chaos/faults/port_trouble.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chaos/faults/faulty_disk.h"
#include "chaos/simulation/disk/sim_disk.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(PortTroubleNameTest, EveryNameReadsBack) {
  for (std::size_t i = 0; i < kPortTroubles; ++i) {
    const auto trouble = static_cast<PortTrouble>(i);
    EXPECT_EQ(PortTroubleNamed(PortTroubleName(trouble)), trouble);
  }
  EXPECT_EQ(PortTroubleNamed("slow-sink"), std::nullopt);
}

class TroublePageTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  const std::string path_ = folder_ / "troubles";
  TroublePage ours_ = TroublePage::Create(path_).value();
  TroublePage theirs_ = TroublePage::Open(path_).value();
};

TEST_F(TroublePageTest, ADiskFailsAsLongAsItsTroubleHoldsAndTellsThatItMetIt) {
  SimDisk real;
  Duration slept{};
  FaultInjector faults(
      1, [&](Duration time) { slept += time; }, theirs_.OfDisk());
  FaultyDisk disk(real, faults);
  int files = 0;
  const auto create = [&] { return disk.Create(fmt::format("file-{}", ++files)).status(); };
  EXPECT_TRUE(create().ok());
  ours_.Begin(PortTrouble::kDiskErrors, {.chance = 1});
  EXPECT_EQ(create().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(ours_.met(PortTrouble::kDiskErrors), 1u);
  ours_.End(PortTrouble::kDiskErrors);
  ours_.Begin(PortTrouble::kDiskFull, {.chance = 1});
  EXPECT_EQ(create().error().code, ErrorCode::kExhausted);
  EXPECT_TRUE(disk.List("").ok());
  EXPECT_EQ(ours_.met(PortTrouble::kDiskFull), 1u) << "reading does not meet it";
  ours_.End(PortTrouble::kDiskFull);
  ours_.Begin(PortTrouble::kSlowDisk, {.by = 3ms});
  EXPECT_TRUE(create().ok());
  EXPECT_EQ(slept, 3ms);
  ours_.End(PortTrouble::kSlowDisk);
  EXPECT_TRUE(create().ok());
  EXPECT_EQ(slept, 3ms);
}

TEST_F(TroublePageTest, TroublesThatHoldTogetherShareTheCalls) {
  FaultInjector faults(
      1, [](Duration) {}, theirs_.OfDisk());
  ours_.Begin(PortTrouble::kDiskErrors, {.chance = 0.7});
  ours_.Begin(PortTrouble::kSlowDisk, {.chance = 1, .by = 1ms});
  for (int i = 0; i < 1000; ++i) EXPECT_NE(faults.Next(true), Fault::kNone);
  EXPECT_NEAR(static_cast<double>(ours_.met(PortTrouble::kDiskErrors)), 700, 60);
}

TEST_F(TroublePageTest, FunctionsHaveTheirOwn) {
  FaultInjector faults(
      1, [](Duration) {}, theirs_.OfFunctions());
  ours_.Begin(PortTrouble::kDiskErrors, {.chance = 1});
  EXPECT_EQ(faults.Next(false), Fault::kNone);
  ours_.Begin(PortTrouble::kWrongReplies, {.chance = 1});
  EXPECT_EQ(faults.Next(false), Fault::kWrongReply);
  EXPECT_EQ(TroubleOfFunctions(Fault::kLoseAnswer), PortTrouble::kFunctionErrors);
  EXPECT_EQ(TroubleOfFunctions(Fault::kSlow), PortTrouble::kSlowFunctions);
}

class SteadfastClock final : public Clock {
 public:
  SteadyTime Now() const override { return {7}; }
  AppTime AppNow() const override { return {1'000}; }
};

TEST_F(TroublePageTest, AClockThatIsSetStaysSoAlsoForTheNextProcess) {
  const SteadfastClock real;
  const TroubledClock clock(real, theirs_);
  EXPECT_EQ(clock.AppNow(), AppTime{1'000});
  ours_.Begin(PortTrouble::kClockForward, {.by = 50ms});
  EXPECT_EQ(clock.AppNow(), AppTime{1'050});
  EXPECT_EQ(clock.AppNow(), AppTime{1'050});
  EXPECT_EQ(ours_.met(PortTrouble::kClockForward), 1u);
  ours_.Begin(PortTrouble::kClockBack, {.by = 70ms});
  EXPECT_EQ(clock.AppNow(), AppTime{980});
  EXPECT_EQ(ours_.met(PortTrouble::kClockBack), 1u);
  EXPECT_EQ(clock.Now(), SteadyTime{7});
  auto next = TroublePage::Open(path_).value();
  EXPECT_EQ(TroubledClock(real, next).AppNow(), AppTime{980});
}

TEST_F(TroublePageTest, AFileThatIsNoPageIsRefused) {
  EXPECT_THAT(TroublePage::Open(folder_ / "none").status().error().message, HasSubstr("as a page of troubles"));
  EXPECT_THAT(TroublePage::Create(path_).status().error().message, HasSubstr("File exists"));
}

}  // namespace
}  // namespace holdfast
