// Stories of a shop in which just one thing is wrong.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/workloads/shopping-cart/story.h"

namespace holdfast::shopping_cart {

inline Story Fifty(const Misdeeds& misdeeds = {}) {
  Story story(Village(), misdeeds);
  story.RunAll(50);
  return story;
}
// One cart with room for one line, whose item has enough: one add is granted, and all others find the cart full.
inline ShopOptions OneLine() {
  auto options = Village();
  options.carts = options.items = options.command_partitions = 1;
  options.lines = 1;
  options.stock = 1'000;
  options.removes = options.check_outs = 0;
  return options;
}

inline bool Is(const CartUnit& unit, CartDeed deed) { return static_cast<CartDeed>(unit.deed) == deed; }
inline bool Is(const StockUnit& unit, StockDeed deed) { return static_cast<StockDeed>(unit.deed) == deed; }

// The only thing found, and that it is this kind of damage.
inline std::string Only(Story& story, Damage damage, bool with_state = false) {
  const auto findings = story.Judge(with_state);
  EXPECT_EQ(findings.total(), 1u) << findings.Text();
  EXPECT_EQ(findings.count(damage), 1u) << findings.Text();
  return findings.count(damage) > 0 ? findings.first(damage)[0] : "";
}
// The same of fifty rounds in which the first output that `change` says it changed was changed, all else fitting to it.
template <class M, class Change>
std::string OnlyOf(Damage damage, const Egress<M>& egress, const Change& change) {
  auto story = Fifty();
  story.ChangeOutput(egress, change);
  story.Relink();
  return Only(story, damage);
}
}  // namespace holdfast::shopping_cart
