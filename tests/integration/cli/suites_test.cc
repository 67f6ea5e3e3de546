// The suites that come with the program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/cli/program_rig.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

class SuitesTest : public ProgramTest {};

TEST_F(SuitesTest, EachCanBePlannedAlsoWhenItIsCutShort) {
  int suites = 0;
  for (const auto& entry : fs::directory_iterator(HOLDFAST_SOURCE_DIR "/workloads/suites")) {
    const auto planned = Program({"run", entry.path(), "--plan"});
    EXPECT_EQ(planned.code, 0) << entry.path() << ": " << planned.output;
    ++suites;
  }
  EXPECT_GE(suites, 18);
  const auto short_one =
      Program({"run", HOLDFAST_SOURCE_DIR "/workloads/suites/workloads.yaml", "--plan", "--set", "load.duration=2s"});
  EXPECT_EQ(short_one.code, 0) << short_one.output;
}

// One point for each folder that registers a workload, on either engine.
TEST_F(SuitesTest, TheSuiteOfAllWorkloadsForgetsNone) {
  const auto planned = Program({"run", HOLDFAST_SOURCE_DIR "/workloads/suites/workloads.yaml", "--plan"});
  constexpr std::string_view kNoWorkload[] = {"load", "oracles", "suite", "suites"};
  for (const auto& entry : fs::directory_iterator(HOLDFAST_SOURCE_DIR "/workloads")) {
    const auto name = entry.path().filename().string();
    if (!entry.is_directory() || std::ranges::count(kNoWorkload, name) > 0) continue;
    for (const auto* engine : {"holdfast/unaligned/none", "holdfast/message-logging/storm", "two-tier/none"}) {
      EXPECT_THAT(planned.output, testing::HasSubstr(name + "/" + engine));
    }
  }
}

}  // namespace
}  // namespace holdfast
