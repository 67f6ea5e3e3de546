#include "core/cluster/backoff.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

using namespace std::chrono_literals;

TEST(BackoffTest, EveryWaitIsTwiceTheLastUpToABound) {
  Backoff backoff;
  EXPECT_EQ(backoff.Next(), 10ms);
  EXPECT_EQ(backoff.Next(), 20ms);
  EXPECT_EQ(backoff.Next(), 40ms);
  for (int i = 0; i < 20; ++i) backoff.Next();
  EXPECT_EQ(backoff.Next(), 5s);
}

TEST(BackoffTest, WhatTheStateOfTheStoreForbidsDoesNotPass) {
  EXPECT_TRUE(Passes(MakeError(ErrorCode::kUnavailable, "")));
  EXPECT_TRUE(Passes(MakeError(ErrorCode::kExhausted, "")));
  EXPECT_FALSE(Passes(MakeError(ErrorCode::kRefused, "")));
  EXPECT_FALSE(Passes(MakeError(ErrorCode::kFenced, "")));
  EXPECT_FALSE(Passes(MakeError(ErrorCode::kDataLoss, "")));
}

}  // namespace
}  // namespace holdfast
