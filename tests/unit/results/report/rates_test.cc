#include "results/report/rates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/report/summary.h"
#include "results/report/table.h"

namespace holdfast::report {
namespace {

using record::Validity;
using record::Verdict;
using testing::HasSubstr;
using testing::Not;

record::Point Try(const std::string& name, double rate, std::int64_t p99_ns, Verdict verdict = Verdict::kHeld) {
  record::Point point;
  point.name = name;
  point.offered_rate = rate;
  point.verdict.verdict = verdict;
  point.counts.completed = 1000;
  point.cost = {.cpu_seconds = 0.002, .written_bytes = 50'000};
  auto& whole = point.latency.emplace_back();
  whole.phase = record::kWhole;
  whole.response.count = 1000;
  whole.response.p50_ns = 1'000'000;
  whole.response.p99_ns = p99_ns;
  return point;
}

// "a" sustains 1000/s and not 2000/s, "a@b" nothing.
class RatesTest : public testing::Test {
 protected:
  RatesTest() {
    run_.rates = {{"a", 100'000'000, 1000, 2000, "p99 of 200 ms", 4}, {"a@b", 100'000'000, {}, 10, "too slow", 3}};
    run_.points = {Try("a@1000/s", 1000, 90'000'000), Try("a@1000/s", 1000, 200'000'000),
                   Try("a@1000/s", 1000, 50'000'000), Try("a@2000/s", 2000, 200'000'000),
                   Try("a@b@1000/s", 1000, 1, Verdict::kInvalid)};
    run_.points[2].validity.push_back({"late", Validity::kInvalid, 90, 10, "ms", "late"});
  }
  record::Run run_;
};

TEST_F(RatesTest, OnlyTriesThatSustainedTheRateFoundCount) {
  const auto tries = TriesAt(run_, run_.rates[0]);
  ASSERT_EQ(tries.size(), 1u);
  EXPECT_EQ(tries[0], &run_.points[0]);
  EXPECT_TRUE(TriesAt(run_, run_.rates[1]).empty());
}

TEST_F(RatesTest, TheTableHasWhatWasFoundAndWhatItCost) {
  const auto text = RenderRates(run_);
  EXPECT_THAT(text, HasSubstr("p99 is at most 100 ms"));
  EXPECT_THAT(text, HasSubstr("a         1.00k     2.00k  1.00 ms  90.0 ms    2.00 us           50     4  p99 of 200"));
  EXPECT_THAT(text, HasSubstr("a@b           -        10        -        -          -            -     3  too slow"));
  EXPECT_THAT(RenderTable(run_), HasSubstr(text));
  run_.rates.clear();
  EXPECT_EQ(RenderRates(run_), "");
}

TEST_F(RatesTest, TriesThatHadToFailDoNotSpoilTheRun) {
  EXPECT_EQ(Summarize(run_).validity, Validity::kValid);
  EXPECT_THAT(Summarize(run_).headline, Not(HasSubstr("nothing")));
  run_.points[3].verdict = {Verdict::kBroken, "3 missing"};
  EXPECT_THAT(Summarize(run_).headline, HasSubstr("1 point broke the stated guarantee"));
  EXPECT_THAT(RenderTable(run_), HasSubstr("BROKEN a@2000/s: 3 missing"));
}

}  // namespace
}  // namespace holdfast::report
