// What every ObjectStore promises a process that lives.
//
//   INSTANTIATE_TEST_SUITE_P(Memory, ObjectStoreContract, testing::Values(ObjectStoreRigFactory([] { ... })));
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "core/ports/object_store.h"

namespace holdfast::contract {

using testing::ElementsAre;
using testing::IsEmpty;

class ObjectStoreRig {
 public:
  virtual ~ObjectStoreRig() = default;
  virtual ObjectStore& store() = 0;
  // The same content, opened anew.
  virtual void Reopen() = 0;
};

using ObjectStoreRigFactory = std::function<std::unique_ptr<ObjectStoreRig>()>;

class ObjectStoreContract : public testing::TestWithParam<ObjectStoreRigFactory> {
 protected:
  ObjectStore& store() { return rig_->store(); }
  void Reopen() { rig_->Reopen(); }
  Status Put(std::string_view name, std::string_view bytes) {
    HOLDFAST_ASSIGN(auto writer, store().Create(name));
    HOLDFAST_TRY(writer->Append(bytes));
    return writer->Commit();
  }
  std::string Get(std::string_view name) {
    auto bytes = store().Get(name);
    return bytes.ok() ? *bytes : "error: " + bytes.error().message;
  }
  std::vector<std::string> List(std::string_view prefix) { return store().List(prefix).value(); }

 private:
  const std::unique_ptr<ObjectStoreRig> rig_ = GetParam()();
};

TEST_P(ObjectStoreContract, AnObjectIsInvisibleUntilCommitted) {
  auto writer = store().Create("chk-1/part").value();
  ASSERT_TRUE(writer->Append("half ").ok());
  ASSERT_TRUE(writer->Append("and half").ok());
  EXPECT_EQ(store().Get("chk-1/part").error().code, ErrorCode::kNotFound);
  EXPECT_THAT(List(""), IsEmpty());
  ASSERT_TRUE(writer->Commit().ok());
  EXPECT_EQ(Get("chk-1/part"), "half and half");
  EXPECT_THAT(List(""), ElementsAre("chk-1/part"));
}

TEST_P(ObjectStoreContract, AnAbandonedObjectLeavesNothingVisible) {
  auto writer = store().Create("a").value();
  ASSERT_TRUE(writer->Append("lost").ok());
  writer.reset();
  EXPECT_THAT(List(""), IsEmpty());
  ASSERT_TRUE(Put("a", "kept").ok());
  EXPECT_EQ(Get("a"), "kept");
}

TEST_P(ObjectStoreContract, TheFirstToCommitANameKeepsIt) {
  auto slow = store().Create("a").value();
  ASSERT_TRUE(slow->Append("second").ok());
  ASSERT_TRUE(Put("a", "first").ok());
  EXPECT_EQ(slow->Commit().error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(Get("a"), "first");
}

TEST_P(ObjectStoreContract, LargeAndEmptyObjectsComeBackAsTheyWere) {
  std::string large(3'000'000, 'x');
  for (std::size_t i = 0; i < large.size(); i += 1000) large[i] = static_cast<char>(i / 1000);
  ASSERT_TRUE(Put("large", large).ok());
  ASSERT_TRUE(Put("empty", "").ok());
  Reopen();
  EXPECT_TRUE(Get("large") == large);
  EXPECT_EQ(Get("empty"), "");
}

TEST_P(ObjectStoreContract, RangesEndWhereTheObjectEnds) {
  ASSERT_TRUE(Put("a", "0123456789").ok());
  EXPECT_EQ(store().GetRange("a", 3, 4).value(), "3456");
  EXPECT_EQ(store().GetRange("a", 8, 100).value(), "89");
  EXPECT_EQ(store().GetRange("a", 99, 1).value(), "");
  EXPECT_EQ(store().GetRange("b", 0, 1).error().code, ErrorCode::kNotFound);
}

TEST_P(ObjectStoreContract, ListingShowsWhatBeginsWithTheFolderSorted) {
  for (const auto* name : {"b/2/x", "b/1", "a", "b/10", "bb/1"}) ASSERT_TRUE(Put(name, name).ok());
  EXPECT_THAT(List(""), ElementsAre("a", "b/1", "b/10", "b/2/x", "bb/1"));
  EXPECT_THAT(List("b/"), ElementsAre("b/1", "b/10", "b/2/x"));
  EXPECT_THAT(List("b/2/"), ElementsAre("b/2/x"));
  EXPECT_THAT(List("c/"), IsEmpty());
}

TEST_P(ObjectStoreContract, DeletingIsFinalAndRepeatable) {
  ASSERT_TRUE(Put("x/y/a", "1").ok());
  ASSERT_TRUE(store().Delete("x/y/a").ok());
  ASSERT_TRUE(store().Delete("x/y/a").ok());
  EXPECT_THAT(List(""), IsEmpty());
  ASSERT_TRUE(Put("x/y/a", "2").ok());
  EXPECT_EQ(Get("x/y/a"), "2");
}

TEST_P(ObjectStoreContract, SwapReplacesExactlyWhatWasExpected) {
  ASSERT_TRUE(store().CompareAndSwap("current", std::nullopt, "one").ok());
  EXPECT_EQ(store().CompareAndSwap("current", std::nullopt, "two").error().code, ErrorCode::kRefused);
  EXPECT_EQ(store().CompareAndSwap("current", "on", "two").error().code, ErrorCode::kRefused);
  EXPECT_EQ(Get("current"), "one");
  ASSERT_TRUE(store().CompareAndSwap("current", "one", "two").ok());
  EXPECT_EQ(store().CompareAndSwap("absent", "one", "two").error().code, ErrorCode::kRefused);
  EXPECT_THAT(List(""), ElementsAre("current"));
  Reopen();
  EXPECT_EQ(Get("current"), "two");
}

TEST_P(ObjectStoreContract, NamesOutsideTheRuleAreRefusedWithTheRule) {
  for (const auto* name : {"", "/", "a/", "/a", "a//b", "..", "a/../b", ".", "A", "a b", "LOCK-main"}) {
    EXPECT_EQ(store().Create(name).status().error().code, ErrorCode::kInvalidArgument) << name;
    EXPECT_EQ(store().Get(name).error().code, ErrorCode::kInvalidArgument) << name;
    EXPECT_EQ(store().Delete(name).error().code, ErrorCode::kInvalidArgument) << name;
    EXPECT_EQ(store().CompareAndSwap(name, {}, "").error().code, ErrorCode::kInvalidArgument) << name;
  }
  EXPECT_THAT(store().Get("a b").error().message, testing::HasSubstr("a-z0-9._-"));
}

TEST_P(ObjectStoreContract, WritersWorkSideBySide) {
  auto one = store().Create("x/1").value();
  auto two = store().Create("x/2").value();
  ASSERT_TRUE(two->Append("two").ok());
  ASSERT_TRUE(one->Append("one").ok());
  ASSERT_TRUE(two->Commit().ok());
  ASSERT_TRUE(store().Delete("x/2").ok());
  ASSERT_TRUE(one->Commit().ok()) << "its folder must not go with the other's last object";
  EXPECT_THAT(List("x/"), ElementsAre("x/1"));
}

}  // namespace holdfast::contract
