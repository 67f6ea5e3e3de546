// The sensors' statistics as an application, and what the sensors measure.
//
// Time of measurement goes by the ingress: a partition's records were measured `gap` apart, but for stragglers, which
// were measured up to `straggle` before. In most stretches of `burst_length` records each sensor of the partition has
// its turn alike; in the others one of them bursts, and `burst_share` percent of the records are its.
#pragma once

#include <chrono>
#include <memory>

#include "core/model/application.h"
#include "workloads/iot-aggregates/messages.h"
#include "workloads/load/input.h"

namespace holdfast::iot_aggregates {

struct IotOptions {
  std::uint64_t sensors = 10'000;
  std::uint64_t areas = 100;
  std::chrono::milliseconds gap = std::chrono::milliseconds(1);
  std::chrono::milliseconds window = std::chrono::seconds(1);  // In time of measurement.
  std::chrono::milliseconds open = std::chrono::seconds(1);    // In application time.
  std::uint32_t bursts = 20;                                   // Percent of the stretches.
  std::uint64_t burst_length = 200;
  std::uint32_t burst_share = 80;  // Percent.
  std::uint32_t stragglers = 2;    // Percent of the readings.
  std::chrono::milliseconds straggle = std::chrono::seconds(5);
  std::uint32_t repeats = 2;  // Percent of the records.
  std::uint16_t partitions = 4;
  std::uint16_t max_parallelism = kDefaultMaxParallelism;
};

// kInvalidArgument, naming the option: no sensor, area, partition, burst or time, more partitions than sensors.
Result<std::shared_ptr<const Application>> IotApplication(const IotOptions& options);

// The readings. Those of sensor number s come through partition s modulo their count, so they have an order.
class IotInput final : public Input {
 public:
  // Requires options that IotApplication accepts.
  IotInput(std::uint64_t seed, const IotOptions& options);

  std::uint16_t partitions() const override { return options_.partitions; }
  void Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const override;

  const IotOptions& options() const { return options_; }
  Reading ReadingAt(PartitionId partition, std::uint64_t offset) const;
  std::uint64_t AreaOf(const Reading& reading) const { return reading.sensor % options_.areas; }
  std::uint64_t WindowOf(const Reading& reading) const {
    return static_cast<std::uint64_t>(reading.stamp / options_.window.count());
  }

 private:
  Random RandomAt(PartitionId partition, std::uint64_t place, std::uint64_t what) const;
  // Where the record at `offset` stood when it came for the first time.
  std::uint64_t NumberAt(PartitionId partition, std::uint64_t offset) const;

  std::uint64_t seed_;
  IotOptions options_;
};

}  // namespace holdfast::iot_aggregates
