#include "engines/generator/generator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr PartitionId kFirst{0};
constexpr PartitionId kSecond{1};
constexpr SteadyTime kZero{1'000'000};

// Two partitions; each record's value says where it stands.
class PlainInput final : public Input {
 public:
  std::uint16_t partitions() const override { return 2; }
  void Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const override {
    record.key = "key";
    record.value = fmt::format("{}:{}", partition, offset);
  }
};

// 2000 records per second, constant: partition 0 is due at 0, 1, 2, ... ms, partition 1 half a millisecond later.
class GeneratorTest : public testing::Test {
 protected:
  static Generator Make(Rate rate = {2000}, std::uint64_t in_flight = 0) {
    return Generator({.input = std::make_shared<PlainInput>(),
                      .schedule = {1, rate, ArrivalSchedule::Spread::kConstant, 2},
                      .warm_up = 2ms,
                      .end = 5ms,
                      .in_flight = in_flight});
  }
  void Start(std::uint64_t offset = 0) {
    generator_.Subscribe(kFirst, offset);
    generator_.Subscribe(kSecond, offset);
    generator_.Begin(kZero);
  }
  std::string TakeAt(Duration at, PartitionId partition = kFirst, std::size_t max_bytes = 1000) {
    const auto encode = [](std::string& out, const InputRecord& record) { out += record.value + " "; };
    generator_.Take(partition, kZero + at, taken_, max_bytes, encode, batch_);
    if (batch_.count > 0) generator_.Sent(batch_, kZero + at);
    return batch_.records;
  }

  Generator generator_ = Make();
  Generator::Batch batch_;
  std::uint64_t taken_ = 0;
};

TEST_F(GeneratorTest, NothingIsDueBeforeTheBeginningOrASubscription) {
  EXPECT_EQ(generator_.NextDue(kFirst, 0), kNotDue);
  generator_.Begin(kZero);
  EXPECT_EQ(generator_.NextDue(kFirst, 0), kNotDue);
  generator_.Subscribe(kFirst, 0);
  EXPECT_EQ(generator_.NextDue(kFirst, 0), kZero);
  EXPECT_FALSE(generator_.subscribed());
}

TEST_F(GeneratorTest, RecordsLeaveWhenTheyAreDueAndNoEarlier) {
  Start();
  EXPECT_EQ(TakeAt(0ms), "0:0 ");
  EXPECT_EQ(TakeAt(999us), "");
  EXPECT_EQ(generator_.NextDue(kFirst, 0), kZero + 1ms);
  EXPECT_EQ(TakeAt(2ms), "0:1 0:2 ");
  EXPECT_EQ(TakeAt(2ms, kSecond), "1:0 1:1 ");
}

TEST_F(GeneratorTest, ABatchEndsWhenItIsFull) {
  Start();
  EXPECT_EQ(TakeAt(4ms, kFirst, 5), "0:0 0:1 ");
  EXPECT_EQ(TakeAt(4ms, kFirst, 5), "0:2 0:3 ");
}

TEST_F(GeneratorTest, TheOfferEndsAtTheEnd) {
  Start();
  EXPECT_EQ(generator_.to_offer(), 10u);
  EXPECT_EQ(TakeAt(100ms), "0:0 0:1 0:2 0:3 0:4 ");
  EXPECT_FALSE(generator_.Done(kZero + 100ms));
  EXPECT_EQ(TakeAt(100ms, kSecond), "1:0 1:1 1:2 1:3 1:4 ");
  EXPECT_TRUE(generator_.Done(kZero + 100ms));
  EXPECT_EQ(generator_.NextDue(kFirst, 0), kNotDue);
}

TEST_F(GeneratorTest, AReplayRepeatsTheRecordsAtOnceAndCountsNothingTwice) {
  Start();
  EXPECT_EQ(TakeAt(3ms), "0:0 0:1 0:2 0:3 ");
  generator_.Unsubscribe();
  EXPECT_EQ(TakeAt(4ms), "");
  generator_.Subscribe(kFirst, 2);
  EXPECT_EQ(TakeAt(4ms), "0:2 0:3 0:4 ");
  EXPECT_EQ(generator_.SentEnd(kFirst), 5u);
  EXPECT_EQ(generator_.FirstSent(kFirst, 2), 1ms);
  EXPECT_EQ(generator_.FirstSent(kFirst, 4), 0ms);
  EXPECT_EQ(generator_.FirstSent(kFirst, 5), std::nullopt);
}

TEST_F(GeneratorTest, LagIsHowLateRecordsOfAPartitionThatIsUpToDateLeave) {
  Start();
  EXPECT_EQ(TakeAt(1ms), "0:0 0:1 ");  // In the warm-up.
  EXPECT_TRUE(generator_.lag().empty());
  EXPECT_EQ(TakeAt(2500us), "0:2 ");
  EXPECT_EQ(generator_.lag().count(), 1);
  EXPECT_NEAR(static_cast<double>(generator_.lag().max()), 500e3, 1e3);
}

TEST_F(GeneratorTest, CatchingUpIsNoLag) {
  Start();
  EXPECT_EQ(TakeAt(1ms), "0:0 0:1 ");
  generator_.Blocked(kFirst);
  EXPECT_EQ(TakeAt(3500us), "0:2 0:3 ");
  EXPECT_TRUE(generator_.lag().empty());
  EXPECT_EQ(generator_.FirstSent(kFirst, 2), 1500us);
  EXPECT_EQ(TakeAt(4100us), "0:4 ");
  EXPECT_EQ(generator_.lag().count(), 1);
}

TEST_F(GeneratorTest, WithoutARateSoMuchIsSentAsMayBeUnderWay) {
  generator_ = Make(Rate::Max(), 3);
  Start();
  EXPECT_EQ(TakeAt(0ms), "0:0 0:1 0:2 ");
  EXPECT_EQ(TakeAt(1ms, kSecond), "");
  taken_ = 1;
  EXPECT_EQ(TakeAt(1ms, kSecond), "1:0 ");
  taken_ = 4;
  EXPECT_EQ(TakeAt(5ms), "");
  EXPECT_TRUE(generator_.Done(kZero + 5ms));
  EXPECT_EQ(generator_.sent(), 4u);
}

TEST_F(GeneratorTest, WithoutARateAReplayGoesOnAfterTheEndUntilAllThatEverLeftHasLeftAgain) {
  generator_ = Make(Rate::Max(), 3);
  Start();
  EXPECT_EQ(TakeAt(0ms), "0:0 0:1 0:2 ");
  generator_.Unsubscribe();
  EXPECT_FALSE(generator_.Done(kZero + 5ms)) << "who has gone may ask for it again";
  for (std::uint16_t p = 0; p < 2; ++p) generator_.Subscribe(PartitionId(p), p == 0 ? 1 : 0);
  EXPECT_FALSE(generator_.Done(kZero + 5ms));
  EXPECT_EQ(TakeAt(5ms), "0:1 0:2 ");
  EXPECT_TRUE(generator_.Done(kZero + 5ms));
  EXPECT_EQ(generator_.sent(), 3u);
}

// Two offered partitions and one with answers.
class GeneratorWithAnswersTest : public GeneratorTest {
 protected:
  GeneratorWithAnswersTest() {
    loop_ = std::make_shared<ClosedLoopInput>(std::make_shared<PlainInput>(), 1);
    generator_ = Generator({.input = loop_,
                            .schedule = {1, {2000}, ArrivalSchedule::Spread::kConstant, 2},
                            .warm_up = 2ms,
                            .end = 5ms,
                            .in_flight = 0,
                            .loop = loop_});
    Start();
    generator_.Subscribe(kAnswers, 0);
  }
  void Answer(std::string value) { loop_->Append(kAnswers, {"key", std::move(value), 1}); }

  static constexpr PartitionId kAnswers{2};
  std::shared_ptr<ClosedLoopInput> loop_;
};

TEST_F(GeneratorWithAnswersTest, AnAnswerIsDueOnceItIsGiven) {
  EXPECT_EQ(generator_.NextDue(kAnswers, 0), kNotDue);
  EXPECT_EQ(TakeAt(1ms, kAnswers), "");
  Answer("a");
  Answer("b");
  EXPECT_EQ(generator_.NextDue(kAnswers, 0), kZero);
  EXPECT_EQ(TakeAt(1ms, kAnswers), "a b ");
  EXPECT_EQ(generator_.SentEnd(kAnswers), 2u);
  EXPECT_EQ(generator_.NextDue(kAnswers, 0), kNotDue);
}

TEST_F(GeneratorWithAnswersTest, AnAnswerIsSentAgainToWhoAsksAgain) {
  Answer("a");
  TakeAt(1ms, kAnswers);
  generator_.Unsubscribe();
  EXPECT_EQ(generator_.NextDue(kAnswers, 0), kNotDue);
  generator_.Subscribe(kAnswers, 0);
  EXPECT_EQ(TakeAt(2ms, kAnswers), "a ");
}

TEST_F(GeneratorWithAnswersTest, AnswersAreNoOffersButMustBeSentToo) {
  Answer("a");
  for (const auto partition : {kFirst, kSecond}) TakeAt(10ms, partition);
  EXPECT_EQ(generator_.sent(), 10u);
  EXPECT_EQ(generator_.to_offer(), 10u);
  EXPECT_FALSE(generator_.Done(kZero + 10ms));
  TakeAt(10ms, kAnswers);
  EXPECT_EQ(generator_.sent(), 10u);
  EXPECT_TRUE(generator_.Done(kZero + 10ms));
  EXPECT_EQ(generator_.lag().count(), 0u) << "answers are never late";
}

TEST_F(GeneratorTest, IsBehindBySoMuchAsTheRecordThatHasWaitedLongest) {
  EXPECT_EQ(generator_.Behind(kZero + 3ms), 0ms);
  Start();
  EXPECT_EQ(generator_.Behind(kZero + 3ms), 3ms);
  TakeAt(3ms);
  EXPECT_EQ(generator_.Behind(kZero + 3ms), 2500us);  // The other partition's first.
  TakeAt(3ms, kSecond);
  EXPECT_EQ(generator_.Behind(kZero + 3ms), 0ms);
  generator_.Subscribe(kFirst, 0);
  EXPECT_EQ(generator_.Behind(kZero + 3ms), 0ms) << "what leaves again is late by nobody's fault";
  generator_.Unsubscribe();
  EXPECT_EQ(generator_.Behind(kZero + 10ms), 0ms);
}

}  // namespace
}  // namespace holdfast
