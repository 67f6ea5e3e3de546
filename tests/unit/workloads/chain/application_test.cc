#include "workloads/chain/application.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "core/model/envelope.h"
#include "workloads/chain/messages.h"

namespace holdfast::chain {
namespace {

using testing::HasSubstr;

ChainOptions Small() {
  ChainOptions options;
  options.routes.hops = 4;
  options.routes.fan_out = 3;
  options.routes.instances = 300;
  options.payload_bytes = 16;
  options.partitions = 2;
  return options;
}

// The hops of a branch in order.
std::vector<std::uint64_t> WayOf(const Routes& routes, const Branch& branch) {
  std::vector<std::uint64_t> way;
  routes.ForEachStep(branch, [&](std::uint32_t step, std::uint64_t hop) {
    EXPECT_EQ(step, way.size() + 1);
    way.push_back(hop);
  });
  return way;
}

KeyGroup GroupOf(const std::string& id) { return KeyGroupOf(id, kDefaultMaxParallelism); }

TEST(ChainApplicationTest, ImpossibleOptionsAreRefusedByName) {
  const auto message = [](auto change) {
    auto options = Small();
    change(options);
    return ChainApplication(options, 1).error().message;
  };
  EXPECT_THAT(message([](auto& o) { o.routes.hops = 0; }), HasSubstr("hops must be"));
  EXPECT_THAT(message([](auto& o) { o.routes.fan_out = 0; }), HasSubstr("fan-out must be"));
  EXPECT_THAT(message([](auto& o) { o.routes.instances = 0; }), HasSubstr("instances must be"));
  EXPECT_THAT(message([](auto& o) { o.partitions = 0; }), HasSubstr("partitions must be"));
  EXPECT_THAT(message([](auto& o) { o.routes.locality = 101; }), HasSubstr("locality"));
  EXPECT_THAT(message([](auto& o) { o.routes.skew.theta = -1; }), HasSubstr("skew"));
}

TEST(ChainInputTest, ARecordNamesItsPlaceAndItsRoot) {
  const ChainInput input(7, Small());
  InputRecord record;
  input.Record(PartitionId(1), 5, record);
  Start start;
  ASSERT_TRUE(Codec<Start>::Decode(record.value, start));
  EXPECT_EQ(start.partition, 1u);
  EXPECT_EQ(start.offset, 5u);
  EXPECT_EQ(record.key, "root-1-5");
  EXPECT_EQ(start.payload.size(), 16u);
  EXPECT_EQ(start.payload, ChainInput(7, Small()).PayloadAt(PartitionId(1), 5));
  EXPECT_NE(start.payload, ChainInput(8, Small()).PayloadAt(PartitionId(1), 5));
}

TEST(RoutesTest, EachBranchGoesItsOwnWayAndAlwaysTheSame) {
  const Routes routes(7, Small().routes);
  const Routes again(7, Small().routes);
  std::set<std::vector<std::uint64_t>> ways;
  for (std::uint64_t offset = 0; offset < 20; ++offset) {
    for (std::uint32_t branch = 0; branch < 3; ++branch) {
      for (std::uint16_t p = 0; p < 2; ++p) {
        const auto way = WayOf(routes, {PartitionId(p), offset, branch});
        EXPECT_EQ(way.size(), 4u);
        EXPECT_EQ(way, WayOf(again, {PartitionId(p), offset, branch}));
        ways.insert(way);
      }
    }
  }
  EXPECT_EQ(ways.size(), 120u);
}

TEST(RoutesTest, WithoutLocalityWalksComeByAllHopsAlike) {
  const Routes routes(7, Small().routes);
  std::map<std::uint64_t, int> visits;
  for (std::uint64_t offset = 0; offset < 3000; ++offset) {
    for (const auto hop : WayOf(routes, {PartitionId(0), offset, 0})) ++visits[hop];
  }
  EXPECT_EQ(visits.size(), 300u);
  for (const auto& [hop, count] : visits) EXPECT_LT(count, 90) << hop;
}

TEST(RoutesTest, FullLocalityStaysInTheKeyGroupOfTheRoot) {
  auto options = Small().routes;
  options.locality = 100;
  options.instances = 5000;  // No group is without a hop.
  const Routes routes(7, options);
  std::set<std::uint64_t> hops;
  for (std::uint64_t offset = 0; offset < 50; ++offset) {
    const auto group = GroupOf(Routes::RootId(PartitionId(0), offset));
    for (const auto hop : WayOf(routes, {PartitionId(0), offset, 0})) {
      EXPECT_EQ(GroupOf(Routes::HopId(hop)), group);
      hops.insert(hop);
    }
  }
  EXPECT_GT(hops.size(), 100u);
}

TEST(RoutesTest, NearMayBeTheSameInstance) {
  auto options = Small().routes;
  options.locality = 50;
  options.near_is_same_instance = true;
  const Routes routes(7, options);
  int stayed = 0;
  for (std::uint64_t offset = 0; offset < 1000; ++offset) {
    const auto way = WayOf(routes, {PartitionId(0), offset, 0});
    for (std::size_t i = 1; i < way.size(); ++i) stayed += way[i] == way[i - 1];
  }
  EXPECT_NEAR(stayed, 1500, 120);
}

TEST(RoutesTest, SkewMakesTheFirstHopTheMostFrequent) {
  auto options = Small().routes;
  options.skew.theta = 1.2;
  const Routes routes(7, options);
  std::map<std::uint64_t, int> visits;
  for (std::uint64_t offset = 0; offset < 1000; ++offset) {
    for (const auto hop : WayOf(routes, {PartitionId(0), offset, 0})) ++visits[hop];
  }
  EXPECT_GT(visits[0], 600);
  EXPECT_GT(visits[0], visits[3]);
}

}  // namespace
}  // namespace holdfast::chain
