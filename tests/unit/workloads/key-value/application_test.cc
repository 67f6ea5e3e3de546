#include "workloads/key-value/application.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace holdfast::key_value {
namespace {

using testing::HasSubstr;

KeyValueOptions Small() {
  KeyValueOptions options;
  options.keys = 10;
  options.partitions = 3;
  options.value_bytes = 20;
  options.mix = {.read = 50, .update = 25, .modify = 5, .insert = 20};
  options.distribution = Distribution::kUniform;
  return options;
}

TEST(KeyValueApplicationTest, ImpossibleOptionsAreRefusedByName) {
  const auto message = [](auto change) {
    auto options = Small();
    change(options);
    return KeyValueApplication(options).error().message;
  };
  EXPECT_THAT(message([](auto& o) { o.keys = 0; }), HasSubstr("keys must be"));
  EXPECT_THAT(message([](auto& o) { o.partitions = 11; }), HasSubstr("use at most 10 partitions"));
  EXPECT_THAT(message([](auto& o) { o.value_bytes = 15; }), HasSubstr("value-size must be at least 16B"));
  EXPECT_THAT(message([](auto& o) { o.theta = 0; }), HasSubstr("zipf-theta"));
  EXPECT_THAT(message([](auto& o) { o.mix.read = 51; }), HasSubstr("51 + 25 + 5 + 20 = 101 percent"));
}

TEST(KeyValueInputTest, TheSamePlaceGivesTheSameRecord) {
  const KeyValueInput input(7, Small());
  const KeyValueInput again(7, Small());
  const KeyValueInput other(8, Small());
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

TEST(KeyValueInputTest, ARecordNamesItsPlaceVerbAndKey) {
  const KeyValueInput input(7, Small());
  for (std::uint64_t offset = 0; offset < 50; ++offset) {
    InputRecord record;
    input.Record(PartitionId(2), offset, record);
    Request request;
    ASSERT_TRUE(Codec<Request>::Decode(record.value, request));
    const auto [verb, key] = input.At(PartitionId(2), offset);
    EXPECT_EQ(request.partition, 2u);
    EXPECT_EQ(request.offset, offset);
    EXPECT_EQ(request.verb, static_cast<std::uint32_t>(verb));
    EXPECT_EQ(record.key, KeyValueInput::KeyId(key));
    EXPECT_EQ(request.value, verb == Verb::kRead ? "" : input.ValueAt(PartitionId(2), offset));
    EXPECT_EQ(request.value.size(), verb == Verb::kRead ? 0u : 20u);
  }
}

TEST(KeyValueInputTest, VerbsComeInTheProportionsOfTheMix) {
  const KeyValueInput input(7, Small());
  std::map<Verb, int> count;
  for (std::uint64_t offset = 0; offset < 10'000; ++offset) ++count[input.At(PartitionId(0), offset).verb];
  EXPECT_EQ(count[Verb::kInsert], 2000);
  EXPECT_NEAR(count[Verb::kRead], 5000, 200);
  EXPECT_NEAR(count[Verb::kUpdate], 2500, 200);
  EXPECT_NEAR(count[Verb::kModify], 500, 100);
}

// Among all partitions the keys are 0, 1, 2, ... without a gap, and each is asked through one partition.
TEST(KeyValueInputTest, OnlyKeysThatWereInsertedAreAskedFor) {
  for (const auto distribution : {Distribution::kUniform, Distribution::kZipf, Distribution::kLatest}) {
    auto options = Small();
    options.distribution = distribution;
    const KeyValueInput input(7, options);
    for (std::uint16_t p = 0; p < 3; ++p) {
      std::uint64_t next = p == 0 ? 12 : 9 + p;  // Of ten keys 0, 3, 6 and 9 belong to partition 0.
      for (std::uint64_t offset = 0; offset < 500; ++offset) {
        const auto [verb, key] = input.At(PartitionId(p), offset);
        EXPECT_EQ(key % 3, p);
        if (verb != Verb::kInsert) {
          EXPECT_LT(key, next);
          continue;
        }
        EXPECT_EQ(key, next);
        next += 3;
      }
    }
  }
}

TEST(KeyValueInputTest, PreloadInsertsEveryKeyFirst) {
  auto options = Small();
  options.preload = true;
  const KeyValueInput input(7, options);
  const KeyValueInput without(7, Small());
  std::set<std::uint64_t> keys;
  for (std::uint16_t p = 0; p < 3; ++p) {
    const std::uint64_t own = p == 0 ? 4 : 3;
    for (std::uint64_t offset = 0; offset < own; ++offset) {
      EXPECT_EQ(input.At(PartitionId(p), offset).verb, Verb::kInsert);
      keys.insert(input.At(PartitionId(p), offset).key);
    }
    for (std::uint64_t offset = 0; offset < 50; ++offset) {
      EXPECT_EQ(input.At(PartitionId(p), own + offset).key, without.At(PartitionId(p), offset).key);
    }
  }
  EXPECT_EQ(keys.size(), 10u);
  EXPECT_EQ(*keys.rbegin(), 9u);
}

TEST(KeyValueInputTest, LatestPrefersTheKeysInsertedLastAndZipfTheFirst) {
  auto options = Small();
  options.keys = 100;
  options.partitions = 1;
  options.theta = 1.2;
  options.distribution = Distribution::kLatest;
  const KeyValueInput latest(7, options);
  int newest = 0;
  std::uint64_t end = 100;
  for (std::uint64_t offset = 0; offset < 1000; ++offset) {
    const auto [verb, key] = latest.At(PartitionId(0), offset);
    if (verb == Verb::kInsert) {
      end = key + 1;
    } else {
      newest += key + 3 >= end;
    }
  }
  EXPECT_GT(newest, 350);
  options.distribution = Distribution::kZipf;
  const KeyValueInput zipf(7, options);
  int first = 0;
  for (std::uint64_t offset = 0; offset < 1000; ++offset) first += zipf.At(PartitionId(0), offset).key < 3;
  EXPECT_GT(first, 350);
}

}  // namespace
}  // namespace holdfast::key_value
