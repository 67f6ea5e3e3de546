#include "workloads/key-value/oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/key-value/story.h"

namespace holdfast::key_value {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(KeyValueOracleTest, AFailureFreeRunIsExact) {
  for (const bool preload : {false, true}) {
    auto options = TwoKeys();
    options.keys = 20;
    options.partitions = 3;
    options.preload = preload;
    Story story(options);
    story.AskAll(100);
    const auto findings = story.Judge(100, true);
    EXPECT_TRUE(findings.none()) << findings.Text();
    EXPECT_EQ(story.ledger, (Ledger{.expected = 300, .seen = 300}));
  }
}

TEST(KeyValueOracleTest, ALostReplyIsMissing) {
  Story story(TwoKeys());
  story.AskAll(6);
  story.answers.erase(story.answers.begin() + 2);
  const auto findings = story.Judge(6, true);
  EXPECT_EQ(story.ledger, (Ledger{.expected = 6, .seen = 5, .missing = 1}));
  EXPECT_THAT(findings.first(Damage::kMissing), ElementsAre(HasSubstr(" 0/2 of 'key-")));
  EXPECT_EQ(findings.total(), 1u);
}

TEST(KeyValueOracleTest, ADoubledReplyIsADuplicate) {
  Story story(TwoKeys());
  story.AskAll(6);
  story.answers.push_back(story.answers[3]);
  const auto findings = story.Judge(6, true);
  EXPECT_EQ(story.ledger, (Ledger{.expected = 6, .seen = 6, .duplicate = 1}));
  EXPECT_EQ(findings.total(), 1u);
}

TEST(KeyValueOracleTest, AWriteDoneTwiceShowsInItsReplyAndInTheState) {
  Story story(TwoKeys());
  const auto update = story.Find(Verb::kUpdate);
  story.AskAll(update + 1);
  story.Ask(PartitionId(0), update);
  const auto findings = story.Judge(update + 1, true);
  EXPECT_THAT(findings.first(Damage::kContradictory), ElementsAre(HasSubstr("came again with other content")));
  EXPECT_THAT(findings.first(Damage::kWrongState), ElementsAre(HasSubstr("some were done twice")));
}

TEST(KeyValueOracleTest, AReadDoneTwiceIsADuplicate) {
  Story story(TwoKeys());
  const auto read = story.Find(Verb::kRead);
  story.AskAll(read + 1);
  story.Ask(PartitionId(0), read);
  story.Judge(read + 1, true);
  EXPECT_EQ(story.ledger.duplicate, 1u);
}

TEST(KeyValueOracleTest, ALostWriteShowsInEveryLaterReplyOfItsKey) {
  Story story(TwoKeys());
  const auto lost = story.Find(Verb::kUpdate);
  const auto key = story.input.At(PartitionId(0), lost).key;
  std::uint64_t later = 0;
  for (std::uint64_t offset = 0; offset < lost + 30; ++offset) {
    if (offset != lost) story.Ask(PartitionId(0), offset);
    later += offset > lost && story.input.At(PartitionId(0), offset).key == key;
  }
  story.Judge(lost + 30);
  ASSERT_GT(later, 2u);
  EXPECT_EQ(story.ledger, (Ledger{.expected = lost + 30, .seen = lost + 29, .missing = 1, .contradictory = later}));
}

// The version is right: only the bytes tell.
TEST(KeyValueOracleTest, AReadOfAnotherValueIsContradictory) {
  Story story(TwoKeys());
  const auto update = story.Find(Verb::kUpdate);
  auto read = update + 1;
  const auto key = story.input.At(PartitionId(0), update).key;
  while (story.input.At(PartitionId(0), read).verb != Verb::kRead || story.input.At(PartitionId(0), read).key != key) {
    ++read;
  }
  story.AskAll(read);
  auto& held = story.memory[KeyValueInput::KeyId(key)];
  held.replace(held.size() - 3, 3, "???");
  story.Ask(PartitionId(0), read);
  const auto findings = story.Judge(read + 1);
  EXPECT_EQ(story.ledger.contradictory, 1u) << findings.Text();
}

TEST(KeyValueOracleTest, SwappedRepliesOfAKeyAreOutOfOrder) {
  Story story(TwoKeys());
  story.AskAll(20);
  std::size_t second = 1;
  while (story.answers[second].key != story.answers[0].key) ++second;
  std::swap(story.answers[0], story.answers[second]);
  story.Judge(20);
  EXPECT_EQ(story.ledger, (Ledger{.expected = 20, .seen = 20, .out_of_order = 1}));
}

TEST(KeyValueOracleTest, RepliesOfDifferentKeysHaveNoOrder) {
  Story story(TwoKeys());
  story.AskAll(20);
  std::ranges::stable_sort(story.answers, {}, &Answer::key);
  EXPECT_TRUE(story.Judge(20, true).none());
}

TEST(KeyValueOracleTest, EveryWrongFieldIsContradictory) {
  const std::vector<std::function<void(Reply&)>> lies = {
      [](Reply& r) { r.key = "key-7"; },      [](Reply& r) { r.verb = 0; },
      [](Reply& r) { r.found.version += 1; }, [](Reply& r) { r.found.checksum += 1; },
      [](Reply& r) { r.left.version += 1; },  [](Reply& r) { r.left.checksum += 1; }};
  for (const auto& lie : lies) {
    Story story(TwoKeys());
    const auto modify = story.Find(Verb::kModify);
    story.AskAll(modify + 1);
    const auto kept = story.answers[modify].value;
    Reply reply;
    ASSERT_TRUE(Codec<Reply>::Decode(kept, reply));
    lie(reply);
    story.Write(modify, reply);
    story.Judge(modify + 1);
    EXPECT_EQ(story.ledger.contradictory, 1u);
  }
}

TEST(KeyValueOracleTest, AWrongRecordKeyIsContradictory) {
  Story story(TwoKeys());
  story.AskAll(3);
  story.answers[1].key = "key-9";
  story.Judge(3);
  EXPECT_EQ(story.ledger, (Ledger{.expected = 3, .seen = 3, .contradictory = 1}));
}

TEST(KeyValueOracleTest, WhatNobodyAskedIsAPhantom) {
  Story story(TwoKeys());
  story.AskAll(4);
  story.answers.push_back({"key-0", "\xff\xff"});
  const auto findings = story.Judge(3);
  EXPECT_EQ(story.ledger, (Ledger{.expected = 3, .seen = 3, .phantom = 2}));
  EXPECT_THAT(findings.first(Damage::kPhantom), ElementsAre(HasSubstr("0/3"), HasSubstr("2 bytes that are no reply")));
}

TEST(KeyValueOracleTest, StateLostBehindVisibleOutputIsWrong) {
  Story story(TwoKeys());
  const auto update = story.Find(Verb::kUpdate);
  story.AskAll(update);
  const auto before = story.memory;
  story.Ask(PartitionId(0), update);
  story.memory = before;
  const auto findings = story.Judge(update + 1, true);
  EXPECT_EQ(story.ledger.seen, update + 1);
  EXPECT_THAT(findings.Text(), HasSubstr("wrong state"));
}

TEST(KeyValueOracleTest, StateThatVanishedOrBelongsToNobodyIsWrong) {
  Story story(TwoKeys());
  const auto insert = story.Find(Verb::kInsert);
  story.AskAll(insert + 1);
  const auto id = KeyValueInput::KeyId(story.input.At(PartitionId(0), insert).key);
  story.memory.erase(id);
  EXPECT_THAT(story.Judge(insert + 1, true).Text(), HasSubstr("'" + id + "': it holds nothing after 1 writes"));
  story.memory["key-7000"] = "";
  EXPECT_THAT(story.Judge(insert + 1, true).Text(), HasSubstr("'key-7000': there is no such key"));
}

TEST(KeyValueOracleTest, AValueOfAnotherHistoryIsWrongThoughItsVersionIsRight) {
  Story story(TwoKeys());
  Story elsewhere(TwoKeys(), 2);
  const auto insert = story.Find(Verb::kInsert);
  story.AskAll(insert + 1);
  elsewhere.AskAll(insert + 1);
  const auto id = KeyValueInput::KeyId(story.input.At(PartitionId(0), insert).key);
  story.memory[id] = elsewhere.memory.at(id);
  EXPECT_THAT(story.Judge(insert + 1, true).Text(), HasSubstr("what it holds as version 1 is not what was written"));
}

}  // namespace
}  // namespace holdfast::key_value
