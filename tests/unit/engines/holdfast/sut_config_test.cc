#include "engines/holdfast/sut_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast {
namespace {

using testing::HasSubstr;

SutConfig Example() {
  return {.gateway = "/tmp/a \"b\"/gateway-2.sock",
          .incarnation = Incarnation(2),
          .data = "/tmp/a/data",
          .seed = 42,
          .point = {{"workload", "greeter"},
                    {"workload.keys", "10"},
                    {"protocol", "unaligned"},
                    {"protocol.interval", "1s"},
                    {"protocol.retained", "2"},
                    {"state", "heap"}}};
}

TEST(SutConfigTest, ComesBackAsItWasWritten) {
  const auto config = ParseSutConfig(SutConfigText(Example()), "sut.yaml").value();
  EXPECT_EQ(config.gateway, Example().gateway);
  EXPECT_EQ(config.incarnation, Incarnation(2));
  EXPECT_EQ(config.data, "/tmp/a/data");
  EXPECT_EQ(config.seed, 42u);
  EXPECT_EQ(config.point, Example().point);
  EXPECT_EQ(config.kill_switch, "");
  auto switched = Example();
  switched.kill_switch = "/tmp/a/switch";
  EXPECT_EQ(ParseSutConfig(SutConfigText(switched), "sut.yaml")->kill_switch, "/tmp/a/switch");
}

TEST(SutConfigTest, ThePointBecomesTheDefaultsOfASuite) {
  const auto suite = PointAsSuite(Example());
  EXPECT_EQ(suite.Find("seed")->value(), "42");
  const auto* defaults = suite.Find("defaults");
  ASSERT_NE(defaults, nullptr);
  ASSERT_EQ(defaults->entries().size(), 3u);
  EXPECT_EQ(defaults->Find("protocol")->Find("name")->value(), "unaligned");
  EXPECT_EQ(defaults->Find("protocol")->Find("retained")->value(), "2");
  EXPECT_EQ(defaults->Find("state")->Find("name")->value(), "heap");
}

TEST(SutConfigTest, WhatIsMissingOrUnknownIsNamed) {
  EXPECT_THAT(ParseSutConfig("gateway: a\n", "sut.yaml").error().message, HasSubstr("needs 'incarnation'"));
  EXPECT_THAT(ParseSutConfig("gatevay: a\n", "sut.yaml").error().message, HasSubstr("gatevay"));
  EXPECT_THAT(ParseSutConfig("gateway: a\nincarnation: two\n", "sut.yaml").error().message, HasSubstr("not a number"));
}

}  // namespace
}  // namespace holdfast
