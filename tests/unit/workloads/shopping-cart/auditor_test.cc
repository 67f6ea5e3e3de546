#include "workloads/shopping-cart/auditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/shopping-cart/story.h"

namespace holdfast::shopping_cart {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class ShopAuditorTest : public testing::Test {
 protected:
  std::vector<std::string> Judge(const Story::Memory& memory, const std::vector<Story::Waiting>& waiting) {
    return story.JudgeLine(auditor, memory, waiting);
  }
  std::vector<std::string> Judge() { return Judge(story.memory, story.OnTheWay()); }
  // Runs the story message by message, with much under way, and calls `look` before each.
  template <class Look>
  void AtEveryStep(const Look& look) {
    for (std::uint64_t offset = 0; offset < 40; ++offset) {
      for (std::uint16_t p = 0; p < 3; ++p) {
        story.Offer(PartitionId(p), offset);
        for (int step = 0; step < 2; ++step) look(), story.Handle(1);
      }
    }
    do {
      look();
    } while (story.Handle(1) || story.Wait());
  }
  // A time-out that was called off, and had left before: nothing depends on it.
  bool IsStale(const Story::Waiting& waiting) const {
    std::string_view bytes = waiting.envelope;
    EnvelopeView envelope;
    HOLDFAST_CHECK(TakeEnvelope(bytes, envelope), "an envelope");
    TimeOut time_out;
    if (envelope.value_type != story.application->ValueTypeOf<TimeOut>()) return false;
    HOLDFAST_CHECK(Codec<TimeOut>::Decode(envelope.payload, time_out), "a time-out");
    for (const auto& unit : story.All(kCarts)) {
      const bool later = unit.cart == time_out.cart && unit.mark.version > time_out.set.version;
      if (later && (unit.basket.time_out != time_out.number || unit.basket.due == 0)) return true;
    }
    return false;
  }

  Story story{Village()};
  ShopAuditor auditor{story.application, *story.shop};
};

TEST_F(ShopAuditorTest, EveryLineOfAFailureFreeRunIsConsistent) {
  int lines = 0;
  AtEveryStep([&] {
    ++lines;
    EXPECT_THAT(Judge(), IsEmpty()) << "line " << lines;
  });
  EXPECT_GT(lines, 250);
}

TEST_F(ShopAuditorTest, NothingOnItsWayCanBeLostOrDoubled) {
  std::map<std::string, int> lost;
  AtEveryStep([&] {
    const auto all = story.OnTheWay();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (IsStale(all[i])) continue;
      auto rest = all;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_FALSE(Judge(story.memory, rest).empty()) << story.TypeOf(all[i]);
      auto more = all;
      more.push_back(all[i]);
      EXPECT_FALSE(Judge(story.memory, more).empty()) << story.TypeOf(all[i]);
      ++lost[story.TypeOf(all[i])];
    }
  });
  EXPECT_EQ(lost.size(), 7u) << "every message there is";
}

TEST_F(ShopAuditorTest, NoStateIsOneUnitBehindTheRest) {
  Story::Memory before;
  std::size_t units = 0;
  AtEveryStep([&] {
    for (const auto& [address, record] : story.memory) {
      if (record == before[address]) continue;
      const auto shown = story.All(kCarts);
      // It changes nothing but the mark, and nothing comes of it.
      const bool stale = address.second.starts_with("cart-") && !shown.empty() &&
                         static_cast<CartDeed>(shown.back().deed) == CartDeed::kStale;
      auto mixed = story.memory;
      mixed[address] = before[address];
      ++units;
      EXPECT_NE(Judge(mixed, story.OnTheWay()).empty(), !stale) << address.second;
    }
    before = story.memory;
  });
  EXPECT_GT(units, 200u);
}

TEST_F(ShopAuditorTest, PositionsBelongToTheStates) {
  AtEveryStep([&] {
    for (auto& [partition, position] : story.positions) {
      ++position;
      EXPECT_FALSE(Judge().empty());
      position -= 2;
      EXPECT_FALSE(Judge().empty());
      ++position;
    }
  });
}

// What no message on its way can bring about: pieces that come from nowhere, and a reservation in two carts.
TEST_F(ShopAuditorTest, EachSumIsJudged) {
  story.RunAll(30);
  story.Offer(PartitionId(0), 30), story.Handle();
  ASSERT_THAT(Judge(), IsEmpty());
  const auto item = story.application->FindFunction(kItem).value().value;
  const auto& spec = story.application->functions()[item];
  const auto change = [&](auto edit) {
    auto memory = story.memory;
    auto& record = memory.at({item, "item-0"});
    for (std::size_t slot = 0; slot < spec.states.size(); ++slot) {
      if (spec.states[slot].name != "stock") continue;
      const auto place = StateSlot(static_cast<std::uint8_t>(slot));
      Stock stock;
      HOLDFAST_CHECK(Codec<Stock>::Decode(*FindValue(record, place, AppTime{-1}), stock), "a stock");
      edit(stock);
      std::string bytes;
      Codec<Stock>::Encode(stock, bytes);
      EffectsBuilder effects;
      effects.SetValue(place, kNeverExpires, bytes);
      RecordMerger merger;
      bool changed = false;
      record = std::string(merger.Merge(std::string(record), effects.bytes(), AppTime{0}, changed));
    }
    return Judge(memory, story.OnTheWay());
  };
  EXPECT_THAT(change([](Stock& s) { ++s.free; }), testing::ElementsAre(HasSubstr("had 4 pieces and got")));
  EXPECT_THAT(change([](Stock& s) { ++s.free, ++s.restocked; }), testing::ElementsAre(HasSubstr("are below the")));
  EXPECT_THAT(change([](Stock& s) { ++s.free, --s.reserved; }), testing::ElementsAre(HasSubstr("are in carts or")));
  EXPECT_THAT(change([](Stock& s) { ++s.free, --s.sold; }), testing::ElementsAre(HasSubstr("carts have bought")));
  EXPECT_THAT(change([](Stock& s) { ++s.asked; }), testing::ElementsAre(HasSubstr("carts have asked")));
}

TEST_F(ShopAuditorTest, WhatNobodySendsIsNamed) {
  story.Offer(PartitionId(0), 0);
  auto waiting = story.OnTheWay();
  auto& bytes = waiting.emplace_back().envelope;
  const auto cart = story.application->FindFunction(kCart).value();
  AppendEnvelope(bytes, {{cart, "cart-0"}, {}, *story.application->ValueTypeOf<TimeOut>(), {}, "?"});
  EXPECT_THAT(Judge({}, waiting), Contains(HasSubstr("does not parse")));
  EXPECT_THAT(Judge({{{cart.value, "cart-9"}, "?"}}, story.OnTheWay()), Contains(HasSubstr("there can be no 'cart-")));
}

}  // namespace
}  // namespace holdfast::shopping_cart
