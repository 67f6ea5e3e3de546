#include "core/runtime/parking.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

using std::chrono::milliseconds;

const AddressView kAnn{FunctionId(1), "ann"};
const AddressView kBob{FunctionId(1), "bob"};
constexpr SteadyTime kStart{1'000};

SteadyTime After(int millis) { return kStart + milliseconds(millis); }

TEST(ParkingTest, OnlyTheAddressWithWaitingMessagesIsBlocked) {
  Parking parking;
  EXPECT_FALSE(parking.Blocked(kAnn));
  parking.Add(kAnn, KeyGroup(0), 1);
  EXPECT_TRUE(parking.Blocked(kAnn));
  EXPECT_FALSE(parking.Blocked(kBob));
  EXPECT_FALSE(parking.Blocked({FunctionId(2), "ann"}));
}

TEST(ParkingTest, EachFailureDoublesTheWaitUpToTheLongest) {
  Parking parking;
  const FailurePolicy policy{.backoff = milliseconds(10), .max_backoff = milliseconds(25)};
  parking.Add(kAnn, KeyGroup(0), 1);
  auto now = kStart;
  for (const auto wait : {10, 20, 25, 25}) {
    parking.Failed(kAnn, policy, now);
    EXPECT_EQ(parking.NextRetry(), now + milliseconds(wait));
    EXPECT_FALSE(parking.Due(now + milliseconds(wait - 1)));
    EXPECT_TRUE(parking.Due(now + milliseconds(wait)));
    now = now + milliseconds(wait);
  }
  EXPECT_EQ(parking.Find(kAnn)->attempts, 4u);
}

TEST(ParkingTest, ManyFailuresDoNotOverflowTheWait) {
  Parking parking;
  const FailurePolicy policy{.backoff = milliseconds(1000), .max_backoff = milliseconds(5000)};
  parking.Add(kAnn, KeyGroup(0), 1);
  for (int i = 0; i < 100; ++i) parking.Failed(kAnn, policy, kStart);
  EXPECT_EQ(parking.NextRetry(), After(5000));
}

TEST(ParkingTest, MessagesOfAnAddressGoInTheirOrderAndTheNextIsTriedAtOnce) {
  Parking parking;
  for (const std::uint64_t row : {7, 5, 6}) parking.Add(kAnn, KeyGroup(0), row);  // As rows come back.
  parking.Failed(kAnn, {}, kStart);
  EXPECT_EQ(parking.Find(kAnn)->rows.front(), 5u);
  parking.Done(kAnn);
  EXPECT_EQ(parking.Find(kAnn)->rows.front(), 6u);
  EXPECT_EQ(parking.Find(kAnn)->attempts, 0u);
  EXPECT_TRUE(parking.Due(kStart));
  parking.Done(kAnn);
  parking.Done(kAnn);
  EXPECT_TRUE(parking.empty());
}

TEST(ParkingTest, TheEarliestRetryOfAllAddressesIsNext) {
  Parking parking;
  parking.Add(kAnn, KeyGroup(0), 1);
  parking.Add(kBob, KeyGroup(0), 2);
  parking.Failed(kAnn, {.backoff = milliseconds(30)}, kStart);
  parking.Failed(kBob, {.backoff = milliseconds(20)}, kStart);
  EXPECT_EQ(parking.NextRetry(), After(20));
  EXPECT_EQ(parking.Due(After(20))->second, "bob");
}

}  // namespace
}  // namespace holdfast
