#include "core/runtime/inbox.h"

#include <gtest/gtest.h>

#include "core/model/envelope.h"

namespace holdfast {
namespace {

class InboxTest : public testing::Test {
 protected:
  InboxTest() { Use(Inbox::Gap::kImpossible); }
  void Use(Inbox::Gap gap) {
    inbox = std::make_unique<Inbox>(WorkerId(0), 3, gap);
    inbox->Reset(WorldLine(5));
  }
  static FrameHeader From(std::uint16_t source, std::uint32_t incarnation = 1) {
    return {.source = WorkerId(source),
            .target = WorkerId(0),
            .world_line = WorldLine(5),
            .incarnation = Incarnation(incarnation),
            .colour = {}};
  }
  // A data frame with messages numbered from `first` on; the run's payloads, or "nothing".
  std::string Admit(std::uint64_t first, std::string_view payloads, std::uint32_t colour = 0,
                    std::uint16_t source = 1) {
    std::string envelopes;
    for (const char payload : payloads) {
      AppendEnvelope(envelopes, {{FunctionId(0), "id"}, {}, ValueTypeId(0), KeyGroup(0), {&payload, 1}});
    }
    auto header = From(source);
    header.first_sequence = first;
    header.count = static_cast<std::uint32_t>(payloads.size());
    header.colour = SnapshotIndex(colour);
    auto keeper = std::make_shared<const std::string>(envelopes);
    const auto run = inbox->Admit({header, *keeper}, keeper);
    return run ? PayloadsOf(*run) : "nothing";
  }
  static std::string PayloadsOf(const MessageRun& run) {
    std::string all;
    auto rest = run.envelopes;
    EnvelopeView view;
    while (TakeEnvelope(rest, view)) all += view.payload;
    return all;
  }
  std::string TakeLate() {
    std::string all;
    for (const auto& run : inbox->TakeLate()) all += PayloadsOf(run);
    return all;
  }

  std::unique_ptr<Inbox> inbox;
};

TEST_F(InboxTest, FramesOfAnotherWorldLineAreFenced) {
  auto header = From(1);
  EXPECT_TRUE(inbox->Passes(header));
  for (const auto world_line : {4u, 6u}) {
    header.world_line = WorldLine(world_line);
    EXPECT_FALSE(inbox->Passes(header));
  }
  EXPECT_EQ(inbox->fenced(), 2u);
}

TEST_F(InboxTest, ANewIncarnationOfAPeerFencesItsOlder) {
  EXPECT_TRUE(inbox->Passes(From(1, 3)));
  EXPECT_FALSE(inbox->Passes(From(1, 2)));
  EXPECT_TRUE(inbox->Passes(From(1, 3)));
  EXPECT_TRUE(inbox->Passes(From(1, 4)));
  EXPECT_FALSE(inbox->Passes(From(1, 3)));
  EXPECT_TRUE(inbox->Passes(From(2, 1))) << "another peer's incarnations are its own";
}

TEST_F(InboxTest, FramesForOthersFromStrangersAndFromItselfAreFenced) {
  auto header = From(1);
  header.target = WorkerId(2);
  EXPECT_FALSE(inbox->Passes(header));
  EXPECT_FALSE(inbox->Passes(From(3)));
  EXPECT_FALSE(inbox->Passes(From(0)));
}

TEST_F(InboxTest, RepeatedMessagesAreDroppedAlsoWithinAFrame) {
  EXPECT_EQ(Admit(1, "ab"), "ab");
  EXPECT_EQ(Admit(1, "ab"), "nothing");
  EXPECT_EQ(Admit(2, "bcd"), "cd");
  EXPECT_EQ(inbox->repeated(), 3u);
}

TEST_F(InboxTest, AGapIsRefusedWhereTheSenderKeepsWhatIsMissing) {
  Use(Inbox::Gap::kRefuse);
  EXPECT_EQ(Admit(1, "a"), "a");
  EXPECT_EQ(Admit(3, "c"), "nothing");
  EXPECT_EQ(Admit(2, "bc"), "bc");
}

TEST_F(InboxTest, AGapIsAcceptedWhereWhatIsMissingIsLost) {
  Use(Inbox::Gap::kAccept);
  EXPECT_EQ(Admit(5, "e"), "e");
}

TEST_F(InboxTest, AGapWhereNothingCanBeLostIsABrokenProgram) {
  EXPECT_DEATH(Admit(2, "b"), "channel from 1 jumps from 0 to 2");
}

TEST_F(InboxTest, AfterARecoveryWhatWasConsumedIsWhatHasArrived) {
  Use(Inbox::Gap::kRefuse);
  inbox->SetConsumed(WorkerId(1), {0, 3});
  EXPECT_EQ(Admit(3, "cd"), "d");
}

TEST_F(InboxTest, ItIsDrainedOnceAllMarksAndAllMessagesBeforeThemAreIn) {
  const SnapshotIndex cut(1);
  inbox->NoteMark(WorkerId(1), cut, {0, 2});
  EXPECT_FALSE(inbox->Drained(cut));
  inbox->NoteMark(WorkerId(2), cut, {0, 0});
  EXPECT_FALSE(inbox->Drained(cut));
  EXPECT_EQ(inbox->WhatIsMissing(cut), "worker 1: messages 1 to 2 missing; ");
  Admit(1, "ab");
  EXPECT_TRUE(inbox->Drained(cut));
  EXPECT_FALSE(inbox->Drained(SnapshotIndex(2)));
}

TEST_F(InboxTest, MessagesOfAnOlderColourAreKeptWhileACutWaitsForThem) {
  inbox->CollectLate(SnapshotIndex(2));
  Admit(1, "a", 1);
  Admit(2, "b", 2);
  Admit(3, "c", 1);
  EXPECT_EQ(TakeLate(), "ac");
  Admit(4, "d", 1);
  EXPECT_EQ(TakeLate(), "");
}

// Late messages of a cut that was given up went into the next part too, and were handled twice after a recovery.
TEST_F(InboxTest, LateMessagesOfAnEarlierCutAreNotTheNextOnes) {
  inbox->CollectLate(SnapshotIndex(1));
  Admit(1, "a", 0);
  inbox->CollectLate(SnapshotIndex(2));
  Admit(2, "b", 1);
  EXPECT_EQ(TakeLate(), "b");
}

TEST_F(InboxTest, ConsumptionOutOfOrderIsABrokenProgram) {
  Use(Inbox::Gap::kRefuse);
  inbox->NoteConsumed({WorkerId(1), Lane::kFunction, 1});
  EXPECT_EQ(inbox->consumed(WorkerId(1))[1], 1u);
  EXPECT_DEATH(inbox->NoteConsumed({WorkerId(1), Lane::kFunction, 3}), "consumes 3 of worker 1 after 1");
}

}  // namespace
}  // namespace holdfast
