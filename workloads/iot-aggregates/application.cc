#include "workloads/iot-aggregates/application.h"

#include "core/model/application_builder.h"
#include "workloads/iot-aggregates/functions.h"

namespace holdfast::iot_aggregates {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kHighestValue = 65'535;
// What is drawn at a place of a partition.
enum Draws : std::uint64_t { kReading, kStretch, kRepeat };

Status CheckOptions(const IotOptions& options) {
  const auto wrong = [](const std::string& why) {
    return MakeError(ErrorCode::kInvalidArgument, "iot-aggregates: {}", why);
  };
  if (options.sensors == 0) return wrong("sensors must be at least 1");
  if (options.areas == 0) return wrong("areas must be at least 1");
  if (options.partitions == 0) return wrong("partitions must be at least 1");
  if (options.partitions > options.sensors) {
    return wrong(fmt::format("{} sensors cannot fill {} partitions; use at most {}", options.sensors,
                             options.partitions, options.sensors));
  }
  if (options.gap < 1ms || options.window < 1ms || options.open < 1ms) {
    return wrong("gap, window and open must be at least 1ms");
  }
  if (options.straggle < 0ms) return wrong("straggle must not be negative");
  if (options.burst_length == 0) return wrong("burst-length must be at least 1");
  if (options.repeats > 90) return wrong("repeats must be at most 90 percent");
  return {};
}

}  // namespace

Result<std::shared_ptr<const Application>> IotApplication(const IotOptions& options) {
  HOLDFAST_TRY(CheckOptions(options));
  ApplicationBuilder app("iot-aggregates", options.max_parallelism);
  app.Add<Sensor>([areas = options.areas] { return std::make_unique<Sensor>(areas); });
  app.Add<Area>([terms = Area::Terms{options.window, options.open}] { return std::make_unique<Area>(terms); });
  app.AddIngress<Sensor, Reading>(std::string(kReadings));
  app.AddEgress(kSensors);
  app.AddEgress(kAreas);
  return std::move(app).Build();
}

IotInput::IotInput(std::uint64_t seed, const IotOptions& options) : seed_(seed), options_(options) {
  CheckOptions(options).OrDie();
}

Random IotInput::RandomAt(PartitionId partition, std::uint64_t place, std::uint64_t what) const {
  return Random(Mix64(Mix64(seed_ ^ what) ^ Mix64(std::uint64_t{partition.value} << 48 ^ place)));
}

std::uint64_t IotInput::NumberAt(PartitionId partition, std::uint64_t offset) const {
  while (offset > 0 && RandomAt(partition, offset, kRepeat).Below(100) < options_.repeats) --offset;
  return offset;
}

Reading IotInput::ReadingAt(PartitionId partition, std::uint64_t offset) const {
  const auto number = NumberAt(partition, offset);
  const std::uint64_t apart = options_.partitions;
  const auto own = (options_.sensors - partition.value + apart - 1) / apart;
  auto stretch = RandomAt(partition, number / options_.burst_length, kStretch);
  const bool bursts = stretch.Below(100) < options_.bursts;
  const auto bursting = stretch.Below(own);
  auto random = RandomAt(partition, number, kReading);
  const bool its = random.Below(100) < options_.burst_share;
  const auto other = random.Below(own);
  Reading reading{partition.value, offset, number, 0, 0, 0};
  reading.sensor = (bursts && its ? bursting : other) * apart + partition.value;
  reading.value = random.Between(0, kHighestValue);
  reading.stamp = static_cast<std::int64_t>(number) * options_.gap.count();
  const bool straggles = random.Below(100) < options_.stragglers;
  const auto before = random.Between(0, options_.straggle.count());
  if (straggles) reading.stamp = std::max<std::int64_t>(0, reading.stamp - before);
  return reading;
}

void IotInput::Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const {
  HOLDFAST_CHECK(partition.value < partitions(), "partition {} of {}", partition, partitions());
  const auto reading = ReadingAt(partition, offset);
  record.key = SensorId(reading.sensor);
  record.value.clear();
  Codec<Reading>::Encode(reading, record.value);
}

}  // namespace holdfast::iot_aggregates
