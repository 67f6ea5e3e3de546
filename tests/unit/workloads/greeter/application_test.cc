#include "workloads/greeter/application.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "workloads/greeter/messages.h"

namespace holdfast::greeter {
namespace {

using testing::HasSubstr;

GreeterOptions Small() {
  GreeterOptions options;
  options.users = 10;
  options.users_per_address = 3;
  options.partitions = 3;
  options.padding_bytes = 16;
  return options;
}

TEST(GreeterApplicationTest, ImpossibleOptionsAreRefusedByName) {
  const auto message = [](auto change) {
    auto options = Small();
    change(options);
    return GreeterApplication(options).error().message;
  };
  EXPECT_THAT(message([](auto& o) { o.users = 0; }), HasSubstr("keys must be"));
  EXPECT_THAT(message([](auto& o) { o.partitions = 11; }), HasSubstr("at most 10 partitions"));
  EXPECT_THAT(message([](auto& o) { o.users_per_address = 0; }), HasSubstr("users-per-address"));
  EXPECT_THAT(message([](auto& o) { o.skew.theta = -1; }), HasSubstr("skew"));
}

TEST(GreeterInputTest, TheSamePlaceGivesTheSameRecord) {
  const GreeterInput input(7, Small());
  const GreeterInput again(7, Small());
  const GreeterInput other(8, Small());
  bool differs = false;
  for (std::uint64_t offset = 50; offset-- > 0;) {
    InputRecord a, b, c;
    input.Record(PartitionId(1), offset, a);
    again.Record(PartitionId(1), offset, b);
    other.Record(PartitionId(1), offset, c);
    EXPECT_EQ(a.value, b.value);
    EXPECT_EQ(a.key, b.key);
    differs |= a.key != c.key;
  }
  EXPECT_TRUE(differs);
}

TEST(GreeterInputTest, ARecordNamesItsPlaceUserAndAddress) {
  const GreeterInput input(7, Small());
  InputRecord record;
  input.Record(PartitionId(2), 5, record);
  Visit visit;
  ASSERT_TRUE(Codec<Visit>::Decode(record.value, visit));
  EXPECT_EQ(visit.partition, 2u);
  EXPECT_EQ(visit.offset, 5u);
  EXPECT_EQ(visit.user, record.key);
  EXPECT_EQ(visit.user, GreeterInput::UserId(input.UserAt(PartitionId(2), 5)));
  EXPECT_EQ(visit.address, GreeterInput::AddressId(input.AddressOf(input.UserAt(PartitionId(2), 5))));
  EXPECT_EQ(visit.note.size(), 16u);
}

TEST(GreeterInputTest, AUserVisitsThroughOnePartitionAndEveryUserVisits) {
  const GreeterInput input(7, Small());
  std::set<std::uint64_t> users;
  for (std::uint16_t p = 0; p < 3; ++p) {
    for (std::uint64_t offset = 0; offset < 200; ++offset) {
      const auto user = input.UserAt(PartitionId(p), offset);
      EXPECT_EQ(user % 3, p);
      users.insert(user);
    }
  }
  EXPECT_EQ(users.size(), 10u);
  EXPECT_EQ(*users.rbegin(), 9u);
}

TEST(GreeterInputTest, UsersShareAddresses) {
  const GreeterInput input(7, Small());
  std::map<std::uint64_t, int> users;
  for (std::uint64_t user = 0; user < 10; ++user) ++users[input.AddressOf(user)];
  EXPECT_EQ(users.size(), input.addresses());
  EXPECT_EQ(input.addresses(), 4u);
  for (const auto& [address, count] : users) EXPECT_LE(count, 3);
}

TEST(GreeterInputTest, SkewMakesTheFirstUserTheMostFrequent) {
  auto options = Small();
  options.skew.theta = 1.2;
  const GreeterInput input(7, options);
  std::map<std::uint64_t, int> visits;
  for (std::uint64_t offset = 0; offset < 1000; ++offset) ++visits[input.UserAt(PartitionId(0), offset)];
  EXPECT_GT(visits[0], 400);
  EXPECT_GT(visits[0], visits[3]);
  EXPECT_GT(visits[3], visits[9]);
}

}  // namespace
}  // namespace holdfast::greeter
