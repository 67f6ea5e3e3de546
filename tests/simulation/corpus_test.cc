// Runs worth keeping, as files: runs that walk a rare path, and runs that once failed and must not fail again. To keep
// one more, put its file into the folder `corpus`; a line `# Walks: ...` in it names the rare path it must walk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "apps/simulate/run_file.h"
#include "results/record/run_io.h"
#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

std::vector<std::filesystem::path> Corpus() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(HOLDFAST_CORPUS)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

class CorpusTest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(CorpusTest, KeepsItsPromiseAndRunsTheSameTwice) {
  const auto run = LoadSimRun(TestParts(), GetParam());
  ASSERT_TRUE(run.ok()) << run.status().error().message;
  const auto report = RunSimRun(TestParts(), *run);
  EXPECT_EQ(report.violation, "");
  EXPECT_EQ(RunSimRun(TestParts(), *run).hash, report.hash);
}

TEST_P(CorpusTest, WalksTheRarePathItNames) {
  const auto run = LoadSimRun(TestParts(), GetParam());
  ASSERT_TRUE(run.ok()) << run.status().error().message;
  const auto report = RunSimRun(TestParts(), *run);
  const auto text = *record::ReadFile(GetParam());
  for (std::size_t i = 0; i < kSimProbes; ++i) {
    const auto probe = static_cast<SimProbe>(i);
    if (text.find(fmt::format("# Walks: {}\n", SimProbeName(probe))) == std::string::npos) continue;
    EXPECT_GT(report.probes.count(probe), 0u) << SimProbeName(probe);
  }
}

INSTANTIATE_TEST_SUITE_P(Files, CorpusTest, testing::ValuesIn(Corpus()), [](const auto& file) {
  auto name = file.param.stem().string();
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace holdfast
