#include "engines/outside/outside_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engines/outside/outside.h"
#include "tests/support/patience.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

class NoInput final : public Input {
 public:
  std::uint16_t partitions() const override { return 1; }
  void Record(PartitionId, std::uint64_t, InputRecord&) const override {}
};

// The process does nothing; what it would do, the test does.
class OutsideProcessTest : public testing::Test {
 protected:
  std::string Topics() const { return folder_ / "topics"; }
  Result<std::unique_ptr<OutsideProcess>> Start(std::vector<std::string> command) {
    return OutsideProcess::Start({std::move(command), {}, Topics(), folder_ / "printed"}, collector_, *loop_);
  }
  void Show(std::initializer_list<std::string_view> values) {
    std::string batch;
    for (const auto value : values) AppendEgressRecord(batch, {EgressId(1), {}, "key", value});
    ASSERT_TRUE(collector_.Commit(WorkerId(0), {}, ++position_, batch, SteadyTime{1}).ok());
  }
  void Give(const GivenAnswer& answer) {
    auto writer = TopicWriter::Open(Topics() + "/answers").value();
    writer.Append(answer.Encoded());
    ASSERT_TRUE(writer.Flush(false).ok());
  }

  TemporaryFolder folder_;
  Collector collector_;
  std::shared_ptr<ClosedLoopInput> loop_ = std::make_shared<ClosedLoopInput>(std::make_shared<NoInput>(), 1);
  std::uint64_t position_ = 0;
};

TEST_F(OutsideProcessTest, CarriesOutputThereAndAnswersBack) {
  const auto process = Start({"/bin/sleep", "1000"}).value();
  Show({"a", "b"});
  EXPECT_FALSE(process->Done());
  ASSERT_TRUE(process->Carry().ok());
  Show({"c"});
  ASSERT_TRUE(process->Carry().ok());
  std::vector<std::string> shown;
  TopicReader output(Topics() + "/output");
  for (std::string_view bytes; output.Next(bytes);) {
    EgressRecord record;
    ASSERT_TRUE(TakeEgressRecord(bytes, record));
    shown.emplace_back(record.value);
  }
  EXPECT_THAT(shown, ElementsAre("a", "b", "c"));
  EXPECT_FALSE(process->Done()) << "there may be answers to them";

  Give({0, 5, 1, {"to", "what", 3}});
  Give({3, 0, 0, {}});
  ASSERT_TRUE(process->Carry().ok());
  EXPECT_TRUE(process->Done());
  ASSERT_EQ(loop_->end(PartitionId(1)), 1u);
  InputRecord answer;
  loop_->Record(PartitionId(1), 0, answer);
  EXPECT_EQ(answer.key, "to");
  EXPECT_EQ(answer.value, "what");
  EXPECT_EQ(answer.ingress, 3);
}

TEST_F(OutsideProcessTest, WhoIsKilledOnPurposeIsNoTroubleAndCanComeBack) {
  const auto process = Start({"/bin/sleep", "1000"}).value();
  process->Kill();
  Show({"a"});
  EXPECT_TRUE(process->Carry().ok());
  EXPECT_TRUE(process->Restart().ok());
  EXPECT_TRUE(process->Carry().ok());
}

TEST_F(OutsideProcessTest, WhoEndsByItselfIsReportedWithWhatItPrinted) {
  const auto process = Start({"/bin/sh", "-c", "echo no ledger today; exit 3"}).value();
  Status status;
  ASSERT_TRUE(Until([&] { return !(status = process->Carry()).ok(); }));
  EXPECT_THAT(status.error().message, HasSubstr("who answers from outside exited with code 3 by itself"));
  EXPECT_THAT(status.error().message, HasSubstr("no ledger today"));
}

TEST_F(OutsideProcessTest, AFolderThatCannotBeMadeIsNamedWithTheReason) {
  const auto message = [&] { return Start({"/bin/sleep", "1000"}).error().message; };
  std::filesystem::create_directory(Topics());
  EXPECT_THAT(message(), AllOf(HasSubstr(Topics()), EndsWith(": it exists")));
  std::filesystem::remove(Topics());
  std::ofstream(Topics()) << "a file";
  EXPECT_THAT(message(), AllOf(HasSubstr(Topics()), EndsWith(": Not a directory")));
}

TEST_F(OutsideProcessTest, TheLedgerIsWhatItBooked) {
  const auto process = Start({"/bin/sleep", "1000"}).value();
  EXPECT_TRUE(process->Ledger().empty());
  auto writer = TopicWriter::Open(Topics() + "/ledger").value();
  for (const auto* entry : {"one", "two"}) writer.Append(BookedEntry{4, entry}.Encoded());
  ASSERT_TRUE(writer.Flush(false).ok());
  EXPECT_THAT(process->Ledger(), ElementsAre("one", "two"));
}

}  // namespace
}  // namespace holdfast
