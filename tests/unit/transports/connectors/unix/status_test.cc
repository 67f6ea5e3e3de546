#include "transports/connectors/unix/status.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace holdfast {
namespace {

TEST(StatusPageTest, WhatOneMappingSetsAnotherReads) {
  auto mine = StatusPage::Create();
  ASSERT_TRUE(mine.ok());
  auto theirs = StatusPage::Map(Fd(::dup(mine->fd())));
  ASSERT_TRUE(theirs.ok());
  mine->Set(WorkerId(2), Counter::kUnitsExecuted, 41);
  mine->Set(WorkerId(3), Counter::kUnitsExecuted, 7);
  EXPECT_EQ(theirs->Get(WorkerId(2), Counter::kUnitsExecuted), 41u);
  EXPECT_EQ(theirs->Get(WorkerId(3), Counter::kUnitsExecuted), 7u);
  EXPECT_EQ(theirs->Get(WorkerId(2), Counter::kUnitsDurable), 0u);
}

TEST(StatusPageTest, OutlivesTheOneWhoMadeIt) {
  auto mine = StatusPage::Create();
  auto theirs = StatusPage::Map(Fd(::dup(mine->fd())));
  mine->Set(WorkerId(0), Counter::kUnitsDurable, 5);
  *mine = StatusPage();
  EXPECT_EQ(theirs->Get(WorkerId(0), Counter::kUnitsDurable), 5u);
}

TEST(StatusPageTest, ADescriptorOfSomethingElseIsRefused) {
  const auto page = StatusPage::Map(Fd(::open("/dev/null", O_RDWR)));
  ASSERT_FALSE(page.ok());
  EXPECT_EQ(page.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace holdfast
