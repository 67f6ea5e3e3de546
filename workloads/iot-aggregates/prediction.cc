#include "workloads/iot-aggregates/prediction.h"

namespace holdfast::iot_aggregates {

std::uint64_t DigestOfReading(std::uint32_t partition, std::uint64_t number, std::int64_t level) {
  const std::uint64_t words[] = {partition, number, static_cast<std::uint64_t>(level)};
  return Hash64({reinterpret_cast<const char*>(words), sizeof words});
}

Aggregate OneReading(std::int64_t level, std::uint64_t digest) {
  return {.count = 1, .sum = level, .squares = level * level, .least = level, .most = level, .digest = digest};
}

void Add(Aggregate& to, const Aggregate& more) {
  if (more.count == 0) return;
  to.least = to.count == 0 ? more.least : std::min(to.least, more.least);
  to.most = to.count == 0 ? more.most : std::max(to.most, more.most);
  to.count += more.count;
  to.sum += more.sum;
  to.squares += more.squares;
  to.digest += more.digest;
}

Predicted Prediction::Next(PartitionId partition, std::uint64_t offset) {
  const auto reading = input_.ReadingAt(partition, offset);
  auto& trend = trends_[reading.sensor];
  Predicted next{.sensor = reading.sensor, .repeat = reading.number != offset};
  ++trend.records;
  if (!next.repeat) {
    const auto change = trend.next == 0 ? reading.value : (reading.value - trend.level) / 4;
    trend.level += change;
    trend.next = offset + 1;
    next.area = input_.AreaOf(reading);
    next.window = input_.WindowOf(reading);
    next.reading = OneReading(trend.level, DigestOfReading(partition.value, offset, trend.level));
  }
  next.trend = trend;
  return next;
}

}  // namespace holdfast::iot_aggregates
