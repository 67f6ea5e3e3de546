#include "storage-backends/state/lmdb/lmdb_backend.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "chaos/simulation/disk/inline_background.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

class LmdbBackendTest : public testing::Test {
 protected:
  std::string Folder() const { return parent_ / "state"; }
  RowKey Key(std::string_view id) const { return {KeyGroup(1), TableId(2), id}; }

  TemporaryFolder parent_;
  InlineBackground background_;
};

TEST_F(LmdbBackendTest, AFullMapIsNamedWithTheOptionToRaise) {
  const auto backend = OpenLmdbBackend(Folder(), background_, {.layer_bytes = 64 << 10, .map_bytes = 1 << 20}).value();
  Status status;
  for (int row = 0; row < 100 && status.ok(); ++row)
    status = backend->Put(Key(std::to_string(row)), std::string(40'000, 'x'));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kExhausted);
  EXPECT_NE(status.error().message.find("the map of 1048576 bytes is full; raise map-size"), std::string::npos)
      << status.error().message;
}

TEST_F(LmdbBackendTest, WhatAnEarlierProcessLeftIsRemoved) {
  std::filesystem::create_directories(Folder() + "/1");
  std::ofstream(Folder() + "/1/data.mdb") << "not a database";
  const auto backend = OpenLmdbBackend(Folder(), background_, {}).value();
  EXPECT_FALSE(backend->Get(Key("a")).value().has_value());
}

TEST_F(LmdbBackendTest, ItsFilesGoWithTheLastCut) {
  auto backend = OpenLmdbBackend(Folder(), background_, {}).value();
  backend->Put(Key("a"), "one").OrDie();
  auto cut = backend->Cut().value();
  backend->Clear().OrDie();
  EXPECT_TRUE(std::filesystem::exists(Folder() + "/1")) << "the cut still reads it";
  cut.reset();
  background_.RunAll();
  EXPECT_FALSE(std::filesystem::exists(Folder() + "/1"));
  backend.reset();
  EXPECT_TRUE(std::filesystem::is_empty(Folder()));
}

TEST_F(LmdbBackendTest, AMissingParentIsNamed) {
  const auto opened = OpenLmdbBackend(Folder() + "/deeper/still", background_, {});
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().message.find("state lmdb: cannot empty the folder"), std::string::npos);
  EXPECT_NE(opened.error().message.find("/deeper/still"), std::string::npos);
}

TEST_F(LmdbBackendTest, LongIdsThatDifferOnlyAtTheEndAreDifferentRows) {
  const auto backend = OpenLmdbBackend(Folder(), background_, {}).value();
  const std::string head(2'000, 'i');
  backend->Put(Key(head + "a"), "one").OrDie();
  backend->Put(Key(head + "b"), "two").OrDie();
  backend->Cut().value();
  background_.RunAll();
  EXPECT_EQ(backend->Get(Key(head + "a")).value(), "one");
  EXPECT_EQ(backend->Get(Key(head + "b")).value(), "two");
  EXPECT_FALSE(backend->Get(Key(head)).value().has_value());
}

}  // namespace
}  // namespace holdfast
