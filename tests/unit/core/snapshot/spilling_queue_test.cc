#include "core/snapshot/spilling_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chaos/simulation/disk/inline_background.h"
#include "chaos/simulation/disk/sim_disk.h"
#include "core/model/envelope.h"
#include "tests/unit/core/snapshot/queued_messages.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Fails what a test wants to fail.
class Troublemaker final : public DiskObserver {
 public:
  int failures = 0;
  ErrorCode code = ErrorCode::kUnavailable;
  DiskOp op = DiskOp::kAppend;
  Status BeforeCall(const DiskCall& call) override {
    if (call.op != op || failures == 0) return {};
    --failures;
    return MakeError(code, "cannot write '{}': disk full", call.path);
  }
};

class SpillingQueueTest : public testing::Test {
 protected:
  static constexpr std::uint64_t kMemory = 400;  // About twenty messages.

  SpillingQueueTest() {
    disk.set_observer(&trouble);
    Make();
  }
  void Make(std::uint64_t memory = kMemory) {
    queue = std::make_unique<SpillingQueue>(SpillingQueue::Options{kSelf, memory, &disk, "spill/w0"}, background,
                                            [this](const Error& error) { failures.push_back(error); });
    queue->Clear(Incarnation(1));
    background.RunAll();
  }
  // The messages `from` to `to`, a turn each.
  void Push(int from, int to) {
    for (int i = from; i <= to; ++i) {
      queue->PushLocal(Envelope(std::to_string(i)));
      queue->Balance();
    }
  }
  int TakeOne() {
    MessageSource source;
    auto envelope = queue->Front(source);
    EnvelopeView view;
    EXPECT_TRUE(TakeEnvelope(envelope, view));
    const auto number = std::stoi(std::string(view.payload));
    queue->Pop();
    return number;
  }
  // The next messages that are ready, at most `count`, as numbers.
  std::vector<int> Take(std::size_t count = 1000) {
    std::vector<int> taken;
    while (queue->ready() > 0 && taken.size() < count) taken.push_back(TakeOne());
    queue->Balance();
    return taken;
  }
  std::vector<int> TakeAll() {
    std::vector<int> all;
    do {
      const auto taken = Take();
      all.insert(all.end(), taken.begin(), taken.end());
    } while (background.RunOne() || queue->ready() > 0);
    return all;
  }
  static std::vector<int> Numbers(const std::vector<QueuePiece>& pieces) {
    std::vector<int> numbers;
    ForEachRun(pieces, [&](const MessageRun& run) -> Status {
      auto rest = run.envelopes;
      EnvelopeView view;
      while (TakeEnvelope(rest, view)) numbers.push_back(std::stoi(std::string(view.payload)));
      return {};
    }).OrDie();
    return numbers;
  }
  static std::vector<int> Range(int from, int to) {
    std::vector<int> numbers;
    for (int i = from; i <= to; ++i) numbers.push_back(i);
    return numbers;
  }
  std::vector<std::string> Files() {
    const auto files = disk.List("spill/w0");
    return files.ok() ? *files : std::vector<std::string>();
  }

  SimDisk disk;
  Troublemaker trouble;
  InlineBackground background;
  std::vector<Error> failures;
  std::unique_ptr<SpillingQueue> queue;
};

TEST_F(SpillingQueueTest, WhatFitsInMemoryTouchesNoDisk) {
  Push(1, 15);
  EXPECT_TRUE(background.idle());
  EXPECT_EQ(queue->spilled(), 0u);
  EXPECT_EQ(Take(), Range(1, 15));
}

TEST_F(SpillingQueueTest, WhatDoesNotFitGoesToDiskAndComesBackInOrder) {
  Push(1, 500);
  background.RunAll();
  EXPECT_GT(queue->spilled(), 400u);
  EXPECT_LT(queue->ready(), 30u);
  EXPECT_EQ(queue->messages(), 500u);
  EXPECT_GT(Files().size(), 10u);
  EXPECT_EQ(TakeAll(), Range(1, 500));
  EXPECT_TRUE(queue->empty());
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(SpillingQueueTest, OnceDrainedItIsAQueueInMemoryAgain) {
  Push(1, 100);
  TakeAll();
  const auto spilled = queue->spilled();
  Push(101, 110);
  EXPECT_EQ(queue->ready(), 10u);
  EXPECT_EQ(queue->spilled(), spilled);
}

TEST_F(SpillingQueueTest, MessagesAreFetchedBeforeTheHeadIsEmpty) {
  Push(1, 200);
  background.RunAll();
  for (int taken = 0; taken < 200; ++taken) {
    ASSERT_EQ(Take(1), std::vector<int>{taken + 1}) << "nothing was ready";
    background.RunAll();
  }
}

TEST_F(SpillingQueueTest, WhileTheNextMessagesAreStillOnDiskNothingIsReady) {
  Push(1, 200);
  background.RunAll();
  const auto taken = Take();
  EXPECT_LT(taken.size(), 30u);
  EXPECT_EQ(queue->ready(), 0u);
  EXPECT_FALSE(queue->empty());
  while (queue->ready() == 0) ASSERT_TRUE(background.RunOne()) << "nobody will fetch the rest";
  EXPECT_EQ(Take(1), std::vector<int>{static_cast<int>(taken.size()) + 1});
}

TEST_F(SpillingQueueTest, WhatIsNotWrittenYetIsTakenFromMemory) {
  Push(1, 100);
  std::vector<int> all;
  while (queue->ready() > 0) {
    const auto taken = Take();
    all.insert(all.end(), taken.begin(), taken.end());
  }
  EXPECT_EQ(all, Range(1, 100));
  background.RunAll();
  queue->Balance();
  background.RunAll();
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(SpillingQueueTest, ItIsCongestedWhileMoreThanTheBoundWaitsToBeWritten) {
  Push(1, 30);
  EXPECT_FALSE(queue->congested());
  Push(31, 100);
  EXPECT_TRUE(queue->congested());
  background.RunAll();
  EXPECT_FALSE(queue->congested());
}

TEST_F(SpillingQueueTest, WhatIsFrozenStaysReadableWhateverTheQueueDoesNext) {
  Push(1, 150);
  background.RunAll();
  Push(151, 200);  // Not written yet.
  const auto frozen = queue->Freeze();
  EXPECT_EQ(TakeAll(), Range(1, 200));
  queue->Clear(Incarnation(1));
  EXPECT_EQ(Numbers(frozen), Range(1, 200));
}

TEST_F(SpillingQueueTest, FilesGoOnceNobodyReadsThem) {
  Push(1, 200);
  background.RunAll();
  auto frozen = queue->Freeze();
  TakeAll();
  EXPECT_FALSE(Files().empty());
  frozen.clear();
  queue->Balance();
  background.RunAll();
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(SpillingQueueTest, MessagesFromPeersKeepTheirPlacesInTheirChannels) {
  auto bytes = std::make_shared<std::string>();
  for (int i = 1; i <= 60; ++i) *bytes += Envelope(std::to_string(i));
  queue->PushRun({bytes, *bytes, {WorkerId(2), Lane::kIngress, 7}, 60});
  queue->Balance();
  background.RunAll();
  EXPECT_GT(queue->spilled(), 0u);
  for (std::uint64_t i = 0; i < 60; ++i) {
    while (queue->ready() == 0) ASSERT_TRUE(background.RunOne());
    MessageSource source;
    queue->Front(source);
    EXPECT_EQ(source.worker, WorkerId(2));
    EXPECT_EQ(source.lane, Lane::kIngress);
    EXPECT_EQ(source.sequence, 7 + i);
    queue->Pop();
    queue->Balance();
  }
}

TEST_F(SpillingQueueTest, ARecoveryFillsAndDrainsItWithoutTurns) {
  std::vector<int> taken;
  for (int i = 1; i <= 300; ++i) {
    queue->PushLocal(Envelope(std::to_string(i)));
    ASSERT_TRUE(queue->BalanceNow().ok());
    ASSERT_GT(queue->ready(), 0u);
  }
  EXPECT_GT(queue->spilled(), 200u);
  while (!queue->empty()) {
    taken.push_back(TakeOne());
    ASSERT_TRUE(queue->BalanceNow().ok());
  }
  EXPECT_EQ(taken, Range(1, 300));
}

TEST_F(SpillingQueueTest, PassingTroubleIsTriedAgain) {
  trouble.failures = 5;
  Push(1, 200);
  background.RunAll();
  trouble.op = DiskOp::kRead;
  trouble.failures = 5;
  EXPECT_EQ(TakeAll(), Range(1, 200));
  EXPECT_THAT(failures, IsEmpty());
}

TEST_F(SpillingQueueTest, AFolderThatCouldNotBeMadeAtFirstIsMadeForWhicheverSegmentNeedsIt) {
  trouble.op = DiskOp::kMakeFolder;
  trouble.failures = 1;
  Push(1, 200);
  EXPECT_EQ(TakeAll(), Range(1, 200));
  EXPECT_THAT(failures, IsEmpty());
}

TEST_F(SpillingQueueTest, AFullDiskIsToldWithItsPlaceOnce) {
  trouble.code = ErrorCode::kExhausted;
  trouble.failures = 1;
  Push(1, 100);
  background.RunAll();
  Push(101, 200);
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].code, ErrorCode::kExhausted);
  EXPECT_EQ(failures[0].message,
            "the function queue does not fit in memory and cannot be spilled: cannot write 'spill/w0/1-1.spill': disk "
            "full");
}

TEST_F(SpillingQueueTest, ChangedBytesAreToldAndNeverBelieved) {
  Push(1, 100);
  background.RunAll();
  const auto path = "spill/w0/" + Files()[0];
  disk.Truncate(path, disk.Size(path).value() - 1).OrDie();
  TakeAll();
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].code, ErrorCode::kDataLoss);
  EXPECT_THAT(failures[0].message, testing::HasSubstr(path));
}

TEST_F(SpillingQueueTest, ANewIncarnationFindsNothingOfTheOlder) {
  Push(1, 100);
  background.RunAll();
  EXPECT_FALSE(Files().empty());
  queue->Clear(Incarnation(2));
  EXPECT_TRUE(queue->empty());
  background.RunAll();
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(SpillingQueueTest, AnswersFromBeforeAClearAreIgnored) {
  Push(1, 100);
  queue->Clear(Incarnation(2));
  Push(1, 100);
  EXPECT_EQ(TakeAll(), Range(1, 100));
  EXPECT_FALSE(queue->congested());
}

// Against a plain list, with jobs that take their time.
TEST_F(SpillingQueueTest, AnyMixOfPushesTakesAndCutsKeepsTheOrder) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Random random(seed);
    Make(1 + random.Below(600));
    std::deque<int> model;
    std::vector<std::pair<std::vector<QueuePiece>, std::vector<int>>> cuts;
    int next = 0;
    for (int step = 0; step < 400; ++step) {
      const bool growing = step % 200 < 100;
      for (auto n = random.Below(growing ? 12 : 4); n > 0; --n) {
        queue->PushLocal(Envelope(std::to_string(++next)));
        model.push_back(next);
      }
      if (random.Chance(0.3)) queue->Peek();
      for (const auto number : Take(random.Below(growing ? 4 : 12))) {
        ASSERT_EQ(number, model.front());
        model.pop_front();
      }
      if (random.Chance(0.05)) cuts.emplace_back(queue->Freeze(), std::vector<int>(model.begin(), model.end()));
      if (random.Chance(0.5)) background.RunOne();
      ASSERT_EQ(queue->messages(), model.size());
    }
    for (const auto& [pieces, numbers] : cuts) ASSERT_EQ(Numbers(pieces), numbers);
    cuts.clear();
    ASSERT_EQ(TakeAll(), std::vector<int>(model.begin(), model.end()));
    queue->Balance();
    background.RunAll();
    ASSERT_THAT(Files(), IsEmpty());
    ASSERT_THAT(failures, IsEmpty());
  }
}

}  // namespace
}  // namespace holdfast
