#include "workloads/iot-aggregates/workload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "workloads/iot-aggregates/messages.h"

namespace holdfast::iot_aggregates {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class IotWorkloadTest : public testing::Test {
 protected:
  IotWorkloadTest() { RegisterIotAggregates(workloads_); }
  Result<Workload> Make(std::vector<std::string> assignments) {
    const auto* part = workloads_.Find("iot-aggregates").value();
    HOLDFAST_ASSIGN(const auto values, part->descriptor.options.Parse(assignments, "workload iot-aggregates"));
    return part->factory(values, 7);
  }
  WorkloadRegistry workloads_{PartKind::kWorkload};
};

TEST_F(IotWorkloadTest, DefaultsMakeARunnableWorkload) {
  const auto workload = Make({}).value();
  EXPECT_EQ(workload.application->name(), "iot-aggregates");
  EXPECT_EQ(workload.input->partitions(), 4);
  EXPECT_TRUE(workload.make_auditor());
  const auto oracle = workload.make_oracle();
  oracle->Offered(PartitionId(3), 1);
  oracle->Finish();
  EXPECT_EQ(oracle->ledger(), (Ledger{.expected = 2, .missing = 2})) << "the record, and its reading's window";
}

TEST_F(IotWorkloadTest, WhatASensorTellsAnswersItsRecordAndShowsItsList) {
  const auto workload = Make({}).value();
  std::string value;
  Codec<SensorUnit>::Encode({3, 17, 5, false, {8, 18, 9}}, value);
  const EgressRecord output{workload.application->FindEgress(kSensors.name).value(), {}, "", value};
  ASSERT_TRUE(workload.cause(output));
  EXPECT_EQ(workload.cause(output)->partition, PartitionId(3));
  EXPECT_EQ(workload.cause(output)->offset, 17u);
  EXPECT_FALSE(workload.cause({workload.application->FindEgress(kAreas.name).value(), {}, "", value}));
  const auto lists = workload.observe(output);
  ASSERT_EQ(lists.size(), 1u);
  EXPECT_EQ(lists[0].key, "sensor-5");
  EXPECT_EQ(lists[0].place, 8u);
  EXPECT_EQ(lists[0].element, 17 * 4 + 3 + 1);
}

TEST_F(IotWorkloadTest, EveryOptionReachesTheApplicationOrTheInput) {
  const auto values = IotDescriptor().options.Parse(
      std::vector<std::string>{"sensors=9", "areas=8", "gap=7ms", "window=6s", "open=5s", "bursts=11",
                               "burst-length=12", "burst-share=13", "stragglers=14", "straggle=15s", "repeats=16",
                               "partitions=3"},
      "workload iot-aggregates");
  const auto options = ReadIotOptions(values.value());
  EXPECT_EQ(options.sensors, 9u);
  EXPECT_EQ(options.areas, 8u);
  EXPECT_EQ(options.gap, 7ms);
  EXPECT_EQ(options.window, 6s);
  EXPECT_EQ(options.open, 5s);
  EXPECT_EQ(options.bursts, 11u);
  EXPECT_EQ(options.burst_length, 12u);
  EXPECT_EQ(options.burst_share, 13u);
  EXPECT_EQ(options.stragglers, 14u);
  EXPECT_EQ(options.straggle, 15s);
  EXPECT_EQ(options.repeats, 16u);
  EXPECT_EQ(options.partitions, 3);
}

TEST_F(IotWorkloadTest, OptionsThatDoNotGoTogetherAreRefused) {
  EXPECT_THAT(Make({"sensors=2", "partitions=3"}).error().message, HasSubstr("2 sensors cannot fill 3 partitions"));
  EXPECT_THAT(Make({"repeats=91"}).error().message, HasSubstr("repeats must be at most 90"));
}

TEST_F(IotWorkloadTest, ImpossibleOptionsAreRefusedByName) {
  const auto message = [](auto change) {
    IotOptions options;
    change(options);
    return IotApplication(options).error().message;
  };
  EXPECT_THAT(message([](auto& o) { o.sensors = 0; }), HasSubstr("sensors must be"));
  EXPECT_THAT(message([](auto& o) { o.areas = 0; }), HasSubstr("areas must be"));
  EXPECT_THAT(message([](auto& o) { o.partitions = 0; }), HasSubstr("partitions must be"));
  EXPECT_THAT(message([](auto& o) { o.window = {}; }), HasSubstr("window"));
  EXPECT_THAT(message([](auto& o) { o.straggle = -1ms; }), HasSubstr("straggle"));
  EXPECT_THAT(message([](auto& o) { o.burst_length = 0; }), HasSubstr("burst-length"));
}

TEST(IotInputTest, ASensorThatBurstsSendsMostOfAStretch) {
  IotOptions options;
  options.sensors = 100;
  options.partitions = 2;
  options.bursts = 50;
  options.burst_length = 100;
  options.repeats = 0;
  const IotInput input(7, options);
  int bursts = 0;
  for (std::uint64_t stretch = 0; stretch < 40; ++stretch) {
    std::map<std::uint64_t, int> shares;
    for (std::uint64_t i = 0; i < 100; ++i) ++shares[input.ReadingAt(PartitionId(1), stretch * 100 + i).sensor];
    const auto most = std::ranges::max_element(shares, {}, [](const auto& share) { return share.second; })->second;
    EXPECT_TRUE(most > 60 || most < 12) << most;
    bursts += most > 60;
  }
  EXPECT_NEAR(bursts, 20, 10);
}

TEST(IotInputTest, ARepeatIsTheReadingBefore) {
  IotOptions options;
  options.sensors = 10;
  options.repeats = 30;
  const IotInput input(7, options);
  int repeats = 0;
  for (std::uint64_t offset = 1; offset < 300; ++offset) {
    const auto before = input.ReadingAt(PartitionId(2), offset - 1);
    auto reading = input.ReadingAt(PartitionId(2), offset);
    EXPECT_EQ(reading.offset, offset);
    EXPECT_EQ(reading.sensor % 4, 2u);
    if (reading.number == offset) continue;
    ++repeats;
    EXPECT_EQ(reading.number, before.number);
    EXPECT_EQ(reading.sensor, before.sensor);
    EXPECT_EQ(reading.stamp, before.stamp);
    EXPECT_EQ(reading.value, before.value);
  }
  EXPECT_NEAR(repeats, 90, 30);
}

TEST(IotInputTest, StragglersWereMeasuredEarlier) {
  IotOptions options;
  options.stragglers = 30;
  options.straggle = 50ms;
  options.repeats = 0;
  options.gap = 2ms;
  const IotInput input(7, options);
  int stragglers = 0;
  for (std::uint64_t offset = 100; offset < 400; ++offset) {
    const auto stamp = input.ReadingAt(PartitionId(0), offset).stamp;
    const auto before = static_cast<std::int64_t>(2 * offset) - stamp;
    EXPECT_TRUE(before >= 0 && before <= 50) << before;
    stragglers += before > 0;
  }
  EXPECT_NEAR(stragglers, 90, 30);
}

}  // namespace
}  // namespace holdfast::iot_aggregates
