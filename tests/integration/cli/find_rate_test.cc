// `holdfast find-rate` as its users meet it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/record/run_io.h"
#include "tests/integration/cli/program_rig.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

class FindRateTest : public ProgramTest {};

TEST_F(FindRateTest, FindRateBracketsWhatTheSystemCanDoAndKeepsItsTries) {
  const auto outcome = Program({"find-rate", suite(), "--fault", "none", "--p99", "2s", "--from", "200/s", "--to",
                                "800/s", "--precision", "4", "--placement", "float", "--runs", runs(), "--tmp", tmp()});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  const auto run = record::ReadRun(OnlyRun()).value();
  EXPECT_TRUE(run.complete);
  ASSERT_EQ(run.rates.size(), 1u);
  EXPECT_EQ(run.rates[0].sustained, 800) << run.rates[0].refusal;
  EXPECT_EQ(run.rates[0].refused, std::nullopt);
  EXPECT_EQ(static_cast<std::size_t>(run.rates[0].tries), run.points.size());
  EXPECT_THAT(outcome.output, HasSubstr("Highest rates"));
}

TEST_F(FindRateTest, FindRateRefusesWhatMakesNoSense) {
  const auto of = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"find-rate", suite(), "--runs", runs(), "--tmp", tmp()});
    return Program(more);
  };
  EXPECT_THAT(of({"--fault", "kill@100ms"}).output, HasSubstr("a rate found under one is that of the fault"));
  EXPECT_EQ(of({"--fault", "kill@100ms"}).code, 2);
  EXPECT_THAT(of({"--fault", "none", "--from", "9/s", "--to", "8/s"}).output, HasSubstr("the lower one first"));
  EXPECT_THAT(of({"--fault", "none", "--p99", "soon"}).output, HasSubstr("--p99 soon"));
  EXPECT_THAT(of({"--fault", "none", "--repetitions", "3"}).output, HasSubstr("--repetitions means nothing here"));
}

}  // namespace
}  // namespace holdfast
