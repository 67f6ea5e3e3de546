#include "engines/supervisor/proc_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace holdfast {
namespace {

TEST(ProcFileTest, ANumberStandsBehindItsName) {
  constexpr std::string_view kLines = "Name:\tholdfast\nVmHWM:\t   27176 kB\nio: 5\n\nlast:  -7";
  EXPECT_EQ(NumberIn(kLines, "VmHWM:"), 27176);
  EXPECT_EQ(NumberIn(kLines, "io:"), 5);
  EXPECT_EQ(NumberIn(kLines, "last:"), -7);
  EXPECT_EQ(NumberIn(kLines, "Name:"), 0) << "no number";
  EXPECT_EQ(NumberIn(kLines, "HWM:"), 0) << "in the middle of a line";
  EXPECT_EQ(NumberIn("a:", "a:"), 0);
  EXPECT_EQ(NumberIn("", "a:"), 0);
}

TEST(ProcFileTest, AProcessIsReadWhileItIsThere) {
  EXPECT_GT(NumberIn(ReadProcFile(::getpid(), "status"), "VmRSS:"), 0);
  EXPECT_EQ(ReadProcFile(0, "status"), "");
}

}  // namespace
}  // namespace holdfast
