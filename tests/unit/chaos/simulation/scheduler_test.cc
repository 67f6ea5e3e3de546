#include "chaos/simulation/scheduler.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <vector>

namespace holdfast {
namespace {

TEST(SimScheduler, DoesThingsInTheOrderOfTheirInstantsAndThenOfTheirPlanning) {
  SimScheduler scheduler;
  std::vector<int> done;
  scheduler.After(Duration(20), [&] { done.push_back(3); });
  scheduler.After(Duration(10), [&] { done.push_back(1); });
  scheduler.After(Duration(10), [&] { done.push_back(2); });
  while (scheduler.RunOne()) {
  }
  EXPECT_EQ(done, (std::vector{1, 2, 3}));
}

TEST(SimScheduler, AnActionMayPlanManyOthersWhileItRuns) {
  SimScheduler scheduler;
  int done = 0;
  scheduler.After(Duration(1), [&scheduler, &done, kept = std::make_shared<int>(7)] {
    for (int i = 0; i < 1000; ++i) scheduler.After(Duration(i), [&done] { ++done; });
    EXPECT_EQ(*kept, 7);
  });
  while (scheduler.RunOne()) {
  }
  EXPECT_EQ(done, 1000);
}

TEST(SimScheduler, ALargeActionIsDoneAsWell) {
  SimScheduler scheduler;
  std::array<std::uint64_t, 100> large{};
  large.back() = 5;
  std::uint64_t seen = 0;
  scheduler.After(Duration(1), [large, &seen] { seen = large.back(); });
  scheduler.RunOne();
  EXPECT_EQ(seen, 5u);
}

TEST(SimScheduler, LetsGoOfWhatAnActionHoldsAlsoIfItThrowsOrNeverRuns) {
  const auto held = std::make_shared<int>(1);
  {
    SimScheduler scheduler;
    scheduler.After(Duration(1), [held] { throw std::runtime_error("killed"); });
    scheduler.After(Duration(2), [held] {});
    EXPECT_THROW(scheduler.RunOne(), std::runtime_error);
    EXPECT_EQ(held.use_count(), 2);
  }
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace holdfast
