// Each rule has a history that breaks it and no other.
#include "workloads/iot-aggregates/oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/iot-aggregates/story.h"

namespace holdfast::iot_aggregates {
namespace {

using testing::HasSubstr;

Story Hundred(const Misdeeds& misdeeds = {}) {
  Story story(Village(), misdeeds);
  story.RunAll(100);
  return story;
}

// The only thing found, and that it is this kind of damage.
std::string Only(Story& story, Damage damage, bool with_state = false) {
  const auto findings = story.Judge(with_state);
  EXPECT_EQ(findings.total(), 1u) << findings.Text();
  EXPECT_EQ(findings.count(damage), 1u) << findings.Text();
  return findings.count(damage) > 0 ? findings.first(damage)[0] : "";
}
// The same of a hundred rounds in which the first output that `change` says it changed was changed.
template <class M, class Change>
std::string OnlyOf(Damage damage, const Egress<M>& egress, const Change& change) {
  auto story = Hundred();
  story.ChangeOutput(egress, change);
  return Only(story, damage);
}

TEST(IotOracleTest, AFailureFreeRunIsExact) {
  std::map<std::uint32_t, int> deeds;
  int repeats = 0;
  for (std::uint64_t seed = 1; seed < 30; ++seed) {
    Story story(Village(), {}, seed);
    for (; story.offered < 100; ++story.offered) {
      for (std::uint16_t p = 0; p < 2; ++p) story.Offer(PartitionId(p), story.offered);
      if (story.offered % 8 == 7) story.Handle();
    }
    story.RunAll(0);
    const auto findings = story.Judge(true);
    EXPECT_TRUE(findings.none()) << "seed " << seed << ": " << findings.Text();
    const auto outputs = story.outputs.size();
    EXPECT_EQ(story.ledger, (Ledger{.expected = outputs, .seen = outputs}));
    for (const auto& unit : story.All(kAreas)) ++deeds[unit.deed];
    for (const auto& unit : story.All(kSensors)) repeats += unit.repeat;
  }
  EXPECT_EQ(deeds.size(), 3u);
  EXPECT_GT(deeds[3], 100) << "late";
  EXPECT_GT(repeats, 100);
}

TEST(IotOracleTest, OutputsOfDifferentInstancesMayComeInAnyOrder) {
  auto story = Hundred();
  std::stable_partition(story.outputs.begin(), story.outputs.end(),
                        [](const Story::Output& output) { return output.key.starts_with("area-"); });
  const auto findings = story.Judge(true);
  EXPECT_TRUE(findings.none()) << findings.Text();
}

TEST(IotOracleTest, ASensorLeavesWhatFollows) {
  EXPECT_THAT(OnlyOf(Damage::kContradictory, kSensors, [](SensorUnit& unit) { return ++unit.trend.level; }),
              HasSubstr("; due at sensor-"));
  EXPECT_THAT(
      OnlyOf(Damage::kContradictory, kSensors, [](SensorUnit& unit) { return unit.repeat = !unit.repeat, true; }),
      HasSubstr("as a repeat"));
  EXPECT_THAT(OnlyOf(Damage::kContradictory, kSensors, [](SensorUnit& unit) { return ++unit.sensor; }),
              HasSubstr("; due at sensor-"));
}

TEST(IotOracleTest, EachOutputLostIsMissing) {
  auto story = Hundred();
  story.outputs.erase(story.outputs.begin() + static_cast<std::ptrdiff_t>(story.On(kSensors.name)[7]));
  EXPECT_THAT(Only(story, Damage::kMissing), HasSubstr("no output for"));
  // Of an area: a gap, and what it told is missing from its window.
  story = Hundred();
  const auto late = story.ChangeOutput(kAreas, [](AreaUnit& unit) { return Is(unit, AreaDeed::kLate); });
  story.outputs.erase(story.outputs.begin() + static_cast<std::ptrdiff_t>(late));
  const auto findings = story.Judge();
  EXPECT_THAT(findings.first(Damage::kBrokenChain)[0], HasSubstr("those between were never seen"));
  EXPECT_THAT(findings.first(Damage::kMissing)[0], HasSubstr("measured were"));
  EXPECT_EQ(findings.total(), 2u);
}

TEST(IotOracleTest, TheOutputsOfAnAreaHaveNoGap) {
  auto story = Hundred();
  const auto last = story.All(kAreas).back().area;
  std::size_t place = 0;
  for (const auto output : story.On(kAreas.name)) {
    if (story.outputs[output].key == AreaId(last)) place = output;
  }
  AreaUnit unit;
  const auto bytes = std::exchange(story.outputs[place].value, {});
  ASSERT_TRUE(Codec<AreaUnit>::Decode(bytes, unit));
  ++unit.told;
  Codec<AreaUnit>::Encode(unit, story.outputs[place].value);
  EXPECT_THAT(Only(story, Damage::kBrokenChain), HasSubstr("those between were never seen"));
}

TEST(IotOracleTest, EachOutputTwiceIsADuplicate) {
  for (const auto egress : {kSensors.name, kAreas.name}) {
    for (const std::size_t which : {0u, 3u, 9u}) {
      auto story = Hundred();
      story.outputs.push_back(story.outputs[story.On(egress)[which]]);
      EXPECT_THAT(Only(story, Damage::kDuplicate), HasSubstr("came again"));
    }
  }
}

TEST(IotOracleTest, AnOutputAgainWithOtherContentContradicts) {
  auto story = Hundred();
  auto unit = story.All(kAreas).back();
  ++unit.at;
  story.AddOutput(kAreas, AreaId(unit.area), unit);
  EXPECT_THAT(Only(story, Damage::kContradictory), HasSubstr("with other content"));
  story = Hundred();
  auto sensor = story.All(kSensors).front();
  ++sensor.trend.level;
  story.AddOutput(kSensors, SensorId(sensor.sensor), sensor);
  EXPECT_THAT(Only(story, Damage::kContradictory), HasSubstr("with other content"));
}

TEST(IotOracleTest, RecordsOfASensorComeInTheirOrder) {
  auto story = Hundred();
  const auto units = story.All(kSensors);
  const auto places = story.On(kSensors.name);
  for (std::size_t i = 1; i < units.size(); ++i) {
    if (units[i].sensor != units[0].sensor) continue;
    std::swap(story.outputs[places[0]], story.outputs[places[i]]);
    break;
  }
  EXPECT_THAT(Only(story, Damage::kOutOfOrder), HasSubstr("came after"));
}

TEST(IotOracleTest, StatisticsAreThoseOfAllThatWasMeasuredButForTheLate) {
  const auto closed = [](const auto& change) {
    return [change](AreaUnit& unit) { return Is(unit, AreaDeed::kClosed) && (change(unit.readings), true); };
  };
  for (const auto& change :
       {+[](Aggregate& a) { ++a.sum; }, +[](Aggregate& a) { ++a.squares; }, +[](Aggregate& a) { a.least = -1; },
        +[](Aggregate& a) { a.most = 1 << 20; }, +[](Aggregate& a) { ++a.digest; }}) {
    EXPECT_THAT(OnlyOf(Damage::kContradictory, kAreas, closed(change)), HasSubstr("counted were"));
  }
  EXPECT_THAT(OnlyOf(Damage::kDuplicate, kAreas, closed([](Aggregate& a) { ++a.count; })), HasSubstr("counted were"));
  EXPECT_THAT(OnlyOf(Damage::kMissing, kAreas, closed([](Aggregate& a) { --a.count; })), HasSubstr("counted were"));
}

TEST(IotOracleTest, ALateReadingIsOneThatWasMeasured) {
  EXPECT_THAT(
      OnlyOf(Damage::kContradictory, kAreas, [](AreaUnit& unit) { return Is(unit, AreaDeed::kLate) && ++unit.number; }),
      HasSubstr("is not this one"));
  EXPECT_THAT(OnlyOf(Damage::kContradictory, kAreas,
                     [](AreaUnit& unit) { return Is(unit, AreaDeed::kLate) && (unit.partition = 99); }),
              HasSubstr("reading 99/"));
}

TEST(IotOracleTest, OnlyWhatWasClosedIsLate) {
  auto story = Hundred();
  auto last = story.All(kAreas).back();
  last.deed = static_cast<std::uint32_t>(AreaDeed::kLate);
  ++last.told;
  last.window += 1'000;
  last.readings = {};
  story.AddOutput(kAreas, AreaId(last.area), last);
  EXPECT_THAT(story.Judge().first(Damage::kContradictory)[0], HasSubstr("a reading is called late that could be"));
}

TEST(IotOracleTest, AWindowIsOpenedForItsTimeAndOnce) {
  EXPECT_THAT(
      OnlyOf(Damage::kContradictory, kAreas, [](AreaUnit& unit) { return Is(unit, AreaDeed::kOpened) && ++unit.at; }),
      HasSubstr("it is due at"));
  const auto with = [](std::uint64_t window, AreaDeed deed) {
    auto story = Hundred();
    auto last = story.All(kAreas).back();
    AreaUnit more{.area = last.area, .told = last.told + 1, .deed = static_cast<std::uint32_t>(deed), .window = window};
    more.at = last.at;
    more.due = more.at + (deed == AreaDeed::kOpened ? 10 : 0);
    story.AddOutput(kAreas, AreaId(more.area), more);
    return Only(story, Damage::kContradictory);
  };
  EXPECT_THAT(with(0, AreaDeed::kOpened), HasSubstr("it was opened before"));
  EXPECT_THAT(with(0, AreaDeed::kClosed), HasSubstr("it was closed before"));
  EXPECT_THAT(with(1'000, AreaDeed::kClosed), HasSubstr("it was not opened"));
}

TEST(IotOracleTest, WhatWasPassedOverIsNotOpened) {
  Story story(Village());
  story.RunAll(1);
  const auto last = story.All(kAreas).back();
  ASSERT_TRUE(Is(last, AreaDeed::kClosed));
  auto more = last;
  more.window = 500, ++more.told, more.readings = {};
  more.deed = static_cast<std::uint32_t>(AreaDeed::kOpened), more.due = more.at + 10;
  story.AddOutput(kAreas, AreaId(more.area), more);
  more.deed = static_cast<std::uint32_t>(AreaDeed::kClosed), more.at = more.due, ++more.told;
  story.AddOutput(kAreas, AreaId(more.area), more);
  more.deed = static_cast<std::uint32_t>(AreaDeed::kOpened), more.due = more.at + 10, ++more.told, more.window = 400;
  story.AddOutput(kAreas, AreaId(more.area), more);
  EXPECT_THAT(Only(story, Damage::kContradictory), HasSubstr("a higher one is closed already"));
}

TEST(IotOracleTest, EveryMessageLostShows) {
  auto story = Hundred({.lose = Codec<Measured>::Name()});
  EXPECT_THAT(Only(story, Damage::kMissing), HasSubstr("measured were"));
  story = Hundred({.lose = Codec<Reading>::Name()});
  EXPECT_GT(story.Judge().count(Damage::kMissing), 0u);
}

TEST(IotOracleTest, EveryMessageHandledTwiceShows) {
  auto story = Hundred({.repeat = Codec<Measured>::Name()});
  EXPECT_THAT(Only(story, Damage::kDuplicate), HasSubstr("measured were"));
  for (const auto& type : {Codec<Reading>::Name(), Codec<Close>::Name()}) {
    story = Hundred({.repeat = type});
    EXPECT_FALSE(story.Judge().none()) << type;
  }
}

TEST(IotOracleTest, AWindowThatIsNeverClosedIsMissing) {
  Story story(Village(), {.lose = Codec<Close>::Name()});
  story.RunAll(10);
  EXPECT_TRUE(story.Judge().none()) << "it may still come";
  EXPECT_THAT(Only(story, Damage::kWrongState, true), HasSubstr("was due to be closed, and still waits"));
  story = Story(Village(), {.lose = Codec<Close>::Name()});
  story.RunAll(1'200);
  EXPECT_THAT(Only(story, Damage::kMissing), HasSubstr("was to be closed at"));
}

TEST(IotOracleTest, AWindowThatIsClosedEarlyShowsUnlessClocksDisagree) {
  auto story = Hundred({.fire_early = true});
  EXPECT_THAT(Only(story, Damage::kContradictory), HasSubstr(" ms early"));
  IotOracle oracle(story.application, *story.readings);
  oracle.ClocksDisagree();
  EXPECT_TRUE(story.TimedRun::Judge(oracle, true).none());
}

TEST(IotOracleTest, StateOfAnotherHistoryIsWrong) {
  auto options = Village();
  options.open = std::chrono::hours(1);
  Story story(options);
  for (; story.offered < 40; ++story.offered) {
    for (std::uint16_t p = 0; p < 2; ++p) story.Offer(PartitionId(p), story.offered), story.Handle();
  }
  ASSERT_TRUE(story.Judge(true).none()) << "open windows are no damage" << story.Judge(true).Text();
  const auto sensor = story.application->FindFunction(kSensor).value().value;
  const auto area = story.application->FindFunction(kArea).value().value;
  auto copy = story;
  copy.memory.erase({sensor, "sensor-0"});
  EXPECT_THAT(Only(copy, Damage::kWrongState, true), HasSubstr("'sensor-0': it has no state"));
  copy = story;
  copy.memory[{sensor, "sensor-1"}] = story.memory[{sensor, "sensor-2"}];
  EXPECT_THAT(Only(copy, Damage::kWrongState, true), HasSubstr("'sensor-1': its trend is not the one that follows"));
  copy = story;
  copy.memory[{sensor, "sensor-9"}] = "?";
  EXPECT_THAT(Only(copy, Damage::kWrongState, true), HasSubstr("'sensor-9': there is no such sensor"));
  copy = story;
  copy.memory[{area, "area-0"}] = story.memory[{area, "area-1"}];
  EXPECT_THAT(copy.Judge(true).first(Damage::kWrongState)[0], HasSubstr("'area-0': "));
  copy = story;
  copy.memory.erase({area, "area-0"});
  EXPECT_THAT(copy.Judge(true).first(Damage::kWrongState)[0], HasSubstr("window 0 was opened, and is gone"));
}

TEST(IotOracleTest, OpenWindowsMakeUpTheSameSums) {
  auto options = Village();
  options.open = std::chrono::hours(1);
  Story story(options, {.repeat = Codec<Measured>::Name()});
  for (; story.offered < 40; ++story.offered) {
    for (std::uint16_t p = 0; p < 2; ++p) story.Offer(PartitionId(p), story.offered), story.Handle();
  }
  EXPECT_TRUE(story.Judge().none()) << "nobody has seen it yet";
  EXPECT_THAT(Only(story, Damage::kDuplicate, true), HasSubstr("measured were"));
}

TEST(IotOracleTest, WhatNobodyOfferedIsAPhantom) {
  auto story = Hundred();
  story.offered -= 1;
  const auto findings = story.Judge();
  EXPECT_EQ(findings.count(Damage::kPhantom), 2u) << findings.Text();
  story = Hundred();
  story.outputs.push_back({story.application->FindEgress(kAreas.name).value(), "area-0", "?"});
  Only(story, Damage::kPhantom);
}

// Rolled back, and gone on in another order: each timeline alone is right, output of both is not.
TEST(IotOracleTest, OutputOfARolledBackTimelineShows) {
  Story story(Village());
  story.RunAll(20);
  Story other(story), more(story);
  for (std::uint64_t offset = 20; offset < 30; ++offset) {
    other.Offer(PartitionId(0), offset), other.Offer(PartitionId(1), offset), other.Handle();
    more.Offer(PartitionId(1), offset), more.Offer(PartitionId(0), offset), more.Handle();
  }
  const auto common = static_cast<std::ptrdiff_t>(story.outputs.size());
  other.outputs.insert(other.outputs.end(), more.outputs.begin() + common, more.outputs.end());
  EXPECT_FALSE(other.Judge().none());
}

}  // namespace
}  // namespace holdfast::iot_aggregates
