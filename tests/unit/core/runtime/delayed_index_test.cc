#include "core/runtime/delayed_index.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

DelayedIndex::Entry At(std::int64_t due, std::uint64_t number) { return {AppTime{due}, number, KeyGroup(0)}; }

TEST(DelayedIndexTest, TheEarliestComesFirstAndOfEqualsTheOldest) {
  DelayedIndex index;
  for (const auto& entry : {At(30, 1), At(10, 3), At(10, 2), At(20, 4)}) index.Add(entry, "ann", "");
  for (const std::uint64_t number : {2, 3, 4, 1}) {
    EXPECT_EQ(index.Next()->number, number);
    index.PopNext();
  }
  EXPECT_FALSE(index.Next());
}

TEST(DelayedIndexTest, ATokenNamesTheNewestOfItsSenderAndTellsWhatThatReplaced) {
  DelayedIndex index;
  EXPECT_FALSE(index.Add(At(10, 1), "ann", "t"));
  EXPECT_FALSE(index.Add(At(11, 2), "bob", "t")) << "a token belongs to its sender";
  EXPECT_EQ(index.Add(At(12, 3), "ann", "t")->number, 1u);
  EXPECT_EQ(index.TakeToken("ann", "t")->number, 3u);
  EXPECT_FALSE(index.TakeToken("ann", "t")) << "taken already";
  EXPECT_EQ(index.TakeToken("bob", "t")->number, 2u);
}

TEST(DelayedIndexTest, SenderAndTokenAreNotMixedUp) {
  DelayedIndex index;
  index.Add(At(10, 1), "ab", "c");
  EXPECT_FALSE(index.TakeToken("a", "bc"));
  EXPECT_TRUE(index.TakeToken("ab", "c"));
}

TEST(DelayedIndexTest, PendingIsWhatWasNeitherReplacedNorCancelledNorFired) {
  DelayedIndex index;
  index.Add(At(10, 1), "ann", "t");
  index.Add(At(20, 2), "ann", "t");  // In the place of the first.
  index.Add(At(30, 3), "bob", "t");
  index.Add(At(40, 4), "bob", "");
  EXPECT_EQ(index.pending(), 3u);
  index.TakeToken("ann", "t");
  index.TakeToken("ann", "t");  // Nothing is left to cancel.
  EXPECT_EQ(index.pending(), 2u);
  index.Fired("bob", "t");
  EXPECT_FALSE(index.TakeToken("bob", "t")) << "too late to cancel";
  index.Fired("bob", "");
  EXPECT_EQ(index.pending(), 0u);
}

TEST(DelayedIndexTest, ClearForgetsWhatWasPending) {
  DelayedIndex index;
  index.Add(At(10, 1), "ann", "t");
  index.Clear();
  EXPECT_EQ(index.pending(), 0u);
  EXPECT_FALSE(index.TakeToken("ann", "t"));
}

TEST(DelayedIndexTest, ARowsContentComesBackAndDamageIsSeen) {
  const auto bytes = EncodeDelayed({"ann", "token", "envelope"});
  DelayedMessage message;
  ASSERT_TRUE(DecodeDelayed(bytes, message));
  EXPECT_EQ(message.sender_id, "ann");
  EXPECT_EQ(message.token, "token");
  EXPECT_EQ(message.envelope, "envelope");
  EXPECT_FALSE(DecodeDelayed(std::string_view(bytes).substr(0, 6), message));
}

}  // namespace
}  // namespace holdfast
