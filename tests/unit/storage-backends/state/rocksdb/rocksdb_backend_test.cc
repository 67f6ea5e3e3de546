#include "storage-backends/state/rocksdb/rocksdb_backend.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "chaos/simulation/disk/inline_background.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

class RocksDbBackendTest : public testing::Test {
 protected:
  std::string Folder() const { return parent_ / "state"; }
  RowKey Key(std::string_view id) const { return {KeyGroup(1), TableId(2), id}; }

  TemporaryFolder parent_;
  InlineBackground background_;
};

TEST_F(RocksDbBackendTest, WhatAnEarlierProcessLeftIsRemoved) {
  std::filesystem::create_directories(Folder() + "/1");
  std::ofstream(Folder() + "/1/CURRENT") << "not a database";
  const auto backend = OpenRocksDbBackend(Folder(), background_, {}).value();
  EXPECT_FALSE(backend->Get(Key("a")).value().has_value());
}

TEST_F(RocksDbBackendTest, ItsFilesGoWithTheLastCut) {
  auto backend = OpenRocksDbBackend(Folder(), background_, {}).value();
  backend->Put(Key("a"), "one").OrDie();
  auto cut = backend->Cut().value();
  backend->Clear().OrDie();
  EXPECT_TRUE(std::filesystem::exists(Folder() + "/1")) << "the cut still reads it";
  cut.reset();
  background_.RunAll();
  EXPECT_FALSE(std::filesystem::exists(Folder() + "/1/CURRENT"));
  backend.reset();
  EXPECT_FALSE(std::filesystem::exists(Folder() + "/2/CURRENT"));
}

TEST_F(RocksDbBackendTest, AMissingParentIsNamed) {
  const auto opened = OpenRocksDbBackend(Folder() + "/deeper/still", background_, {});
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().message.find("state rocksdb: cannot empty the folder"), std::string::npos);
  EXPECT_NE(opened.error().message.find("/deeper/still"), std::string::npos);
}

TEST_F(RocksDbBackendTest, InMemoryItTouchesNoDisk) {
  const auto backend = OpenRocksDbBackend("/no/such/folder", background_, {.layer_bytes = 4 << 10, .in_memory = true});
  ASSERT_TRUE(backend.ok()) << backend.error().message;
  for (int row = 0; row < 1'000; ++row) (*backend)->Put(Key(std::to_string(row)), std::string(100, 'x')).OrDie();
  background_.RunAll();
  EXPECT_EQ((*backend)->Get(Key("999")).value(), std::string(100, 'x'));
  EXPECT_FALSE(std::filesystem::exists("/no"));
}

TEST_F(RocksDbBackendTest, StateLargerThanItsMemoryStaysReadable) {
  const auto backend =
      OpenRocksDbBackend(Folder(), background_,
                         {.layer_bytes = 64 << 10, .memtable_bytes = 256 << 10, .block_cache_bytes = 256 << 10})
          .value();
  const auto value = [](int row) { return std::string(1'000, static_cast<char>('a' + row % 26)); };
  for (int row = 0; row < 20'000; ++row) backend->Put(Key(std::to_string(row)), value(row)).OrDie();
  for (int row = 0; row < 20'000; row += 777) EXPECT_EQ(backend->Get(Key(std::to_string(row))).value(), value(row));
  EXPECT_GT(backend->size().payload_bytes, 19u << 20);
  EXPECT_LT(backend->size().memory_bytes, 4u << 20);
}

// Bytes this process has read from files so far, whether they came from the disk or the page cache.
std::uint64_t BytesRead() {
  std::ifstream file("/proc/self/io");
  std::string name;
  std::uint64_t bytes = 0;
  file >> name >> bytes;
  HOLDFAST_CHECK(name == "rchar:", "/proc/self/io begins with {}", name);
  return bytes;
}

// A row takes a piece of an index, one of a filter and a block of rows: not the filter of a whole file, which does not
// fit in a small cache.
TEST_F(RocksDbBackendTest, ARowTakesAFewBlocksAtMostHoweverSmallTheCache) {
  constexpr int kRows = 200'000;
  constexpr int kReads = 1'000;
  const auto backend =
      OpenRocksDbBackend(
          Folder(), background_,
          {.layer_bytes = 1 << 20, .memtable_bytes = 1 << 20, .block_cache_bytes = 128 << 10, .compress = false})
          .value();
  for (int row = 0; row < kRows; ++row) backend->Put(Key(std::to_string(row)), std::string(100, 'x')).OrDie();
  background_.RunAll();
  backend->Get(Key("0")).status().OrDie();
  const auto before = BytesRead();
  for (int i = 0; i < kReads; ++i) backend->Get(Key(std::to_string(i * 7919 % kRows))).status().OrDie();
  EXPECT_LT((BytesRead() - before) / kReads, 40'000u);
}

}  // namespace
}  // namespace holdfast
