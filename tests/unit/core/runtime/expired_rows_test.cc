#include "core/runtime/expired_rows.h"

#include <gtest/gtest.h>

#include "core/model/record.h"
#include "tests/unit/core/fakes/fake_stores.h"
#include "tests/unit/core/runtime/scripted.h"

namespace holdfast {
namespace {

constexpr TableId kActors{0};
constexpr AppTime kExpiry{100};

class ExpiredRowsTest : public testing::Test {
 protected:
  // A row of the actor `id` whose value expires.
  void Put(const std::string& id, AppTime expiry, TableId table = kActors) {
    EffectsBuilder effects;
    effects.SetValue(StateSlot(1), expiry, "value");
    RecordMerger merger;
    bool changed = false;
    state.Put({KeyGroup(1), table, id}, merger.Merge("", effects.bytes(), AppTime{0}, changed)).OrDie();
  }
  ExpiredRows::Found Walk(AppTime now) {
    const auto found = std::make_shared<ExpiredRows::Found>();
    const auto cut = rows.Watch(*state.Cut(), now, found);
    std::uint64_t seen = 0;
    cut->ForEach([&](const RowKey&, std::string_view) -> Status {
         ++seen;
         return {};
       })
        .OrDie();
    EXPECT_EQ(seen, state.size().rows) << "a watched cut shows every row";
    return *found;
  }

  std::shared_ptr<const Application> application = scripted::MakeApplication({});
  FakeStateBackend state;
  ExpiredRows rows{*application};
};

TEST_F(ExpiredRowsTest, AWalkFindsWhatHasExpiredAtItsTime) {
  Put("early", kExpiry);
  Put("late", AppTime{101});
  Put("never", kNeverExpires);
  EXPECT_TRUE(Walk(AppTime{99}).empty());
  const auto found = Walk(AppTime{100});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].id, "early");
}

TEST_F(ExpiredRowsTest, RowsOfTheRuntimeAreNotLookedInto) {
  Put("a delayed message", kExpiry, kDelayedTable);
  EXPECT_TRUE(Walk(AppTime{1000}).empty());
}

TEST_F(ExpiredRowsTest, ASweepErasesNoMoreThanItsBudgetAndOnlyWhatIsStillExpired) {
  for (const auto* id : {"a", "b", "c"}) Put(id, kExpiry);
  rows.Take(Walk(AppTime{100}));
  Put("c", AppTime{300});
  EXPECT_EQ(*rows.Sweep(state, AppTime{200}, 2), 1u);
  EXPECT_FALSE(rows.empty());
  EXPECT_EQ(*rows.Sweep(state, AppTime{200}, 2), 1u);
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(state.size().rows, 1u);
}

}  // namespace
}  // namespace holdfast
