#include "chaos/diagram/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/chaos/diagram/hand_made.h"

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Draw(const HandMade& run, RunPicture picture = {}) {
  History history;
  for (const auto& event : run.events) history.Add(event);
  picture.workers = 3;
  return DrawRun(picture, history);
}

// What is wrong with the nesting of a page's tags; empty if nothing is.
std::string Unbalanced(std::string_view html) {
  static const std::set<std::string_view> kVoid{"meta", "link", "input", "!doctype"};
  std::vector<std::string> open;
  for (auto at = html.find('<'); at != std::string_view::npos; at = html.find('<', at)) {
    const auto end = html.find('>', at);
    if (end == std::string_view::npos) return "a tag without an end";
    const auto tag = html.substr(at + 1, end - at - 1);
    const auto name = std::string(tag.substr(0, tag.find_first_of(" \n/", 1)));
    at = end + 1;
    if (name == "style" || name == "script") {
      at = html.find("</", at);
      at = html.find('>', at);
    } else if (name.starts_with('/')) {
      if (open.empty() || open.back() != name.substr(1)) return name + " closes " + (open.empty() ? "" : open.back());
      open.pop_back();
    } else if (!tag.ends_with('/') && !kVoid.contains(name)) {
      open.push_back(name);
    }
  }
  return open.empty() ? "" : open.back() + " is never closed";
}

// Two messages, of which one is an orphan.
HandMade RunWithAnOrphan() {
  HandMade run;
  run.Life(SimFact::kStart, Worker(0));
  run.Arrive(run.At(500).Send(0, 1, 1));
  run.Units(1, 1);
  run.At(1'000).Cut(0, Snapshot(1));
  run.Arrive(run.At(1'500).Send(0, 1, 2, 1));
  run.At(2'000).Cut(1, Snapshot(1));
  run.At(3'000).Life(SimFact::kKill, Worker(0));
  run.At(4'000).AtTheCoordinator(SimFact::kRollback, Snapshot(1));
  return run;
}

TEST(DrawRunTest, ThePageSaysWhatHappenedAndHowToSeeItAgain) {
  RunPicture picture{.title = "unaligned, seed 17", .failure = "duplicate", .verdict = "duplicate: 1\n  visit 0/3"};
  picture.faults = {"at 3ms, kill worker 0"};
  picture.facts = {{"cluster", "workers 3"}};
  picture.replay = "holdfast simulate run.yaml";
  const auto page = Draw(RunWithAnOrphan(), picture);
  EXPECT_EQ(Unbalanced(page), "");
  EXPECT_THAT(page, HasSubstr("<title>unaligned, seed 17</title>"));
  EXPECT_THAT(page, HasSubstr("visit 0/3"));
  EXPECT_THAT(page, HasSubstr("at 3ms, kill worker 0"));
  EXPECT_THAT(page, HasSubstr("workers 3"));
  EXPECT_THAT(page, HasSubstr("holdfast simulate run.yaml"));
  EXPECT_THAT(page, HasSubstr("class=\"glyph kill"));
}

TEST(DrawRunTest, AnOrphanIsDrawnAsDamageAndSaidToBeOne) {
  const auto page = Draw(RunWithAnOrphan());
  EXPECT_THAT(page, HasSubstr("c1 damage orphan\" id=\"f2\""));
  EXPECT_THAT(page, HasSubstr("<a href=\"#f2\">orphan</a>"));
  EXPECT_THAT(page, Not(HasSubstr("id=\"f1\"")));
}

TEST(DrawRunTest, WithoutOneThePageSaysSo) {
  auto run = RunWithAnOrphan();
  run.events.pop_back();  // Nobody goes back.
  const auto page = Draw(run);
  EXPECT_THAT(page, HasSubstr("No message is an orphan or lost"));
  EXPECT_THAT(page, HasSubstr("promise kept"));
  EXPECT_THAT(page, Not(HasSubstr("damage orphan\" id")));
}

TEST(DrawRunTest, TextIsEscaped) {
  HandMade run;
  run.Show(0, 1);
  run.Object("<script>alert(\"1\")</script> & more");
  RunPicture picture{.title = "<b>", .failure = "phantom", .verdict = "</pre><script>"};
  picture.replay = "a && b";
  picture.faults = {"<fault>"};
  const auto page = Draw(run, picture);
  EXPECT_EQ(Unbalanced(page), "");
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; more"));
  EXPECT_THAT(page, Not(HasSubstr("</pre><script>")));
  EXPECT_THAT(page, HasSubstr("a &amp;&amp; b"));
}

TEST(DrawRunTest, ThePageNeedsNothingFromOutside) {
  const auto page = Draw(RunWithAnOrphan());
  for (const auto* word : {"src=", "@import", "url(http", "https://"}) EXPECT_THAT(page, Not(HasSubstr(word))) << word;
}

TEST(DrawRunTest, ARunOfAHundredThousandEventsGivesAPageOfLessThanThreeMegabytes) {
  HandMade run;
  for (int i = 0; i < 50'000; ++i) {
    run.At(10 * i);
    run.Arrive(run.Send(static_cast<std::uint16_t>(i % 3), static_cast<std::uint16_t>((i + 1) % 3),
                        static_cast<std::uint64_t>(i) + 1));
    if (i % 100 == 0) run.Life(SimFact::kKill, Worker(1));
  }
  const auto page = Draw(run);
  EXPECT_EQ(Unbalanced(page), "");
  EXPECT_LT(page.size(), 3u << 20);
  EXPECT_GT(page.size(), 500'000u);
  EXPECT_THAT(page, HasSubstr("earlier events are not drawn"));
}

TEST(DrawRunTest, ARunInWhichNothingHappenedIsAPageToo) { EXPECT_EQ(Unbalanced(Draw(HandMade())), ""); }

TEST(HistoryTest, WhatIsTooMuchIsForgottenExceptWhatShapesTheRun) {
  History history(100);
  HandMade run;
  for (int i = 0; i < 300; ++i) {
    run.Units(0, 1);
    if (i == 10) run.Life(SimFact::kKill, Worker(0));
  }
  for (const auto& event : run.events) history.Add(event);
  const auto events = history.Events();
  EXPECT_EQ(events.size(), 101u);
  EXPECT_EQ(events.front().facts.fact, SimFact::kKill);
  EXPECT_EQ(history.forgotten(), 200u);
}

}  // namespace
}  // namespace holdfast
