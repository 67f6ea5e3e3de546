#include "storage-backends/state/heap/size_classes.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace holdfast::heap {
namespace {

TEST(SizeClassesTest, EveryRowUpToTheLargestSlotFitsTheSlotOfItsClass) {
  for (std::size_t bytes = 0; bytes <= kLargestSlot; ++bytes) {
    ASSERT_GE(kSizeClasses.slot_bytes[kSizeClasses.ClassOf(bytes)], bytes) << bytes;
  }
}

TEST(SizeClassesTest, ASlotWastesLessThanEightBytesOrAQuarter) {
  for (std::size_t bytes = SizeClasses::kSmallest; bytes <= kLargestSlot; ++bytes) {
    const std::size_t slot = kSizeClasses.slot_bytes[kSizeClasses.ClassOf(bytes)];
    ASSERT_LT(slot - bytes, std::max<std::size_t>(8, bytes / 4)) << bytes;
  }
}

TEST(SizeClassesTest, ClassesAreDistinctAndAlignedToReferences) {
  for (std::size_t index = 1; index < kSizeClasses.count; ++index) {
    EXPECT_GT(kSizeClasses.slot_bytes[index], kSizeClasses.slot_bytes[index - 1]);
    EXPECT_EQ(kSizeClasses.slot_bytes[index] % SizeClasses::kUnit, 0u);
  }
}

}  // namespace
}  // namespace holdfast::heap
