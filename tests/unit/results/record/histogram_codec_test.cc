#include "results/record/histogram_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast {
namespace {

using testing::HasSubstr;

// Written by the Python library hdrhistogram 0.10.8: 1000, 2000, ... 10'000'000 once each, 2 s five times, 0 thrice.
constexpr std::string_view kFromPython =
    "HISTFAAAANl4nJNpmSzMwCDyiQECmKE0I5DpZrBjAYP9B4gA21l+JiCaysH0lJ1pIQvTR2YoWs7E9J0RC1rJyFTNVIkHZzNZA6EtmCSP1mWS"
    "ZpIFQgRJfz4/Ey8TNxBDIIKFXXS4yrMzsYIhM5RGhcSLjuof+vqZmRjRIIYALki0QlqYOWr5qOWjllPBTHTAgiGCC9BA5ajlo5aPWk5Py1nQ"
    "ARuGCG0E6WXPqOWjlo9ajlOQAwK4ODgwWFgFCUjT1qBRy0ctH7WcqgYJCAgJCGAnqCZDayt4bldxAQBllodo";

Histogram Sample() {
  Histogram h;
  for (std::int64_t v = 1; v < 2'000'000'000'000; v = v * 5 / 3 + 1) h.Record(v, v % 1000 * 1'000'000 + 1);
  return h;
}

TEST(HistogramCodecTest, ReadsAHistogramWrittenByAnotherLanguage) {
  const auto h = DecodeHistogram(kFromPython);
  ASSERT_TRUE(h.ok()) << h.error().message;
  EXPECT_EQ(h->count(), 10'008);
  EXPECT_EQ(h->min(), 0);
  EXPECT_EQ(h->max(), 2'000'683'007);
  EXPECT_EQ(h->Percentile(50), 5'001'215);
  EXPECT_EQ(h->Percentile(90), 9'011'199);
  EXPECT_EQ(h->Percentile(99), 9'912'319);
  EXPECT_EQ(h->Percentile(99.9), 10'002'431);
  EXPECT_EQ(h->Percentile(99.99), 2'000'683'007);
}

TEST(HistogramCodecTest, RoundTripKeepsEveryCounter) {
  const auto before = Sample();
  const auto after = DecodeHistogram(EncodeHistogram(before));
  ASSERT_TRUE(after.ok()) << after.error().message;
  EXPECT_EQ(after->counts(), before.counts());
  EXPECT_EQ(after->count(), before.count());
  EXPECT_EQ(after->range().highest, before.range().highest);
  EXPECT_DOUBLE_EQ(after->Mean(), before.Mean());
}

TEST(HistogramCodecTest, RoundTripOfAnEmptyHistogramIsEmpty) {
  const auto after = DecodeHistogram(EncodeHistogram(Histogram()));
  ASSERT_TRUE(after.ok()) << after.error().message;
  EXPECT_TRUE(after->empty());
}

TEST(HistogramCodecTest, RoundTripOfAGrownHistogramKeepsItsRange) {
  Histogram before = Histogram::Growing();
  before.Record(77'000'000);
  const auto after = DecodeHistogram(EncodeHistogram(before));
  ASSERT_TRUE(after.ok()) << after.error().message;
  EXPECT_EQ(after->counts(), before.counts());
}

TEST(HistogramCodecTest, RefusesDamagedTextWithASentence) {
  for (std::string text : {std::string("not base64!"), std::string(""), std::string("HISTFAAA"),
                           std::string(kFromPython.substr(0, 100)), "AAAA" + std::string(kFromPython.substr(4))}) {
    const auto h = DecodeHistogram(text);
    ASSERT_FALSE(h.ok()) << text;
    EXPECT_EQ(h.error().code, ErrorCode::kDataLoss);
    EXPECT_THAT(h.error().message, HasSubstr("not an HdrHistogram V2 histogram: "));
  }
}

TEST(HistogramCodecTest, EverySingleDamagedCharacterIsHarmless) {
  const auto good = EncodeHistogram(Sample());
  for (std::size_t i = 0; i < good.size(); i += 3) {
    auto bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    const auto h = DecodeHistogram(bad);
    EXPECT_TRUE(h.ok() || h.error().code == ErrorCode::kDataLoss) << i;
  }
}

TEST(HistogramLogTest, RoundTripKeepsTagsTimesAndCounters) {
  HistogramLog before{.start_time_s = 1'700'000'000.25, .intervals = {}};
  before.intervals.push_back({.tag = "response", .start_s = 0, .length_s = 1, .histogram = Sample()});
  before.intervals.push_back({.tag = "", .start_s = 1, .length_s = 0.5, .histogram = Histogram()});
  const auto after = ReadHistogramLog(WriteHistogramLog(before));
  ASSERT_TRUE(after.ok()) << after.error().message;
  EXPECT_DOUBLE_EQ(after->start_time_s, before.start_time_s);
  ASSERT_EQ(after->intervals.size(), 2u);
  EXPECT_EQ(after->intervals[0].tag, "response");
  EXPECT_EQ(after->intervals[0].histogram.counts(), Sample().counts());
  EXPECT_EQ(after->intervals[1].tag, "");
  EXPECT_NEAR(after->intervals[1].start_s, 1, 1e-6);
  EXPECT_NEAR(after->intervals[1].length_s, 0.5, 1e-6);
}

TEST(HistogramLogTest, UnderstandsAbsoluteTimesWithoutABaseTime) {
  const auto text =
      "#[StartTime: 1441812279.5 (seconds since epoch), Wed Sep 09 08:24:39 PDT 2015]\r\n"
      "Tag=A,1441812281.5,1.000,2.769," +
      std::string(kFromPython) + "\r\n";
  const auto log = ReadHistogramLog(text);
  ASSERT_TRUE(log.ok()) << log.error().message;
  EXPECT_NEAR(log->intervals.at(0).start_s, 2.0, 1e-6);
  EXPECT_EQ(log->intervals.at(0).histogram.count(), 10'008);
}

TEST(HistogramLogTest, NamesTheLineThatCannotBeRead) {
  const auto log = ReadHistogramLog("#[StartTime: 0 (seconds since epoch)]\n0.0,1.0,5.0,HISTnonsense\n");
  ASSERT_FALSE(log.ok());
  EXPECT_THAT(log.error().message, HasSubstr("histogram log line 2: not an HdrHistogram V2 histogram"));
}

}  // namespace
}  // namespace holdfast
