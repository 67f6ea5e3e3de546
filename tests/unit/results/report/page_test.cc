#include "results/report/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "results/record/run_io.h"
#include "results/report/page_parts.h"
#include "tests/unit/results/example/example_run.h"

namespace holdfast::report {
namespace {

using testing::HasSubstr;
using testing::Not;

record::Run Small() {
  auto run = ExampleRun();
  run.points.resize(2);
  return run;
}

std::string Between(const std::string& text, const std::string& start, const std::string& end) {
  const auto from = text.find(start) + start.size();
  return text.substr(from, text.find(end, from) - from);
}

TEST(PageTest, CarriesTheWholeRecord) {
  const auto run = Small();
  const auto page = RenderPage(run).value();
  const auto json = Between(page, "id=\"run\">", "</script>");
  const auto back = record::RunFromJson(json);
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(RunToJson(*back).value(), RunToJson(run).value());
}

TEST(PageTest, AsksTheNetworkForNothing) {
  const auto page = RenderPage(Small()).value();
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, Not(HasSubstr("src=\"")));
  EXPECT_THAT(page, Not(HasSubstr("@import")));
  EXPECT_THAT(page, Not(HasSubstr("<link rel=\"stylesheet\"")));
  EXPECT_THAT(page, HasSubstr("The MIT License"));
}

TEST(PageTest, FillsEveryPlace) {
  const auto page = RenderPage(Small()).value();
  EXPECT_THAT(page, Not(HasSubstr("{{")));
  EXPECT_THAT(page, HasSubstr("var uPlot="));
  EXPECT_THAT(page, HasSubstr("<noscript>"));
}

TEST(PageTest, TextFromTheRunCannotBecomeMarkup) {
  auto run = Small();
  run.suite = "</script><script>alert(1)</script>";
  run.config_text = "<!-- {{css}}";
  const auto page = RenderPage(run).value();
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, Not(HasSubstr("<!-- ")));
}

TEST(PageTest, AnUnreadableHistogramIsNamed) {
  auto run = Small();
  run.points[1].latency[0].service.hdr_v2_base64 = "HIST";
  const auto page = RenderPage(run);
  ASSERT_FALSE(page.ok());
  EXPECT_THAT(page.error().message, HasSubstr("point 'none / kill@10s', whole service: not an HdrHistogram"));
}

// Relative luminance of #rrggbb, as WCAG 2 defines it.
double Luminance(const std::string& color) {
  double sum = 0;
  for (int i = 0; i < 3; ++i) {
    const double c = std::stoi(color.substr(1 + 2 * static_cast<std::size_t>(i), 2), nullptr, 16) / 255.0;
    sum += (i == 0   ? 0.2126
            : i == 1 ? 0.7152
                     : 0.0722) *
           (c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4));
  }
  return sum;
}

double Contrast(const std::string& a, const std::string& b) {
  const double x = Luminance(a), y = Luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

class PaletteTest : public testing::TestWithParam<std::string> {
 protected:
  std::string Color(const std::string& name) {
    const std::string css(PageCss());
    return Between(css.substr(css.find(GetParam())), "--" + name + ": ", ";");
  }
};

TEST_P(PaletteTest, TextHasAContrastOfAtLeast4point5) {
  for (const auto* text : {"ink", "muted", "accent", "good", "warn", "bad"})
    for (const auto* ground : {"paper", "card", "faint"})
      EXPECT_GE(Contrast(Color(text), Color(ground)), 4.5) << text << " on " << ground;
  for (const auto* tone : {"good", "warn", "bad"}) {
    EXPECT_GE(Contrast(Color(tone), Color(std::string(tone) + "-tint")), 4.5) << tone;
    EXPECT_GE(Contrast(Color("muted"), Color(std::string(tone) + "-tint")), 4.5) << "muted on " << tone;
  }
}

TEST_P(PaletteTest, LinesHaveAContrastOfAtLeast3) {
  for (int i = 0; i < 8; ++i) EXPECT_GE(Contrast(Color("c" + std::to_string(i)), Color("card")), 3.0) << i;
}

INSTANTIATE_TEST_SUITE_P(Light, PaletteTest, testing::Values(":root {"));
INSTANTIATE_TEST_SUITE_P(Dark, PaletteTest, testing::Values(":root[data-theme=\"dark\"] {"));

}  // namespace
}  // namespace holdfast::report
