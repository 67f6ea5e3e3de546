// What is the layers' own; what every backend promises is tested in tests/contract with real databases below.
#include "storage-backends/state/write-behind/write_behind_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "chaos/simulation/disk/inline_background.h"

namespace holdfast::write_behind {
namespace {

using Rows = std::map<std::string, std::string, std::less<>>;

class MapCursor final : public Cursor {
 public:
  explicit MapCursor(const Rows& rows) : rows_(rows) {}
  void Seek(std::string_view key) override {
    ++seeks;
    at_ = rows_.lower_bound(key);
  }
  void Next() override { ++at_; }
  bool Valid() const override { return at_ != rows_.end(); }
  std::string_view key() const override { return at_->first; }
  std::string_view value() const override { return at_->second; }
  Status status() const override { return {}; }

  static inline int seeks = 0;

 private:
  const Rows& rows_;
  Rows::const_iterator at_;
};

class MapView final : public View {
 public:
  explicit MapView(Rows rows) : rows_(std::move(rows)) {}
  Result<std::unique_ptr<Cursor>> Walk() const override {
    return std::unique_ptr<Cursor>(std::make_unique<MapCursor>(rows_));
  }

 private:
  const Rows rows_;
};

// A database that shows what was applied only after Refresh, and can be told to fail.
struct MapDatabase final : Database {
  Result<std::optional<std::string_view>> Get(std::string_view key) override {
    const auto row = visible.find(key);
    return row == visible.end() ? std::nullopt : std::optional<std::string_view>(row->second);
  }
  Status Apply(const Layer& layer) override {
    if (full) return MakeError(ErrorCode::kExhausted, "the disk is full");
    ++applied;
    for (const auto& [key, value] : layer.Sorted()) {
      if (value.present) {
        rows[std::string(key)] = value.bytes;
      } else {
        rows.erase(std::string(key));
      }
    }
    return {};
  }
  Status Refresh() override {
    visible = rows;
    return {};
  }
  Result<std::unique_ptr<View>> Freeze() override { return std::unique_ptr<View>(std::make_unique<MapView>(visible)); }
  DatabaseSize size() const override { return {}; }

  Rows rows, visible;
  int applied = 0;
  bool full = false;
};

RowKey Key(std::string_view id, std::uint16_t group = 1, std::uint16_t table = 2) {
  return {KeyGroup(group), TableId(table), id};
}

class WriteBehindTest : public testing::Test {
 protected:
  std::unique_ptr<StateBackend> Open(std::uint64_t layer_bytes) {
    const auto open = [this]() -> Result<std::shared_ptr<Database>> {
      database_ = std::make_shared<MapDatabase>();
      return std::static_pointer_cast<Database>(database_);
    };
    return WriteBehindBackend::Open(open, background_, {.layer_bytes = layer_bytes, .sealed_layers = 2}).value();
  }
  std::string Get(StateBackend& backend, const RowKey& key) {
    return std::string(backend.Get(key).value().value_or("(none)"));
  }

  InlineBackground background_;
  std::shared_ptr<MapDatabase> database_;
};

TEST_F(WriteBehindTest, NothingReachesTheDatabaseBeforeALayerIsSealed) {
  const auto backend = Open(1 << 20);
  backend->Put(Key("a"), "one").OrDie();
  EXPECT_TRUE(background_.idle());
  const auto cut = backend->Cut().value();
  EXPECT_FALSE(background_.idle());
  EXPECT_EQ(database_->applied, 0) << "the cut itself writes nothing";
  background_.RunAll();
  EXPECT_EQ(database_->applied, 1);
}

TEST_F(WriteBehindTest, ARowIsFoundWhereverItIs) {
  const auto backend = Open(1 << 20);
  backend->Put(Key("a"), "in the database").OrDie();
  backend->Cut().value();
  background_.RunAll();
  EXPECT_EQ(Get(*backend, Key("a")), "in the database");
  backend->Put(Key("a"), "sealed").OrDie();
  backend->Cut().value();
  EXPECT_EQ(Get(*backend, Key("a")), "sealed");
  backend->Erase(Key("a")).OrDie();
  EXPECT_EQ(Get(*backend, Key("a")), "(none)") << "erased in the open layer";
}

TEST_F(WriteBehindTest, ALoopThatIsTooFastWritesTheOldestLayerItself) {
  const auto backend = Open(1 << 20);
  for (int layer = 0; layer < 5; ++layer) {
    backend->Put(Key("a"), std::to_string(layer)).OrDie();
    backend->Cut().value();
  }
  EXPECT_EQ(database_->applied, 3) << "two may wait";
  EXPECT_EQ(Get(*backend, Key("a")), "4");
  background_.RunAll();
  EXPECT_EQ(database_->applied, 5) << "each layer once";
  EXPECT_EQ(Get(*backend, Key("a")), "4");
}

TEST_F(WriteBehindTest, AfterAFailedWriteEveryCallSaysWhatHappened) {
  const auto backend = Open(1 << 20);
  backend->Put(Key("a"), "one").OrDie();
  backend->Cut().value();
  database_->full = true;
  background_.RunAll();
  EXPECT_EQ(backend->Get(Key("a")).error().message, "the disk is full");
  EXPECT_EQ(backend->Put(Key("b"), "two").error().code, ErrorCode::kExhausted);
  EXPECT_FALSE(backend->Cut().ok());
  backend->Clear().OrDie();
  EXPECT_EQ(Get(*backend, Key("a")), "(none)") << "an empty database, and a new beginning";
}

TEST_F(WriteBehindTest, AnAnswerFromBeforeClearIsIgnored) {
  const auto backend = Open(1 << 20);
  backend->Put(Key("a"), "old").OrDie();
  backend->Cut().value();
  const auto old = database_;
  backend->Clear().OrDie();
  backend->Put(Key("a"), "new").OrDie();
  background_.RunAll();
  EXPECT_EQ(old->applied, 1);
  EXPECT_EQ(database_->applied, 0);
  EXPECT_EQ(Get(*backend, Key("a")), "new");
}

TEST_F(WriteBehindTest, AnAnswerAfterTheBackendIsGoneIsIgnored) {
  auto backend = Open(1 << 20);
  backend->Put(Key("a"), "one").OrDie();
  backend->Cut().value();
  backend.reset();
  background_.RunAll();
  EXPECT_EQ(database_->applied, 1);
}

TEST_F(WriteBehindTest, AWalkOverATableJumpsOverTheOthers) {
  const auto backend = Open(1 << 20);
  for (std::uint16_t group : {0, 7, 65535}) {
    for (int row = 0; row < 100; ++row) backend->Put(Key(std::to_string(row), group, 3), "other").OrDie();
    backend->Put(Key("mine", group, 2), "mine").OrDie();
    backend->Put(Key("mine too", group, 0xff01), "pending").OrDie();
  }
  backend->Cut().value();
  background_.RunAll();
  MapCursor::seeks = 0;
  std::vector<int> groups;
  const auto collect = [&](const RowKey& key, std::string_view value) -> Status {
    EXPECT_EQ(value, "pending");
    groups.push_back(key.group.value);
    return {};
  };
  backend->ForEachIn(TableId(0xff01), collect).OrDie();
  EXPECT_THAT(groups, testing::ElementsAre(0, 7, 65535));
  EXPECT_LE(MapCursor::seeks, 8);
}

}  // namespace
}  // namespace holdfast::write_behind
