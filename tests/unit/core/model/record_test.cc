#include "core/model/record.h"

#include <gtest/gtest.h>

#include "core/base/random.h"

namespace holdfast {
namespace {

constexpr StateSlot kA(0);
constexpr StateSlot kB(5);
constexpr AppTime kNow{1000};

class RecordTest : public testing::Test {
 protected:
  // Applies what `effects` holds, at `now`.
  void Apply(AppTime now = kNow) {
    record_ = std::string(merger_.Merge(record_, effects_.bytes(), now, changed_));
    effects_.Clear();
  }
  std::optional<std::string_view> Find(StateSlot slot, AppTime now = kNow) const {
    return FindValue(record_, slot, now);
  }

  RecordMerger merger_;
  EffectsBuilder effects_;
  std::string record_;
  bool changed_ = false;
};

TEST_F(RecordTest, WhatWasSetIsFoundAndNothingElse) {
  effects_.SetValue(kA, kNeverExpires, "a");
  effects_.SetValue(kB, kNeverExpires, "");
  Apply();
  EXPECT_TRUE(changed_);
  EXPECT_EQ(Find(kA), "a");
  EXPECT_EQ(Find(kB), "");
  EXPECT_EQ(Find(StateSlot(1)), std::nullopt);
}

TEST_F(RecordTest, OtherValuesStayWhenOneIsReplaced) {
  effects_.SetValue(kA, kNeverExpires, "a");
  effects_.SetValue(kB, AppTime{2000}, "b");
  Apply();
  effects_.SetValue(kA, kNeverExpires, "longer than before");
  Apply();
  EXPECT_EQ(Find(kA), "longer than before");
  EXPECT_EQ(Find(kB), "b");
  EXPECT_EQ(Find(kB, AppTime{2000}), std::nullopt);
}

TEST_F(RecordTest, TheLastEffectOnAValueCounts) {
  effects_.SetValue(kA, kNeverExpires, "first");
  effects_.ClearValue(kA);
  effects_.SetValue(kA, kNeverExpires, "last");
  effects_.SetValue(kB, kNeverExpires, "gone");
  effects_.ClearValue(kB);
  Apply();
  EXPECT_EQ(Find(kA), "last");
  EXPECT_EQ(Find(kB), std::nullopt);
}

TEST_F(RecordTest, ARecordWithoutValuesIsEmpty) {
  effects_.SetValue(kA, kNeverExpires, "a");
  Apply();
  effects_.ClearValue(kA);
  Apply();
  EXPECT_TRUE(changed_);
  EXPECT_TRUE(record_.empty());
}

TEST_F(RecordTest, EffectsThatAreNotAboutValuesChangeNothing) {
  effects_.SetValue(kA, kNeverExpires, "a");
  Apply();
  const auto before = record_;
  effects_.Cancel("token");
  effects_.Emit(EgressId(0), ValueTypeId(0), "", "");
  Apply();
  EXPECT_FALSE(changed_);
  EXPECT_EQ(record_, before);
}

TEST_F(RecordTest, AValueLivesUntilItsExpiryAndNotAtIt) {
  effects_.SetValue(kA, AppTime{2000}, "a");
  Apply();
  EXPECT_EQ(Find(kA, AppTime{1999}), "a");
  EXPECT_EQ(Find(kA, AppTime{2000}), std::nullopt);
}

TEST_F(RecordTest, AnExpiredValueIsDroppedByTheNextWrite) {
  effects_.SetValue(kA, AppTime{2000}, "a");
  Apply();
  effects_.SetValue(kB, kNeverExpires, "b");
  Apply(AppTime{2000});
  EXPECT_EQ(Find(kA, AppTime{0}), std::nullopt) << "its bytes are gone, not only hidden";
  EXPECT_EQ(Find(kB), "b");
}

TEST_F(RecordTest, ARecordIsExpiredOnceItsLastLiveValueIs) {
  effects_.SetValue(kA, AppTime{1100}, "a");
  effects_.SetValue(kB, AppTime{1200}, "b");
  Apply();
  EXPECT_FALSE(IsExpired(record_, AppTime{1100}));
  EXPECT_TRUE(IsExpired(record_, AppTime{1200}));
  effects_.SetValue(kA, kNeverExpires, "a");
  Apply();
  EXPECT_FALSE(IsExpired(record_, AppTime{1'000'000}));
  EXPECT_FALSE(IsExpired("damage", kNow)) << "what cannot be read is nobody's to remove";
}

TEST_F(RecordTest, ARecordLivesUntilItsLastValueExpires) {
  effects_.SetValue(kA, {2000}, "a");
  effects_.SetValue(kB, {3000}, "b");
  Apply();
  EXPECT_EQ(LiveUntil(record_), AppTime{3000});
  effects_.SetValue(kA, kNeverExpires, "a");
  Apply();
  EXPECT_EQ(LiveUntil(record_), kNeverExpires);
}

TEST_F(RecordTest, ATouchMovesTheExpiryOnly) {
  effects_.SetValue(kA, AppTime{2000}, "a");
  Apply();
  effects_.TouchValue(kA, AppTime{3000});
  Apply();
  EXPECT_EQ(Find(kA, AppTime{2999}), "a");
  EXPECT_EQ(Find(kA, AppTime{3000}), std::nullopt);
}

TEST_F(RecordTest, ATouchDoesNotBringBackTheDead) {
  effects_.SetValue(kA, AppTime{2000}, "a");
  Apply();
  effects_.TouchValue(kA, AppTime{9000});
  Apply(AppTime{2000});
  EXPECT_TRUE(record_.empty());
}

TEST_F(RecordTest, OnlyWellFormedBytesAreARecord) {
  EXPECT_TRUE(IsRecord(""));
  effects_.SetValue(kA, AppTime{2000}, "a");
  effects_.SetValue(kB, kNeverExpires, "b");
  Apply();
  EXPECT_TRUE(IsRecord(record_));
  EXPECT_FALSE(IsRecord(record_.substr(0, record_.size() - 1)));
  record_[0] = static_cast<char>(kMaxStateSlots);
  EXPECT_FALSE(IsRecord(record_));
}

TEST_F(RecordTest, DamagedBytesNeverCrashALookUp) {
  effects_.SetValue(kA, AppTime{2000}, "some value");
  effects_.SetValue(kB, kNeverExpires, "another value");
  Apply();
  Random random(4);
  for (int i = 0; i < 2000; ++i) {
    auto damaged = record_;
    damaged[random.Below(damaged.size())] = static_cast<char>(random.Next());
    const auto found = FindValue(damaged, kB, kNow);
    EXPECT_LE(found.value_or("").size(), damaged.size());
    IsRecord(damaged);
  }
}

}  // namespace
}  // namespace holdfast
