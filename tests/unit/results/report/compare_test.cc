#include "results/report/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "core/base/random.h"
#include "tests/unit/results/example/example_run.h"

namespace holdfast::report {
namespace {

using testing::HasSubstr;

// Blocks on a machine whose speed wanders by half; B takes `effect` times as long as A, the control `drift` times.
PairedSamples Blocks(int n, double effect, double noise, double drift = 1, std::uint64_t seed = 11) {
  Random random(seed);
  PairedSamples s;
  s.point = "greeter";
  s.metric = "response p99";
  for (int i = 0; i < n; ++i) {
    const double machine = 1e6 * (1 + random.Unit() / 2);
    const auto value = [&](double times) { return machine * times * (1 + noise * (random.Unit() - 0.5)); };
    s.a.push_back(value(1));
    s.b.push_back(value(effect));
    s.control.push_back(value(drift));
  }
  return s;
}

Comparison CompareOne(const PairedSamples& samples, const CompareOptions& options = {}) {
  return Compare({samples}, options).value().at(0);
}

TEST(CompareTest, FindsASmallEffectThroughALargeWander) {
  const auto c = CompareOne(Blocks(16, 1.05, 0.01));
  EXPECT_EQ(c.outcome, Outcome::kWorse);
  EXPECT_EQ(c.verdict, "slower");
  EXPECT_NEAR(c.effect, 0.05, 0.005);
  EXPECT_LT(c.low, 0.05);
  EXPECT_GT(c.high, 0.05);
  EXPECT_LT(c.p, 0.001);
  EXPECT_LT(c.floor.value(), 0.01);
}

TEST(CompareTest, ALowerLatencyIsFasterAndALowerThroughputIsSlower) {
  auto samples = Blocks(12, 0.9, 0.01);
  EXPECT_EQ(CompareOne(samples).verdict, "faster");
  samples.lower_is_better = false;
  EXPECT_EQ(CompareOne(samples).verdict, "slower");
}

TEST(CompareTest, CallsEqualVariantsTheSameWithinTheMargin) {
  const auto c = CompareOne(Blocks(16, 1.0, 0.01));
  EXPECT_EQ(c.outcome, Outcome::kSame);
  EXPECT_EQ(c.verdict, "the same within 2 %");
}

TEST(CompareTest, IsUndecidedWhenNoiseHidesTheEffect) {
  const auto c = CompareOne(Blocks(12, 1.03, 0.5));
  EXPECT_EQ(c.outcome, Outcome::kUndecided);
  EXPECT_THAT(c.sentence, HasSubstr("B is undecided: "));
}

TEST(CompareTest, IsInconclusiveWhenTheControlDriftsMoreThanTheEffect) {
  const auto c = CompareOne(Blocks(16, 1.05, 0.01, 1.10));
  EXPECT_EQ(c.outcome, Outcome::kInconclusive);
  EXPECT_THAT(c.sentence, HasSubstr("A differs from itself by 10."));
}

TEST(CompareTest, FiveBlocksAreTooFew) {
  const auto c = CompareOne(Blocks(5, 2.0, 0.01));
  EXPECT_EQ(c.outcome, Outcome::kUndecided);
  EXPECT_THAT(c.sentence, HasSubstr("5 blocks are too few, 6 are the least"));
}

TEST(CompareTest, SixUnanimousBlocksHaveTheExactP) { EXPECT_DOUBLE_EQ(CompareOne(Blocks(6, 2.0, 0.01)).p, 2.0 / 64); }

TEST(CompareTest, ManyUnanimousBlocksHaveTheSmallestPThatRandomSignsCanGive) {
  EXPECT_DOUBLE_EQ(CompareOne(Blocks(70, 2.0, 0.01)).p, 1.0 / 10'001);
}

TEST(CompareTest, FalseAlarmsAreAsRareAsPromised) {
  int alarms = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    auto samples = Blocks(10, 1.0, 0.2, 1, seed + 100);
    samples.control.clear();
    const auto outcome = CompareOne(samples, {.resamples = 400}).outcome;
    alarms += outcome == Outcome::kBetter || outcome == Outcome::kWorse ? 1 : 0;
  }
  EXPECT_LE(alarms, 20);  // 5 % of 200 is 10.
}

TEST(CompareTest, TheSameSeedGivesTheSameAnswer) {
  const auto samples = Blocks(14, 1.03, 0.05);
  EXPECT_EQ(CompareOne(samples).sentence, CompareOne(samples).sentence);
}

TEST(CompareTest, HolmCountsTheSmallestPMostOften) {
  const auto both = Compare({Blocks(6, 2.0, 0.01), Blocks(12, 1.0, 0.3)}).value();
  EXPECT_DOUBLE_EQ(both[0].adjusted_p, 2 * both[0].p);
  EXPECT_DOUBLE_EQ(both[1].adjusted_p, std::max(both[1].p, both[0].adjusted_p));
  EXPECT_EQ(both[0].outcome, Outcome::kUndecided);
}

TEST(CompareTest, RefusesValuesThatAreNotPositive) {
  auto samples = Blocks(8, 1, 0.1);
  samples.b[3] = 0;
  const auto result = Compare({samples});
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.error().message, HasSubstr("response p99 of greeter, block 3: "));
  samples.b.pop_back();
  EXPECT_THAT(Compare({samples}).error().message, HasSubstr("8 blocks of A against 7"));
}

// The example's first two points, `blocks` times as A, B and control; B's latencies are a tenth longer.
record::Run Interleaved(int blocks) {
  const auto example = ExampleRun();
  record::Run run;
  for (int block = 0; block < blocks; ++block) {
    for (const auto* variant : {"A", "B", "control"}) {
      for (std::size_t i = 0; i < 2; ++i) {
        auto point = example.points[i];
        point.variant = variant;
        point.block = point.repetition = block;
        if (point.variant == "B")
          for (auto& phase : point.latency) phase.response.p99_ns = phase.response.p99_ns * 11 / 10;
        run.points.push_back(std::move(point));
      }
    }
  }
  return run;
}

TEST(PairTest, PairsVariantsOfAnInterleavedRunByNameAndBlock) {
  const auto samples = PairVariants(Interleaved(7));
  ASSERT_TRUE(samples.ok()) << samples.error().message;
  const auto comparisons = Compare(*samples).value();
  std::vector<std::string> seen;
  for (const auto& c : comparisons) seen.push_back(c.point + ": " + c.metric + " " + c.verdict);
  EXPECT_THAT(seen, testing::Contains("none / no fault: response p50 the same within 2 %"));
  EXPECT_THAT(seen, testing::Contains("none / kill@10s: time to first output the same within 2 %"));
  EXPECT_THAT(seen, testing::Not(testing::Contains(HasSubstr("no fault: time to first output"))));
  EXPECT_EQ(comparisons[0].blocks, 7);
}

TEST(PairTest, ABlockWithAPointThatDoesNotCountIsLeftOutAndSaidSo) {
  auto run = Interleaved(8);
  run.points[1].verdict.verdict = record::Verdict::kBroken;                  // Block 0.
  run.points[7].validity.front().verdict = record::Validity::kInvalid;       // Block 1.
  run.points[13].validity.front().verdict = record::Validity::kSuspect;      // Block 2: read with care, but count.
  run.points[19].verdict.verdict = record::Verdict::kExpectedNotGuaranteed;  // Block 3: as promised.
  const auto comparisons = Compare(PairVariants(run).value()).value();
  EXPECT_EQ(comparisons[0].blocks, 6);
  EXPECT_THAT(comparisons[0].sentence, HasSubstr("6 blocks (2 more left out: a point of theirs does not count)"));
}

TEST(PairTest, FiguresOfBrokenPointsAloneAreNotCompared) {
  auto run = Interleaved(7);
  for (auto& point : run.points) point.verdict.verdict = record::Verdict::kInvalid;
  EXPECT_THAT(PairVariants(run).error().message, HasSubstr("every block has a point that is INVALID"));
  EXPECT_THAT(PairRuns(run, run).error().message, HasSubstr("every block has a point that is INVALID"));
}

TEST(PairTest, RunsMadeApartAreInconclusive) {
  const auto run = Interleaved(7);
  const auto comparisons = Compare(PairRuns(run, run).value()).value();
  EXPECT_EQ(comparisons[0].outcome, Outcome::kInconclusive);
  EXPECT_THAT(comparisons[0].sentence, HasSubstr("the runs were not interleaved"));
}

TEST(PairTest, NothingInCommonIsAnError) {
  EXPECT_THAT(PairVariants(ExampleRun()).error().message, HasSubstr("no point was run by both A and B"));
}

TEST(RenderComparisonTest, FitsInto120Columns) {
  std::istringstream lines(RenderComparison(Compare(PairVariants(Interleaved(6)).value()).value()));
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) EXPECT_LE(line.size(), 120u) << line;
  EXPECT_GT(count, 8);
}

}  // namespace
}  // namespace holdfast::report
