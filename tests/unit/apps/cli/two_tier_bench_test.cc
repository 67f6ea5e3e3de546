#include "apps/cli/two_tier_bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class TwoTierBenchTest : public testing::Test {
 protected:
  Result<Suite> Load(const std::string& rest) {
    const std::string path = folder_ / "suite.yaml";
    std::ofstream(path) << "suite: small\ndefaults:\n  workload: {name: greeter, keys: 100}\n" << rest;
    return LoadBenchSuite(parts_, path, {});
  }

  const Parts parts_ = AllParts();
  TemporaryFolder folder_;
};

TEST_F(TwoTierBenchTest, WhatIsTheRuntimesIsTakenFromItsPointsAndCollapsesItsAxes) {
  const auto suite = Load(R"(
matrix:
  engine: [holdfast, {name: two-tier, variant: naive}]
  protocol: [unaligned, message-logging]
)");
  ASSERT_TRUE(suite.ok()) << suite.error().message;
  std::vector<std::string> names;
  for (const auto& point : suite->points) names.push_back(point.name);
  EXPECT_THAT(names, ElementsAre("holdfast/unaligned", "holdfast/message-logging", "two-tier"));
  const auto& point = suite->points.back();
  EXPECT_TRUE(IsTwoTier(point));
  EXPECT_EQ(point.Find("protocol"), nullptr);
  EXPECT_EQ(point.Find("store"), nullptr);
  EXPECT_NE(point.Find("load"), nullptr);
  EXPECT_NE(suite->points.front().Find("protocol"), nullptr);
}

TEST_F(TwoTierBenchTest, EachVariantPromisesWhatItCanKeep) {
  const auto suite = Load("matrix:\n  engine: [{name: two-tier, variant: naive}, {name: two-tier}]\n").value();
  const auto naive = TwoTierGuarantee(suite.points.at(0));
  EXPECT_TRUE(naive.may_duplicate && naive.may_lose);
  EXPECT_FALSE(naive.exactly_once_state || naive.exactly_once_egress);
  const auto idempotent = TwoTierGuarantee(suite.points.at(1));
  EXPECT_TRUE(idempotent.exactly_once_state && idempotent.exactly_once_egress);
}

TEST_F(TwoTierBenchTest, AKillInTheMiddleOfADiskCallIsRefused) {
  const auto suite = Load(R"(
  engine: two-tier
  fault: [{at: 1s, when: {event: sync, site: log.block}, do: kill}]
)");
  ASSERT_FALSE(suite.ok());
  EXPECT_THAT(suite.error().message, HasSubstr("suite.yaml:6"));
}

TEST_F(TwoTierBenchTest, RepliesAreDroppedOfServicesOnly) {
  for (const auto* fault : {"drop-replies@1s..2s", "[{at: 1s, do: drop-replies}]"}) {
    const auto load = [&](std::string_view engine) {
      return Load(fmt::format("  engine: {}\n  fault: {}\n", engine, fault));
    };
    const auto services = load("two-tier");
    EXPECT_TRUE(services.ok()) << services.error().message;
    const auto runtime = load("holdfast");
    ASSERT_FALSE(runtime.ok());
    EXPECT_THAT(runtime.error().message, HasSubstr("suite.yaml:5: this engine has no services, whose replies"));
    EXPECT_THAT(runtime.error().message, HasSubstr("use engine two-tier, or leave drop-replies out"));
  }
}

TEST_F(TwoTierBenchTest, ATroubleOfAPortIsRefusedWhoeverItAimsAt) {
  for (const auto* trouble :
       {"do: slow-disk", "do: hold, target: worker 1, to: coordinator", "do: slow-sink, target: worker 0"}) {
    const auto suite = Load(fmt::format("  engine: two-tier\n  fault: [{{at: 1s, {}}}]\n", trouble));
    ASSERT_FALSE(suite.ok());
    EXPECT_THAT(suite.error().message, HasSubstr("suite.yaml:5: this engine has no ports that could be made to"));
  }
}

}  // namespace
}  // namespace holdfast
