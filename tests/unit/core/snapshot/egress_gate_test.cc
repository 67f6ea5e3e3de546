#include "core/snapshot/egress_gate.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

// Remembers commits and answers them when told.
class HeldSink final : public EgressSink {
 public:
  void Fence(EgressFence, std::function<void(Result<std::uint64_t>)>) override {}
  void Commit(std::uint64_t position, EgressBytes records, Callback done) override {
    committed.push_back(position);
    contents.push_back(Values(records.Joined()));
    held.push_back(std::move(records));
    answers.push_back(std::move(done));
  }
  void Emit(EgressPiece records) override { emitted += Values(records.bytes()); }

  static std::string Values(std::string_view records) {
    std::string values;
    EgressRecord record;
    while (TakeEgressRecord(records, record)) values += record.value;
    return values;
  }

  std::vector<std::uint64_t> committed;
  std::vector<std::string> contents;
  std::vector<EgressBytes> held;
  std::vector<Callback> answers;
  std::string emitted;
};

class EgressGateTest : public testing::Test {
 protected:
  void Stage(std::string_view value) { gate_.Stage({EgressId(1), ValueTypeId(2), "key", value}); }
  void StageAndSeal(std::string_view value, std::uint64_t position) {
    Stage(value);
    gate_.Seal(position);
  }

  HeldSink sink_;
  std::vector<std::uint64_t> confirmed_;
  std::string refusal_;
  EgressGate gate_{sink_, [this](std::uint64_t position) { confirmed_.push_back(position); },
                   [this](const Error& error) { refusal_ = error.message; }};
};

using Positions = std::vector<std::uint64_t>;

TEST_F(EgressGateTest, NothingLeavesBeforeItsPositionIsSafe) {
  StageAndSeal("a", 10);
  StageAndSeal("b", 20);
  Stage("c");
  gate_.Release(9);
  EXPECT_TRUE(sink_.committed.empty());
  gate_.Release(10);
  EXPECT_EQ(sink_.committed, Positions{10});
  gate_.Release(1000);
  EXPECT_EQ(sink_.committed, (Positions{10, 20}));
  EXPECT_EQ(sink_.contents, (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(gate_.open_empty());
}

TEST_F(EgressGateTest, ABatchIsCommittedOnceHoweverOftenItIsReleased) {
  StageAndSeal("a", 10);
  gate_.Release(10);
  gate_.Release(15);
  EXPECT_EQ(sink_.committed, Positions{10});
}

TEST_F(EgressGateTest, ABatchIsFrozenUntilTheSinkHasConfirmedIt) {
  StageAndSeal("a", 10);
  gate_.Release(10);
  ASSERT_EQ(gate_.Freeze().size(), 1u);
  EXPECT_FALSE(gate_.ConfirmedThrough(10));
  sink_.answers[0](Status());
  EXPECT_TRUE(gate_.Freeze().empty());
  EXPECT_TRUE(gate_.ConfirmedThrough(10));
  EXPECT_EQ(gate_.bytes(), 0u);
  EXPECT_EQ(gate_.confirmed(), 10u);
  EXPECT_EQ(confirmed_, Positions{10});
}

TEST_F(EgressGateTest, AFrozenBatchOutlivesItsConfirmation) {
  StageAndSeal("a", 10);
  const auto frozen = gate_.Freeze();
  gate_.Release(10);
  sink_.answers[0](Status());
  EXPECT_EQ(HeldSink::Values(frozen[0].records.Joined()), "a");
}

TEST_F(EgressGateTest, SealingNothingMakesNoBatch) {
  gate_.Seal(10);
  gate_.Release(10);
  EXPECT_TRUE(sink_.committed.empty());
}

TEST_F(EgressGateTest, WhatTheSinkHasIsNotPutBack) {
  StageAndSeal("b", 20);
  const auto records = gate_.Freeze()[0].records.Joined();
  gate_.Reset(10);
  gate_.PutBack(10, records);
  gate_.PutBack(20, records);
  gate_.Release(20);
  EXPECT_EQ(sink_.committed, Positions{20});
}

TEST_F(EgressGateTest, AnswersFromBeforeAResetAreIgnored) {
  StageAndSeal("a", 10);
  gate_.Release(10);
  gate_.Reset(0);
  StageAndSeal("b", 20);
  sink_.answers[0](MakeError(ErrorCode::kFenced, "replaced"));
  EXPECT_EQ(refusal_, "");
  sink_.answers[0](Status());
  EXPECT_EQ(gate_.Freeze().size(), 1u);
  EXPECT_EQ(gate_.confirmed(), 0u);
}

TEST_F(EgressGateTest, TheSinksRefusalIsPassedOn) {
  StageAndSeal("a", 10);
  gate_.Release(10);
  sink_.answers[0](MakeError(ErrorCode::kFenced, "worker 0 was replaced"));
  EXPECT_EQ(refusal_, "worker 0 was replaced");
}

TEST_F(EgressGateTest, WhileTheSinkIsGoneNothingIsCommittedAndItsLossIsToldOnce) {
  StageAndSeal("a", 10);
  StageAndSeal("b", 20);
  gate_.Release(20);
  sink_.answers[0](MakeError(ErrorCode::kUnavailable, "gone"));
  EXPECT_EQ(std::exchange(refusal_, ""), "gone");
  sink_.answers[1](MakeError(ErrorCode::kUnavailable, "still gone"));
  EXPECT_EQ(refusal_, "");
  StageAndSeal("c", 30);
  gate_.Release(30);
  EXPECT_EQ(sink_.committed, (Positions{10, 20}));
  EXPECT_EQ(gate_.Freeze().size(), 3u);
}

TEST_F(EgressGateTest, OnceTheSinkIsBackWhatItLacksIsCommittedAgainInOrder) {
  StageAndSeal("a", 10);
  StageAndSeal("b", 20);
  gate_.Release(20);
  sink_.answers[0](MakeError(ErrorCode::kUnavailable, "the answer was lost"));
  StageAndSeal("c", 30);
  StageAndSeal("d", 40);
  gate_.Release(30);
  gate_.Resume(10);
  EXPECT_EQ(confirmed_, Positions{10});
  EXPECT_EQ(sink_.committed, (Positions{10, 20, 20, 30}));
  sink_.answers[1](Status());  // Of before: it says nothing about what came after.
  EXPECT_EQ(gate_.confirmed(), 10u);
  sink_.answers[2](Status());
  EXPECT_EQ(gate_.confirmed(), 20u);
  gate_.Release(40);
  EXPECT_EQ(sink_.committed.back(), 40u);
}

TEST_F(EgressGateTest, EmittingNowNeedsNoPosition) {
  Stage("a");
  Stage("b");
  gate_.EmitNow();
  gate_.EmitNow();
  EXPECT_EQ(sink_.emitted, "ab");
  EXPECT_TRUE(gate_.open_empty());
}

TEST_F(EgressGateTest, ALargeBatchIsCommittedWholeAndInOrderWithoutBeingCopied) {
  const std::string value(1000, 'v');
  for (int i = 0; i < 1000; ++i) Stage(std::to_string(i) + value);
  gate_.Seal(10);
  const auto frozen = gate_.Freeze();
  gate_.Release(10);
  ASSERT_GT(frozen[0].records.pieces().size(), 10u);
  for (std::size_t i = 0; i < frozen[0].records.pieces().size(); ++i) {
    EXPECT_EQ(&frozen[0].records.pieces()[i].bytes(), &sink_.held[0].pieces()[i].bytes());
  }
  std::string expected;
  for (int i = 0; i < 1000; ++i) expected += std::to_string(i) + value;
  EXPECT_EQ(sink_.contents[0], expected);
}

TEST_F(EgressGateTest, APieceServesAgainOnceNobodyHoldsIt) {
  StageAndSeal("a", 10);
  gate_.Release(10);
  const auto* first = &sink_.held[0].pieces()[0].bytes();
  StageAndSeal("b", 20);
  gate_.Release(20);
  EXPECT_NE(&sink_.held[1].pieces()[0].bytes(), first);  // The sink reads the first still.
  sink_.answers[0](Status());
  sink_.held[0] = {};
  StageAndSeal("c", 30);
  gate_.Release(30);
  EXPECT_EQ(&sink_.held[2].pieces()[0].bytes(), first);
  EXPECT_EQ(sink_.contents, (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(EgressGateTest, ABatchIsPutBackInPieces) {
  StageAndSeal("a", 20);
  StageAndSeal("b", 30);
  const auto frozen = gate_.Freeze();
  gate_.Reset(10);
  gate_.PutBack(20, frozen[0].records.Joined());
  gate_.PutBack(20, frozen[1].records.Joined());
  gate_.Release(20);
  EXPECT_EQ(sink_.committed, Positions{20});
  EXPECT_EQ(sink_.contents.back(), "ab");
}

using EgressGateDeathTest = EgressGateTest;

TEST_F(EgressGateDeathTest, PositionsThatDoNotRiseAreABug) {
  StageAndSeal("a", 10);
  Stage("b");
  EXPECT_DEATH(gate_.Seal(10), "egress batch 10 after 10");
}

}  // namespace
}  // namespace holdfast
