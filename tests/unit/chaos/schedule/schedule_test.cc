#include "chaos/schedule/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

ScheduleWords Words() {
  return {.verbs = {{.name = "kill",
                     .options = OptionSet({DurationOption("restart-after", 1ms, "When it is back.")}),
                     .targets = {"left", "right", "caller"},
                     .waiting_target = "caller",
                     .waits = true},
                    {.name = "pause",
                     .options = OptionSet({DurationOption("for", 5ms, "How long.")}),
                     .targets = {"all"},
                     .usual_target = "all"}},
          .events = {{.name = "cut"}, {.name = "sync", .options = OptionSet({StringOption("site", "", "Where.")})}},
          .anchors = {"warm-up"},
          .longest = 10s};
}

Result<std::vector<ScheduleStep>> Read(std::string_view lines, std::uint64_t seed = 1) {
  HOLDFAST_ASSIGN(const auto list, ConfigTree::Parse(lines, "s.yaml"));
  return ReadSchedule(list, Words(), seed);
}

std::vector<std::string> Expanded(std::string_view lines, std::uint64_t seed = 1) {
  const auto steps = Read(lines, seed);
  std::vector<std::string> texts;
  for (const auto& step : steps.value()) texts.push_back(WriteStep(step));
  return texts;
}

std::string ErrorOf(std::string_view lines) {
  const auto steps = Read(lines);
  return steps.ok() ? "no error" : steps.error().message;
}

TEST(ScheduleTest, AStepIsWrittenAsItReads) {
  const std::string lines =
      "- {at: 2s, id: first, do: kill, target: left, restart-after: 100ms}\n"
      "- {at: 30ms, after: first, do: pause, target: all, for: 5ms}\n"
      "- {at: 0s, when: {event: sync, site: log.block, nth: 3}, do: kill, target: caller, restart-after: 1ms}\n";
  std::string again;
  for (const auto& text : Expanded(lines)) again += fmt::format("- {}\n", text);
  EXPECT_EQ(again, lines);
}

TEST(ScheduleTest, ARepeatedStepIsSeveralAndOnlyTheFirstKeepsItsId) {
  EXPECT_THAT(Expanded("- {id: p, at: 1s, every: 500ms, times: 3, do: pause}"),
              ElementsAre("{at: 1s, id: p, do: pause, target: all, for: 5ms}",
                          "{at: 1500ms, id: p-2, do: pause, target: all, for: 5ms}",
                          "{at: 2s, id: p-3, do: pause, target: all, for: 5ms}"));
  EXPECT_EQ(Expanded("- {at: 1s, every: 500ms, until: 2s, do: pause}").size(), 3u);
  EXPECT_EQ(Expanded("- {at: 1s, every: 500ms, until: 1999ms, do: pause}").size(), 2u);
}

TEST(ScheduleTest, ARandomBlockIsDrawnFromTheSeedWithinItsTime) {
  constexpr std::string_view kBlock = "- random: {faults: [kill, {do: pause, for: 9ms}], count: 40, between: [1s, 2s]}";
  const auto steps = Read(kBlock).value();
  ASSERT_EQ(steps.size(), 40u);
  std::size_t kills = 0, left = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto& step = steps[i];
    EXPECT_GE(step.at, i == 0 ? 1s : steps[i - 1].at);
    EXPECT_LE(step.at, 2s);
    EXPECT_NE(step.target, "caller");
    EXPECT_TRUE(step.drawn);
    kills += step.verb == "kill" ? 1 : 0;
    left += step.target == "left" ? 1 : 0;
    if (step.verb == "pause") {
      EXPECT_EQ(step.options.GetDuration("for"), 9ms);
    }
  }
  EXPECT_GT(kills, 8u);
  EXPECT_LT(kills, 32u);
  EXPECT_GT(left, 0u);
  EXPECT_LT(left, kills);
  EXPECT_EQ(Expanded(kBlock), Expanded(kBlock));
  EXPECT_NE(Expanded(kBlock), Expanded(kBlock, 2));
}

TEST(ScheduleTest, TwoRandomBlocksDrawEachForItself) {
  const std::string block = "- random: {faults: [pause], count: 2, between: [1s, 2s]}\n";
  const auto both = Expanded(block + block);
  EXPECT_EQ((std::vector<std::string>{both[0], both[1]}), Expanded(block));
  EXPECT_NE((std::vector<std::string>{both[2], both[3]}), Expanded(block));
}

TEST(ScheduleTest, InstantsAddUpOverWhatStepsComeAfter) {
  const auto steps = Read(
      "- {id: a, at: 1s, do: pause}\n"
      "- {id: b, after: a, at: 200ms, do: pause}\n"
      "- {after: b, at: 30ms, do: pause}\n"
      "- {after: warm-up, at: 4s, do: pause}\n");
  EXPECT_THAT(PlanSteps(steps.value()).value(), ElementsAre(1s, 1200ms, 1230ms, 4s));
  const auto waiting = Read(
      "- {id: a, when: {event: cut}, do: kill, target: left}\n"
      "- {after: a, at: 1ms, do: pause}\n");
  EXPECT_THAT(PlanSteps(waiting.value()).status().error().message,
              HasSubstr("s.yaml:2: pause is to come after a, which waits for an event"));
}

TEST(ScheduleTest, UnknownWordsAreRefusedWhereTheyStand) {
  EXPECT_EQ(ErrorOf("- {do: kil}"),
            "HF-CONFIG-004 s.yaml:1: unknown fault 'kil'; known: kill, pause (did you mean kill?)");
  EXPECT_THAT(ErrorOf("- {do: kill, target: lefd}"), HasSubstr("kill: unknown target 'lefd'; known: left, right"));
  EXPECT_THAT(ErrorOf("- {do: kill}"), HasSubstr("s.yaml:1: kill has no target"));
  EXPECT_THAT(ErrorOf("- {at: 1s}"), HasSubstr("the fault does nothing: write do: and one of kill, pause"));
  EXPECT_THAT(ErrorOf("- {do: pause, when: {event: cut}}"), HasSubstr("pause has no key 'when'"));
  EXPECT_THAT(ErrorOf("- {do: kill, target: left, when: {event: cot}}"),
              HasSubstr("event of when: unknown value 'cot'; known: cut, sync (did you mean cut?)"));
  EXPECT_THAT(ErrorOf("- {do: kill, target: left, when: {event: cut, site: x}}"),
              HasSubstr("when of cut has no key 'site'"));
  EXPECT_THAT(ErrorOf("- {id: one, do: pause}\n- {after: ona, do: pause}"),
              HasSubstr("s.yaml:2: after of pause: no step further up has the id 'ona'; known: warm-up, one (did you"));
  EXPECT_THAT(ErrorOf("- {after: one, do: pause}\n- {id: one, do: pause}"), HasSubstr("s.yaml:1: after of pause"));
  EXPECT_THAT(ErrorOf("- {id: one, do: pause}\n- {id: one, do: pause}"), HasSubstr("the id 'one' is taken"));
  EXPECT_THAT(ErrorOf("- random: {faults: [kil], count: 1, between: [1s, 2s]}"), HasSubstr("unknown fault 'kil'"));
}

TEST(ScheduleTest, TimesThatContradictEachOtherAreRefused) {
  EXPECT_THAT(ErrorOf("- {at: 11s, do: pause}"), HasSubstr("HF-CONFIG-009 s.yaml:1: at of pause is 11s"));
  EXPECT_THAT(ErrorOf("- {every: 1s, do: pause}"), HasSubstr("every needs an end, and one only"));
  EXPECT_THAT(ErrorOf("- {every: 1s, times: 2, until: 3s, do: pause}"), HasSubstr("every needs an end, and one only"));
  EXPECT_THAT(ErrorOf("- {times: 3, do: pause}"), HasSubstr("times needs every"));
  EXPECT_THAT(ErrorOf("- {at: 3s, every: 1s, until: 2s, do: pause}"), HasSubstr("would end at 2s, before it begins"));
  EXPECT_THAT(ErrorOf("- {every: 1s, times: 2, when: {event: cut}, do: kill, target: left}"),
              HasSubstr("repeated by the clock (every) or waits for an event (when), not both"));
  EXPECT_THAT(ErrorOf("- random: {faults: [pause], count: 1, between: [2s, 1s]}"),
              HasSubstr("random would end at 1s, before it begins at 2s"));
  EXPECT_THAT(ErrorOf("- random: {faults: [pause], count: 1, between: [1s, 11s]}"), HasSubstr("between of random is"));
  EXPECT_THAT(ErrorOf("- random: {faults: [{do: pause, at: 1s}], count: 1, between: [1s, 2s]}"),
              HasSubstr("random says when its faults strike; leave at out"));
  EXPECT_THAT(ErrorOf("- random: {faults: [], count: 1, between: [1s, 2s]}"), HasSubstr("no faults to draw from"));
  EXPECT_THAT(ErrorOf("- random: {faults: [pause], between: [1s, 2s]}"), HasSubstr("random needs 'count'"));
  EXPECT_THAT(ErrorOf("- {at: 1s, every: 1ms, until: 10s, do: pause}\n- {every: 1ms, times: 5000, do: pause}"),
              HasSubstr("the schedule has more than 10000 steps"));
}

}  // namespace
}  // namespace holdfast
