// Control messages may arrive twice.
#include <gtest/gtest.h>

#include "tests/unit/core/cluster/coordinator_fixture.h"

namespace holdfast {
namespace {

TEST(RepeatedControlTest, AnUploadSaidTwiceStoresOneManifest) {
  FakeObjectStore store;
  CoordinatorOptions options;
  options.workers = 2;
  Life life(store, Together(), options);
  life.coordinator.Boot().OrDie();
  life.StartAll();
  for (std::uint16_t i = 0; i < life.workers; ++i) life.Answer(i, ControlKind::kUploaded, Id(1, 1));
  const auto jobs = life.background.jobs.size();
  auto again = life.fences.at(1);
  again.kind = ControlKind::kUploaded;
  again.snapshot = Id(1, 1);
  again.part.worker = WorkerId(1);
  life.Say(WorkerId(1), std::move(again));
  EXPECT_EQ(life.background.jobs.size(), jobs);
  life.RunJobs();
  EXPECT_EQ(life.coordinator.completed(), 1u);
}

}  // namespace
}  // namespace holdfast
