#include "workloads/oracles/elle_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace holdfast {
namespace {

using testing::HasSubstr;

// The value of an output is "element place".
std::vector<ListObservation> Observe(const EgressRecord& output) {
  std::istringstream text{std::string(output.value)};
  ListObservation seen{.key = std::string(output.key)};
  if (text >> seen.element >> seen.place) return {seen};
  return {};
}

class ElleHistoryTest : public testing::Test {
 protected:
  void See(std::string_view key, std::string_view value, int invoked, int visible) {
    history.See({EgressId(0), ValueTypeId(0), key, value}, Duration(invoked), Duration(visible));
  }
  std::string Text() const {
    std::ostringstream text;
    history.Write(text).OrDie();
    return text.str();
  }
  ElleHistory history{Observe};
};

TEST_F(ElleHistoryTest, EachOutputIsATransactionThatAppendsAndReads) {
  See("a", "7 1", 10, 30);
  See("a", "9 2", 20, 40);
  See("a", "not one", 20, 40);
  EXPECT_EQ(history.transactions(), 2u);
  EXPECT_EQ(Text(),
            "{:index 0, :type :invoke, :process 0, :time 10, :f :txn, :value [[:append \"a\" 7] [:r \"a\" nil]]}\n"
            "{:index 1, :type :invoke, :process 1, :time 20, :f :txn, :value [[:append \"a\" 9] [:r \"a\" nil]]}\n"
            "{:index 2, :type :ok, :process 0, :time 30, :f :txn, :value [[:append \"a\" 7] [:r \"a\" [7]]]}\n"
            "{:index 3, :type :ok, :process 1, :time 40, :f :txn, :value [[:append \"a\" 9] [:r \"a\" [7 9]]]}\n");
}

TEST_F(ElleHistoryTest, APlaceThatNobodyTellsOfIsAnElementThatNobodyAppended) {
  See("a", "9 3", 20, 40);
  See("a", "7 1", 10, 50);
  EXPECT_THAT(Text(), HasSubstr("[:r \"a\" [7 -2 9]]"));
}

TEST_F(ElleHistoryTest, TwoThatClaimOnePlaceReadDifferentLists) {
  See("a", "7 1", 10, 30);
  See("a", "8 1", 10, 30);
  See("a", "9 2", 10, 30);
  EXPECT_THAT(Text(), HasSubstr("[:r \"a\" [7]]"));
  EXPECT_THAT(Text(), HasSubstr("[:r \"a\" [8]]"));
  EXPECT_THAT(Text(), HasSubstr("[:r \"a\" [7 9]]"));
}

TEST_F(ElleHistoryTest, WhatTookNoTimeBeginsBeforeItEndsAndAfterWhatEndedBefore) {
  See("a", "7 1", 30, 30);
  See("b", "8 1", 30, 40);
  const auto text = Text();
  EXPECT_LT(text.find(":invoke, :process 0"), text.find(":ok, :process 0"));
  EXPECT_LT(text.find(":ok, :process 0"), text.find(":invoke, :process 1"));
}

TEST_F(ElleHistoryTest, ATextWithoutMeasureIsRefused) {
  See("a", "7 5", 10, 30);
  std::ostringstream text;
  const auto status = history.Write(text, 4);
  EXPECT_EQ(status.error().code, ErrorCode::kRefused);
  EXPECT_THAT(status.error().message, HasSubstr("5 list elements, more than 4"));
  EXPECT_EQ(text.str(), "");
}

}  // namespace
}  // namespace holdfast
