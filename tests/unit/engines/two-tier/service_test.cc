#include "engines/two-tier/service.h"

#include <gtest/gtest.h>

#include <set>

#include "engines/two-tier/ingress_client.h"

namespace holdfast::two_tier {
namespace {

TEST(ServiceTest, CountersSurviveTheWire) {
  const EngineCounters counters{.units = 1,
                                .durable_units = 2,
                                .messages_local = 3,
                                .messages_remote = 4,
                                .retries = 5,
                                .dead_letters = 18446744073709551615u};
  const auto text = EncodeCounters(counters);
  EXPECT_EQ(text, "1 2 3 4 5 18446744073709551615");
  EXPECT_EQ(EncodeCounters(DecodeCounters(text)), text);
  EXPECT_EQ(EncodeCounters(DecodeCounters("nonsense")), "0 0 0 0 0 0");
}

TEST(ServiceTest, EveryServiceOwnsAddressesAndAnAddressHasOneOwner) {
  std::set<int> owners;
  for (int i = 0; i < 100; ++i) {
    const auto id = fmt::format("user-{}", i);
    EXPECT_EQ(OwnerOf(id, 3), OwnerOf(id, 3));
    owners.insert(OwnerOf(id, 3));
  }
  EXPECT_EQ(owners, (std::set<int>{0, 1, 2}));
}

TEST(ServiceTest, RecordsOfTheIngressHaveIdsOfTheirOwn) {
  std::set<std::int64_t> ids;
  for (std::uint16_t partition : {0, 1, 1000}) {
    for (std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 40}) {
      const auto id = MessageIdOf(PartitionId(partition), offset);
      EXPECT_LT(id, 0) << "rows of the outbox have the others";
      EXPECT_TRUE(ids.insert(id).second);
    }
  }
}

}  // namespace
}  // namespace holdfast::two_tier
