#include "chaos/faults/stale_object_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/snapshot/manifest.h"
#include "tests/unit/core/fakes/fake_stores.h"

namespace holdfast {
namespace {

using testing::ElementsAre;

TEST(StaleObjectStoreTest, WhatIsNotListedIsFoundByItsName) {
  StaleObjectStore store(std::make_unique<FakeObjectStore>(), [](std::string_view prefix, auto& names) {
    EXPECT_EQ(prefix, "a/");
    std::erase(names, "a/new");
  });
  WriteObject(store, "a/old", "1").OrDie();
  WriteObject(store, "a/new", "2").OrDie();
  EXPECT_THAT(store.List("a/").value(), ElementsAre("a/old"));
  EXPECT_EQ(store.Get("a/new").value(), "2");
}

}  // namespace
}  // namespace holdfast
