#include "workloads/iot-aggregates/functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/iot-aggregates/story.h"
#include "workloads/oracles/state_reader.h"

namespace holdfast::iot_aggregates {
namespace {

using testing::HasSubstr;

// What the test says, in its order.
class Said final : public Input {
 public:
  std::uint16_t partitions() const override { return 1; }
  void Record(PartitionId, std::uint64_t offset, InputRecord& record) const override { record = records_.at(offset); }
  void Measure(std::int64_t stamp, std::int64_t value) { Say({0, size(), size(), 0, stamp, value}); }
  void Repeat() { Say({0, size(), last_.number, 0, last_.stamp, last_.value}); }

 private:
  std::uint64_t size() const { return records_.size(); }
  void Say(const Reading& reading) {
    last_ = reading;
    Codec<Reading>::Encode(reading, records_.emplace_back(SensorId(0), "", std::uint16_t{0}).value);
  }
  Reading last_;
  std::vector<InputRecord> records_;
};

class IotTest : public testing::Test {
 protected:
  static IotOptions Alone() {
    IotOptions options;
    options.sensors = options.areas = options.partitions = 1;
    options.window = std::chrono::milliseconds(100);
    options.open = std::chrono::milliseconds(10);
    return options;
  }
  void Come() {
    run.Offer(PartitionId(0), run.offered++);
    run.Handle();
  }

  std::shared_ptr<Said> said = std::make_shared<Said>();
  TimedRun run{IotApplication(Alone()).value(), said};
};

TEST_F(IotTest, ASensorSmoothsWhatItMeasures) {
  said->Measure(0, 100), said->Measure(1, 200), said->Measure(2, 0);
  for (int i = 0; i < 3; ++i) Come();
  const auto units = run.All(kSensors);
  EXPECT_EQ(units[0].trend, (Trend{1, 1, 100}));
  EXPECT_EQ(units[1].trend, (Trend{2, 2, 125}));
  EXPECT_EQ(units[2].trend, (Trend{3, 3, 94})) << "125 - 31.25, cut off towards zero";
}

TEST_F(IotTest, ARepeatIsDropped) {
  said->Measure(0, 100), said->Repeat(), said->Repeat(), said->Measure(1, 200);
  for (int i = 0; i < 4; ++i) Come();
  const auto units = run.All(kSensors);
  EXPECT_TRUE(units[1].repeat && units[2].repeat);
  EXPECT_EQ(units[2].trend, (Trend{3, 1, 100}));
  EXPECT_EQ(units[3].trend, (Trend{4, 4, 125}));
  while (run.Wait()) run.Handle();
  EXPECT_EQ(run.All(kAreas).back().readings.count, 2u);
}

TEST_F(IotTest, AWindowIsClosedWithItsStatisticsAndLeavesNothing) {
  said->Measure(10, 100), said->Measure(99, 200), said->Measure(100, 125);
  for (int i = 0; i < 3; ++i) Come();
  while (run.Wait()) run.Handle();
  const auto units = run.All(kAreas);
  ASSERT_EQ(units.size(), 4u);
  EXPECT_TRUE(Is(units[0], AreaDeed::kOpened) && Is(units[1], AreaDeed::kOpened));
  EXPECT_TRUE(Is(units[2], AreaDeed::kClosed) && Is(units[3], AreaDeed::kClosed));
  EXPECT_EQ(units[2].window, 0u);
  EXPECT_EQ(units[2].at, units[0].at + 10);
  EXPECT_EQ(units[2].due, units[0].due);
  const auto& readings = units[2].readings;
  EXPECT_EQ(readings.count, 2u);
  EXPECT_EQ(readings.sum, 225);
  EXPECT_EQ(readings.squares, 100 * 100 + 125 * 125);
  EXPECT_EQ(readings.least, 100);
  EXPECT_EQ(readings.most, 125);
  const auto area = run.application->FindFunction(kArea).value().value;
  const auto& spec = run.application->functions()[area];
  const auto& record = run.memory.at({area, "area-0"});
  const auto past = ReadState<Past>(spec, record, "past").value();
  EXPECT_EQ(past.closed, 2u);
  EXPECT_EQ(past.told, 4u);
  EXPECT_EQ(past.gone, 3u);
}

TEST_F(IotTest, AReadingOfAClosedWindowIsLate) {
  said->Measure(10, 100), said->Measure(20, 100);
  Come();
  while (run.Wait()) run.Handle();
  Come();
  const auto late = run.All(kAreas).back();
  EXPECT_TRUE(Is(late, AreaDeed::kLate));
  EXPECT_EQ(late.window, 0u);
  EXPECT_EQ(late.number, 1u);
  EXPECT_EQ(late.readings.sum, 100);
  EXPECT_TRUE(run.OnTheWay().empty()) << "it opens nothing";
}

// A higher one was closed, so nobody expects it any more.
TEST_F(IotTest, AWindowThatWasPassedOverIsNotOpened) {
  said->Measure(110, 100), said->Measure(20, 100);
  Come();
  while (run.Wait()) run.Handle();
  Come();
  EXPECT_TRUE(Is(run.All(kAreas).back(), AreaDeed::kLate));
}

TEST(IotMisdeedTest, AWindowIsClosedOnce) {
  Story story(Village(), {.repeat = Codec<Close>::Name()});
  story.RunAll(20);
  ASSERT_EQ(story.On(kDeadLetterEgress).size(), 1u);
  DeadLetter letter;
  ASSERT_TRUE(Codec<DeadLetter>::Decode(story.outputs[story.On(kDeadLetterEgress)[0]].value, letter));
  EXPECT_THAT(std::string(letter.reason), HasSubstr("is to be closed, and is not open"));
}

}  // namespace
}  // namespace holdfast::iot_aggregates
