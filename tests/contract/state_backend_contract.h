// What every state backend promises, beyond what one reads in the interface: views, sizes, keys of any bytes, and cuts
// that never change. An implementation joins with one line in state_backend_test.cc. The random tests print their seed;
// `--gtest_filter` on the test and HOLDFAST_SEED replay one.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/ports/state_backend.h"
#include "tests/contract/state_backend_model.h"

namespace holdfast::contract {

struct StateBackendUnderTest {
  std::string name;
  std::function<std::unique_ptr<StateBackend>()> make;
  friend void PrintTo(const StateBackendUnderTest& factory, std::ostream* out) { *out << factory.name; }
};

class StateBackendContract : public testing::TestWithParam<StateBackendUnderTest> {
 protected:
  std::optional<std::string> Get(const RowKey& key) {
    auto found = backend_->Get(key);
    EXPECT_TRUE(found.ok());
    if (!found.ok() || !found->has_value()) return std::nullopt;
    return std::string(**found);
  }
  void Put(const RowKey& key, std::string_view value) { backend_->Put(key, value).OrDie(); }
  void Erase(const RowKey& key) { backend_->Erase(key).OrDie(); }
  std::shared_ptr<const StateCut> Cut() { return backend_->Cut().value(); }
  Model Table(std::uint16_t table) {
    Model rows;
    EXPECT_TRUE(backend_->ForEachIn(TableId(table), CollectInto(rows)).ok());
    return rows;
  }

  std::unique_ptr<StateBackend> backend_ = GetParam().make();
};

TEST_P(StateBackendContract, HasNoRowsAtFirst) {
  EXPECT_EQ(Get(Key("a")), std::nullopt);
  Erase(Key("a"));
  EXPECT_THAT(RowsOf(*Cut()), testing::IsEmpty());
  EXPECT_THAT(Table(2), testing::IsEmpty());
  EXPECT_EQ(backend_->size().rows, 0u);
  EXPECT_EQ(backend_->size().payload_bytes, 0u);
}

TEST_P(StateBackendContract, GivesBackWhatWasPut) {
  Put(Key("a"), "one");
  Put(Key("b"), "two");
  EXPECT_EQ(Get(Key("a")), "one");
  EXPECT_EQ(Get(Key("b")), "two");
  EXPECT_EQ(Get(Key("ab")), std::nullopt);
}

TEST_P(StateBackendContract, ForgetsWhatWasErased) {
  Put(Key("a"), "one");
  Put(Key("b"), "two");
  Erase(Key("a"));
  EXPECT_EQ(Get(Key("a")), std::nullopt);
  EXPECT_EQ(Get(Key("b")), "two");
  Put(Key("a"), "again");
  EXPECT_EQ(Get(Key("a")), "again");
}

TEST_P(StateBackendContract, AValueMayChangeToAnySize) {
  for (const std::size_t bytes : {0, 1, 40, 41, 9, 5'000, 8'100, 9'000, 100'000, 90'000, 20'000, 200'000, 0, 300}) {
    const std::string value(bytes, static_cast<char>('a' + bytes % 26));
    Put(Key("a"), value);
    EXPECT_EQ(Get(Key("a")), value);
    EXPECT_EQ(backend_->size().rows, 1u);
    EXPECT_EQ(backend_->size().payload_bytes, bytes + 1);
  }
}

TEST_P(StateBackendContract, AnExpectedNumberOfRowsIsAHintAndNoMore) {
  for (const std::uint64_t expected : {0u, 10u, 10'000u}) {
    backend_->Clear().OrDie();
    EXPECT_EQ(Get(Key("a")), std::nullopt);
    backend_->Expect(expected);
    Put(Key("a"), "value");
    for (int i = 0; i < 100; ++i) Put(Key(std::to_string(i)), "value");
    backend_->Expect(1'000);  // Too late, and no harm.
    EXPECT_EQ(Get(Key("a")), "value");
    EXPECT_EQ(Get(Key("99")), "value");
    EXPECT_EQ(Get(Key("100")), std::nullopt);
  }
}

TEST_P(StateBackendContract, AnEmptyValueIsARow) {
  Put(Key("a"), "");
  EXPECT_EQ(Get(Key("a")), "");
  EXPECT_EQ(RowsOf(*Cut()), (Model{{{1, 2, "a"}, ""}}));
}

TEST_P(StateBackendContract, AnIdIsAnyBytes) {
  const std::string zeros(3, '\0');
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  Put(Key(""), "empty");
  Put(Key(zeros), "zeros");
  Put(Key(std::string_view(zeros).substr(1)), "fewer zeros");
  Put(Key(all), "all");
  EXPECT_EQ(Get(Key("")), "empty");
  EXPECT_EQ(Get(Key(zeros)), "zeros");
  EXPECT_EQ(Get(Key(all)), "all");
  EXPECT_EQ(RowsOf(*Cut()).size(), 4u);
}

TEST_P(StateBackendContract, AnIdHasUpTo65535Bytes) {
  std::string id(65535, 'i');
  Put(Key(id), "small");
  EXPECT_EQ(Get(Key(id)), "small");
  Put(Key(id), std::string(100'000, 'v'));
  EXPECT_EQ(Get(Key(id)), std::string(100'000, 'v'));
  EXPECT_EQ(RowsOf(*Cut()), (Model{{{1, 2, id}, std::string(100'000, 'v')}}));
  id.push_back('i');
  EXPECT_EQ(Get(Key(id)), std::nullopt);
  EXPECT_EQ(backend_->Put(Key(id), "").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(backend_->size().rows, 1u);
}

TEST_P(StateBackendContract, TheSameIdLivesInManyTablesAndGroups) {
  Model expected;
  for (std::uint16_t group : {0, 1, 65535}) {
    for (std::uint16_t table : {0, 1, 0xff00, 65535}) {
      expected[{group, table, "id"}] = std::to_string(group) + "/" + std::to_string(table);
      Put({KeyGroup(group), TableId(table), "id"}, expected[{group, table, "id"}]);
    }
  }
  Erase({KeyGroup(1), TableId(1), "id"});
  expected.erase({1, 1, "id"});
  for (const auto& [key, value] : expected) EXPECT_EQ(Get(AsRowKey(key)), value);
  EXPECT_EQ(RowsOf(*Cut()), expected);
}

TEST_P(StateBackendContract, AWriteAfterAReadOfAnotherKeyHitsItsOwn) {
  Put(Key("a"), "one");
  EXPECT_EQ(Get(Key("a")), "one");
  Put(Key("b"), "two");
  EXPECT_EQ(Get(Key("missing")), std::nullopt);
  Put(Key("c"), "three");
  EXPECT_EQ(Get(Key("b")), "two");
  Erase(Key("a"));
  EXPECT_EQ(Get(Key("gone")), std::nullopt);
  Erase(Key("c"));
  EXPECT_EQ(RowsOf(*Cut()), (Model{{{1, 2, "b"}, "two"}}));
}

TEST_P(StateBackendContract, AReadIsNotFooledByWhatHappenedSince) {
  EXPECT_EQ(Get(Key("a")), std::nullopt);
  backend_->Clear().OrDie();
  Put(Key("a"), "one");
  EXPECT_EQ(Get(Key("a")), "one");
  const auto cut = Cut();
  Put(Key("a"), "two");
  backend_->Clear().OrDie();
  Erase(Key("a"));
  EXPECT_EQ(Get(Key("a")), std::nullopt);
  EXPECT_EQ(RowsOf(*cut), (Model{{{1, 2, "a"}, "one"}}));
}

TEST_P(StateBackendContract, AViewStaysValidUntilTheNextCallThatMayChange) {
  Put(Key("a"), "value of a");
  const auto view = backend_->Get(Key("a")).value().value();
  EXPECT_EQ(backend_->size().rows, 1u);
  EXPECT_EQ(view, "value of a");
}

TEST_P(StateBackendContract, ACutNeverChanges) {
  Put(Key("kept"), "kept");
  Put(Key("changed"), "before");
  Put(Key("erased"), "erased");
  const auto cut = Cut();
  Put(Key("changed"), "after!");
  Erase(Key("erased"));
  Put(Key("added"), "added");
  const Model expected{{{1, 2, "kept"}, "kept"}, {{1, 2, "changed"}, "before"}, {{1, 2, "erased"}, "erased"}};
  EXPECT_EQ(RowsOf(*cut), expected);
  EXPECT_EQ(RowsOf(*cut), expected) << "on the second reading";
}

TEST_P(StateBackendContract, ACutKeepsItsRowsThroughClear) {
  Put(Key("a"), "one");
  Put(Key("large"), std::string(50'000, 'x'));
  const auto cut = Cut();
  backend_->Clear().OrDie();
  EXPECT_EQ(backend_->size().rows, 0u);
  Put(Key("a"), "two");
  EXPECT_EQ(RowsOf(*cut).size(), 2u);
  EXPECT_EQ(RowsOf(*Cut()), (Model{{{1, 2, "a"}, "two"}}));
}

TEST_P(StateBackendContract, CutsWithoutAWriteBetweenShowTheSame) {
  Put(Key("a"), "one");
  const auto first = Cut();
  const auto second = Cut();
  Put(Key("a"), "two");
  EXPECT_EQ(RowsOf(*first), RowsOf(*second));
  EXPECT_EQ(Get(Key("a")), "two");
}

TEST_P(StateBackendContract, AWalkStopsAtTheFirstError) {
  for (const auto* id : {"a", "b", "c"}) Put(Key(id), id);
  int visited = 0;
  const auto stop = [&](const RowKey&, std::string_view) -> Status {
    return ++visited == 2 ? MakeError(ErrorCode::kExhausted, "enough") : Status();
  };
  EXPECT_EQ(Cut()->ForEach(stop).error().message, "enough");
  EXPECT_EQ(visited, 2);
  visited = 0;
  EXPECT_EQ(backend_->ForEachIn(TableId(2), stop).error().message, "enough");
  EXPECT_EQ(visited, 2);
}

TEST_P(StateBackendContract, ForEachInShowsThePresentRowsOfOneTable) {
  Put({KeyGroup(1), TableId(7), "a"}, "one");
  Put({KeyGroup(2), TableId(7), "a"}, "two");
  Put({KeyGroup(1), TableId(8), "a"}, "other");
  const auto cut = Cut();
  Put({KeyGroup(2), TableId(7), "a"}, "now");
  EXPECT_EQ(Table(7), (Model{{{1, 7, "a"}, "one"}, {{2, 7, "a"}, "now"}}));
  EXPECT_THAT(Table(9), testing::IsEmpty());
}

TEST_P(StateBackendContract, RandomHistoriesMatchASortedMap) {
  for (const std::uint64_t seed : Seeds(20)) {
    SCOPED_TRACE("HOLDFAST_SEED=" + std::to_string(seed));
    backend_ = GetParam().make();
    RandomHistory history(*backend_, seed, seed % 2 == 0 ? 20 : 2'000);
    for (int step = 0; step < 5'000; ++step) {
      history.Step();
      if (history.random().Chance(0.0003)) history.Clear();
      ASSERT_FALSE(testing::Test::HasFatalFailure());
    }
    history.CheckSize();
    ASSERT_EQ(RowsOf(*Cut()), history.model());
  }
}

TEST_P(StateBackendContract, ManyCutsReleasedInAnyOrderShowWhatTheyFroze) {
  for (const std::uint64_t seed : Seeds(40)) {
    SCOPED_TRACE("HOLDFAST_SEED=" + std::to_string(seed));
    backend_ = GetParam().make();
    RandomHistory history(*backend_, seed, seed % 2 == 0 ? 30 : 600);
    std::vector<std::pair<std::shared_ptr<const StateCut>, Model>> cuts;
    for (int step = 0; step < 3'000; ++step) {
      history.Step();
      ASSERT_FALSE(testing::Test::HasFatalFailure());
      if (history.random().Chance(0.01)) cuts.emplace_back(Cut(), history.model());
      if (!cuts.empty() && history.random().Chance(0.009)) {
        const auto chosen = cuts.begin() + static_cast<std::ptrdiff_t>(history.random().Below(cuts.size()));
        ASSERT_EQ(RowsOf(*chosen->first), chosen->second);
        cuts.erase(chosen);
      }
      if (history.random().Chance(0.0005)) history.Clear();
    }
    for (const auto& [cut, rows] : cuts) ASSERT_EQ(RowsOf(*cut), rows);
    ASSERT_EQ(RowsOf(*Cut()), history.model());
  }
}

TEST_P(StateBackendContract, ACutIsReadAndDroppedByAnotherThreadWhileTheLoopGoesOn) {
  for (const std::uint64_t seed : Seeds(3)) {
    SCOPED_TRACE("HOLDFAST_SEED=" + std::to_string(seed));
    backend_ = GetParam().make();
    RandomHistory history(*backend_, seed, 2'000);
    std::vector<std::thread> readers;
    for (int round = 0; round < 12; ++round) {
      for (int step = 0; step < 1'000; ++step) history.Step();
      ASSERT_FALSE(testing::Test::HasFatalFailure());
      readers.emplace_back([cut = Cut(), expected = history.model()]() mutable {
        EXPECT_EQ(RowsOf(*cut), expected);
        cut.reset();
      });
      if (round % 3 == 2) {
        for (auto& reader : std::exchange(readers, {})) reader.join();
      }
    }
    for (auto& reader : readers) reader.join();
    history.CheckSize();
  }
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StateBackendContract);

}  // namespace holdfast::contract
