#include "chaos/faults/faulty_sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chaos/simulation/scheduler.h"
#include "tests/unit/chaos/faults/made_up_feed.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr WorkerId kWriter{1};
constexpr TroublePath kWayToSink{TroubleEnd::Worker(kWriter), TroubleEnd::Sink()};

// Takes everything, and answers a little later.
class PlainSink final : public EgressSink {
 public:
  explicit PlainSink(SimScheduler& scheduler) : scheduler_(scheduler) {}
  void Fence(EgressFence, std::function<void(Result<std::uint64_t>)> done) override {
    scheduler_.After(1us, [done, position = committed] { done(position); });
  }
  void Commit(std::uint64_t position, EgressBytes records, Callback done) override {
    committed = position;
    seen.push_back(records.Joined());
    scheduler_.After(1us, [done] { done({}); });
  }
  void Emit(EgressPiece records) override { seen.push_back(records.bytes()); }

  std::uint64_t committed = 0;
  std::vector<std::string> seen;

 private:
  SimScheduler& scheduler_;
};

class FaultySinkTest : public testing::Test {
 protected:
  void RunFor(Duration time) {
    bool over = false;
    scheduler_.After(time, [&over] { over = true; });
    while (!over) scheduler_.RunOne();
  }
  // Whether it was answered well.
  bool Commit(std::uint64_t position) {
    std::optional<Status> answer;
    sink_.Commit(position, fmt::to_string(position), [&answer](Status status) { answer = std::move(status); });
    EXPECT_FALSE(answer.has_value()) << "an answer is posted";
    RunFor(2us);
    EXPECT_TRUE(answer.has_value());
    EXPECT_TRUE(answer->ok() || answer->error().code == ErrorCode::kUnavailable);
    return answer->ok();
  }
  std::optional<std::uint64_t> Fence() {
    std::optional<std::uint64_t> position;
    sink_.Fence({}, [&position](const Result<std::uint64_t>& answer) {
      if (answer.ok()) position = *answer;
    });
    RunFor(2us);
    return position;
  }

  SimScheduler scheduler_;
  MadeUpFeed feed_;
  PlainSink plain_{scheduler_};
  FaultySink sink_{plain_,
                   kWriter,
                   feed_.Feed(),
                   scheduler_,
                   [this](Duration delay, std::function<void()> action) { scheduler_.After(delay, std::move(action)); },
                   Random(1)};
};

TEST_F(FaultySinkTest, ABrokenConnectionFailsUntilItIsFencedAnew) {
  EXPECT_TRUE(Commit(1));
  const auto errors = feed_.Begin({PortTrouble::kSinkErrors, {.chance = 1}, kWayToSink});
  EXPECT_FALSE(Commit(2));
  feed_.End(errors);
  EXPECT_FALSE(Commit(3));
  EXPECT_THAT(plain_.seen, testing::Not(testing::Contains("3"))) << "nothing may be left out before it";
  EXPECT_EQ(Fence(), plain_.committed);
  EXPECT_TRUE(Commit(4));
  EXPECT_EQ(feed_.met(errors), 1);
}

TEST_F(FaultySinkTest, HalfOfWhatFailsHadBeenCarriedOut) {
  const auto errors = feed_.Begin({PortTrouble::kSinkErrors, {.chance = 0.5}, kWayToSink});
  int failed = 0, carried_out = 0;
  for (std::uint64_t position = 1; position <= 400; ++position) {
    while (!Fence().has_value()) {
    }
    if (Commit(position)) {
      EXPECT_EQ(plain_.committed, position);
      continue;
    }
    ++failed;
    if (plain_.committed == position) ++carried_out;
  }
  EXPECT_NEAR(failed, 200, 50);
  EXPECT_NEAR(carried_out, failed / 2, 40);
  EXPECT_GT(feed_.met(errors), failed) << "fences break, too";
}

TEST_F(FaultySinkTest, ASlowSinkTakesLongerAndKeepsTheOrder) {
  const auto slow = feed_.Begin({PortTrouble::kSlowSink, {.by = 5ms}, kWayToSink});
  std::vector<std::string> expected;
  for (std::uint64_t i = 1; i <= 50; ++i) {
    sink_.Commit(i, fmt::to_string(2 * i), [](const Status& status) { EXPECT_TRUE(status.ok()); });
    sink_.Emit(EgressPiece(fmt::to_string(2 * i + 1)));
    expected.insert(expected.end(), {fmt::to_string(2 * i), fmt::to_string(2 * i + 1)});
  }
  EXPECT_THAT(plain_.seen, IsEmpty());
  EXPECT_EQ(feed_.waiting(slow), 100);
  RunFor(6ms);
  EXPECT_EQ(plain_.seen, expected);
  EXPECT_EQ(feed_.waiting(slow), 0);
}

TEST_F(FaultySinkTest, OthersAreSpared) {
  feed_.Begin({PortTrouble::kSinkErrors, {.chance = 1}, {TroubleEnd::Worker(WorkerId(2)), TroubleEnd::Sink()}});
  feed_.Begin({PortTrouble::kDelay, {.by = 1h}, {}});
  EXPECT_TRUE(Commit(1));
  EXPECT_THAT(plain_.seen, ElementsAre("1"));
}

}  // namespace
}  // namespace holdfast
