// What must come of the readings, walked in the order of a partition: the trend of each sensor after each record, and
// what each reading is worth to its area. It is what an oracle and an auditor hold the system against, and shares no
// code with the functions.
#pragma once

#include <map>
#include <vector>

#include "workloads/iot-aggregates/application.h"

namespace holdfast::iot_aggregates {

// The digest of one reading with this level; see messages.h.
std::uint64_t DigestOfReading(std::uint32_t partition, std::uint64_t number, std::int64_t level);
// The statistics of one reading.
Aggregate OneReading(std::int64_t level, std::uint64_t digest);
void Add(Aggregate& to, const Aggregate& more);

// What must follow from one record.
struct Predicted {
  std::uint64_t sensor = 0;
  bool repeat = false;
  Trend trend{};           // After it.
  std::uint64_t area = 0;  // If it is no repeat: where it counts, and as what.
  std::uint64_t window = 0;
  Aggregate reading{};
};

class Prediction {
 public:
  explicit Prediction(const IotInput& input) : input_(input), trends_(input.options().sensors) {}

  // What follows from the record at `offset`. Requires: of each partition, it was asked for all records before, in
  // their order.
  Predicted Next(PartitionId partition, std::uint64_t offset);
  // Forgets the latest record of its sensor, which left the trend `before` that one.
  void TakeBack(std::uint64_t sensor, const Trend& before) { trends_[sensor] = before; }
  // After all that it was asked for.
  const Trend& TrendOf(std::uint64_t sensor) const { return trends_[sensor]; }

 private:
  const IotInput& input_;
  std::vector<Trend> trends_;
};

}  // namespace holdfast::iot_aggregates
