#include "engines/outside/outside.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Books each output, but those that begin with '-', and answers it twice, a millisecond apart.
class Echo final : public Participant {
 public:
  void Take(const EgressRecord& output, SteadyTime now) override {
    if (!output.value.starts_with('-')) Recall(output.value, now);
  }
  std::optional<SteadyTime> NextWake() const override {
    if (due_.empty()) return std::nullopt;
    return due_.begin()->first;
  }
  void Act(SteadyTime now, const Append& append) override {
    while (!due_.empty() && due_.begin()->first <= now) {
      const auto [at, number] = *due_.begin();
      due_.erase(due_.begin());
      append(number, PartitionId(1), {"key", fmt::format("{}.{}", ledger_[number / 2], number % 2), 7});
    }
  }
  std::size_t entries() const override { return ledger_.size(); }
  std::string_view Entry(std::size_t place) const override { return ledger_[place]; }
  void Recall(std::string_view entry, SteadyTime now) override {
    ledger_.emplace_back(entry);
    const auto number = 2 * (ledger_.size() - 1);
    for (int i = 1; i <= 2; ++i)
      due_.emplace(now + std::chrono::milliseconds(i), number + static_cast<unsigned>(i) - 1);
  }

 private:
  std::deque<std::string> ledger_;
  std::multimap<SteadyTime, std::uint64_t> due_;
};

class OutsideLifeTest : public testing::Test {
 protected:
  void Show(std::initializer_list<std::string_view> outputs) {
    auto writer = TopicWriter::Open(folder_ / "output").value();
    for (const auto output : outputs) {
      std::string bytes;
      AppendEgressRecord(bytes, {EgressId(1), {}, "key", output});
      writer.Append(bytes);
    }
    ASSERT_TRUE(writer.Flush(false).ok());
  }
  void Begin() { life_ = OutsideLife::Begin(folder_.path(), std::make_unique<Echo>(), now_).value(); }
  void TurnAfter(int millis) {
    now_ = now_ + std::chrono::milliseconds(millis);
    ASSERT_TRUE(life_->Turn(now_).ok());
  }
  std::vector<std::string> Answers(std::uint64_t* answered = nullptr) const {
    std::vector<std::string> answers;
    TopicReader reader(folder_ / "answers");
    for (std::string_view bytes; reader.Next(bytes);) {
      GivenAnswer answer;
      HOLDFAST_CHECK(GivenAnswer::Decode(bytes, answer), "an answer");
      if (answer.answered > 0 && answered != nullptr) *answered = answer.answered;
      if (answer.answered == 0) answers.push_back(answer.record.value);
    }
    return answers;
  }
  std::vector<std::string> Ledger() const {
    std::vector<std::string> entries;
    TopicReader reader(folder_ / "ledger");
    for (std::string_view bytes; reader.Next(bytes);) {
      BookedEntry booked;
      HOLDFAST_CHECK(BookedEntry::Decode(bytes, booked), "an entry");
      entries.push_back(fmt::format("{} {}", booked.position, booked.entry));
    }
    return entries;
  }

  TemporaryFolder folder_;
  SteadyTime now_{1'000'000};
  std::unique_ptr<OutsideLife> life_;
};

TEST_F(OutsideLifeTest, BooksWhatIsShownAndAnswersWhenItIsDue) {
  Begin();
  Show({"a", "-", "b"});
  TurnAfter(0);
  EXPECT_THAT(Ledger(), ElementsAre("1 a", "3 b"));
  EXPECT_THAT(Answers(), IsEmpty());
  TurnAfter(1);
  EXPECT_THAT(Answers(), ElementsAre("a.0", "b.0"));
  TurnAfter(1);
  std::uint64_t answered = 0;
  EXPECT_THAT(Answers(&answered), ElementsAre("a.0", "b.0", "a.1", "b.1"));
  EXPECT_EQ(answered, 3u) << "there is no more to say";
}

TEST_F(OutsideLifeTest, AnotherLifeBooksNothingTwiceAndGivesWhatWasNotGiven) {
  Begin();
  Show({"a", "b"});
  TurnAfter(0);
  TurnAfter(1);
  Show({"-", "c"});
  Begin();  // The first one is dead.
  TurnAfter(0);
  EXPECT_THAT(Ledger(), ElementsAre("1 a", "2 b", "4 c"));
  TurnAfter(2);
  EXPECT_THAT(Answers(), ElementsAre("a.0", "b.0", "c.0", "a.1", "b.1", "c.1"));
}

TEST_F(OutsideLifeTest, WhatDeathCutOffIsDoneAgain) {
  Begin();
  Show({"a", "b"});
  TurnAfter(0);
  TurnAfter(2);
  for (const auto* topic : {"ledger", "answers"}) {
    std::filesystem::resize_file(folder_ / topic, std::filesystem::file_size(folder_ / topic) - 3);
  }
  Begin();
  TurnAfter(0);
  EXPECT_THAT(Ledger(), ElementsAre("1 a", "2 b"));
  TurnAfter(2);
  std::uint64_t answered = 0;
  EXPECT_THAT(Answers(&answered), ElementsAre("a.0", "b.0", "a.1", "b.1"));
  EXPECT_EQ(answered, 2u);
}

TEST_F(OutsideLifeTest, AFolderThatIsNotThereIsNamed) {
  const auto life = OutsideLife::Begin(folder_ / "nowhere", std::make_unique<Echo>(), now_);
  ASSERT_FALSE(life.ok());
  EXPECT_NE(life.error().message.find("nowhere"), std::string::npos);
}

}  // namespace
}  // namespace holdfast
