#include "engines/supervisor/written_bytes.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace holdfast {
namespace {

TEST(WrittenBytesTest, TheSmallerAccountIsTheTighterBound) {
  constexpr std::string_view kLargePieces = "rchar: 1\nwchar: 81920\nsyscr: 2\nsyscw: 10\nwrite_bytes: 10485760\n";
  EXPECT_EQ(WrittenBytes(kLargePieces, WritesAre::kWholePages), 81920);
  EXPECT_EQ(WrittenBytes(kLargePieces, WritesAre::kOfAnySize), 81920 + 10 * ::sysconf(_SC_PAGESIZE));
  constexpr std::string_view kSockets = "wchar: 900000\nsyscw: 7\nread_bytes: 5\nwrite_bytes: 4096\n";
  EXPECT_EQ(WrittenBytes(kSockets, WritesAre::kWholePages), 4096);
  EXPECT_EQ(WrittenBytes(kSockets, WritesAre::kOfAnySize), 4096);
}

TEST(WrittenBytesTest, OfAProcessThatIsGoneNothingIsKnown) {
  EXPECT_EQ(WrittenBytes("", WritesAre::kOfAnySize), 0);
  EXPECT_EQ(WrittenBytesOf(0, WritesAre::kOfAnySize), 0);
}

}  // namespace
}  // namespace holdfast
