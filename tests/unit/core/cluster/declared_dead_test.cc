// A worker's process that was replaced while it stood still may go on. Simulation found that its last words, its log is
// held by somebody else, made the coordinator give the cluster up before the successor had said hello.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/cluster/coordinator_fixture.h"

namespace holdfast {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class DeclaredDeadTest : public testing::Test {
 protected:
  // Everybody runs, in start `boot` of its process.
  void StartAll(std::uint64_t boot) {
    life_.coordinator.Boot().OrDie();
    life_.StartAll(boot);
    for (auto& [worker, fence] : life_.fences) fence.number = boot;
    life_.diary.Take();
  }
  FakeObjectStore store_;
  Life life_{store_, Alone(), {.workers = 2, .accept_rollback = {}}};
};

TEST_F(DeclaredDeadTest, WhoIsDeclaredDeadIsNotHeard) {
  StartAll(1);
  life_.coordinator.DeclareDead(WorkerId(0), 1);
  life_.diary.Take();
  life_.Answer(0, ControlKind::kFailed, {}, "the log is held by a successor");
  life_.Hello(0, 1);
  life_.RunJobs();
  EXPECT_EQ(life_.diary.failure, "");
  EXPECT_THAT(life_.diary.Take(), IsEmpty());
}

TEST_F(DeclaredDeadTest, TheSuccessorIsToldToRestore) {
  StartAll(1);
  life_.coordinator.DeclareDead(WorkerId(0), 1);
  life_.Hello(0, 2);
  life_.RunJobs();
  EXPECT_THAT(life_.diary.Take(), Contains("restore -> 0"));
}

TEST_F(DeclaredDeadTest, ADeathDeclaredLateDoesNotHitTheSuccessor) {
  StartAll(2);
  life_.coordinator.DeclareDead(WorkerId(0), 1);
  life_.Answer(0, ControlKind::kFailed, {}, "the disk is full");
  EXPECT_THAT(life_.diary.failure, HasSubstr("the disk is full"));
}

}  // namespace
}  // namespace holdfast
