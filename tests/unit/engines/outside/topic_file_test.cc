#include "engines/outside/topic_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

class TopicFileTest : public testing::Test {
 protected:
  std::string Path() const { return folder_ / "topic"; }
  void Write(std::initializer_list<std::string_view> records) {
    auto writer = TopicWriter::Open(Path()).value();
    for (const auto record : records) writer.Append(record);
    ASSERT_TRUE(writer.Flush(true).ok());
  }
  static std::vector<std::string> All(TopicReader& reader) {
    std::vector<std::string> records;
    for (std::string_view record; reader.Next(record);) records.emplace_back(record);
    return records;
  }
  using Records = std::vector<std::string>;

  TemporaryFolder folder_;
};

TEST_F(TopicFileTest, WhatIsWrittenIsReadInOrder) {
  TopicReader reader(Path());
  EXPECT_TRUE(All(reader).empty()) << "there is no file yet";
  Write({"one", "", "three"});
  EXPECT_EQ(All(reader), (Records{"one", "", "three"}));
  EXPECT_TRUE(All(reader).empty());
  Write({"four"});
  EXPECT_EQ(All(reader), (Records{"four"})) << "it goes on where it was";
}

TEST_F(TopicFileTest, NothingIsThereBeforeItIsFlushed) {
  auto writer = TopicWriter::Open(Path()).value();
  writer.Append("one");
  TopicReader reader(Path());
  EXPECT_TRUE(All(reader).empty());
  ASSERT_TRUE(writer.Flush(false).ok());
  EXPECT_EQ(All(reader), Records{"one"});
}

TEST_F(TopicFileTest, ManyAndLongRecordsAreReadWhole) {
  const std::string large(200'000, 'x');
  auto writer = TopicWriter::Open(Path()).value();
  for (int i = 0; i < 5'000; ++i) writer.Append(std::to_string(i));
  writer.Append(large);
  writer.Append("last");
  ASSERT_TRUE(writer.Flush(false).ok());
  TopicReader reader(Path());
  const auto records = All(reader);
  ASSERT_EQ(records.size(), 5'002u);
  EXPECT_EQ(records[4'999], "4999");
  EXPECT_EQ(records[5'000], large);
  EXPECT_EQ(records[5'001], "last");
}

TEST_F(TopicFileTest, WhatADeathCutOffIsNotThereAndIsWrittenOver) {
  Write({"one", "two"});
  const auto size = std::filesystem::file_size(Path());
  for (std::uintmax_t cut = 1; cut <= 8; ++cut) {
    std::filesystem::resize_file(Path(), size - cut);
    TopicReader reader(Path());
    EXPECT_EQ(All(reader), Records{"one"}) << cut;
  }
  Write({"deux"});
  TopicReader reader(Path());
  EXPECT_EQ(All(reader), (Records{"one", "deux"}));
}

TEST_F(TopicFileTest, AReaderThatSawWhatADeathCutOffReadsWhatIsWrittenThereInstead) {
  Write({"one", "two"});
  std::filesystem::resize_file(Path(), std::filesystem::file_size(Path()) - 1);
  TopicReader reader(Path());
  EXPECT_EQ(All(reader), Records{"one"});
  Write({"deux", "trois"});
  EXPECT_EQ(All(reader), (Records{"deux", "trois"}));
}

TEST_F(TopicFileTest, ADamagedRecordIsNotThere) {
  Write({"one", "two"});
  std::fstream(Path(), std::ios::in | std::ios::out).seekp(-1, std::ios::end).put('x');
  TopicReader reader(Path());
  EXPECT_EQ(All(reader), Records{"one"});
}

TEST_F(TopicFileTest, AFileThatCannotBeOpenedIsNamed) {
  const auto path = folder_ / "no-folder/topic";
  const auto writer = TopicWriter::Open(path);
  ASSERT_FALSE(writer.ok());
  EXPECT_NE(writer.error().message.find(path), std::string::npos) << writer.error().message;
}

}  // namespace
}  // namespace holdfast
