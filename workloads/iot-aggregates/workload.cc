#include "workloads/iot-aggregates/workload.h"

#include "workloads/iot-aggregates/auditor.h"
#include "workloads/iot-aggregates/oracle.h"

namespace holdfast::iot_aggregates {
namespace {

using namespace std::chrono_literals;

// Statistics answer nothing that was offered: they count from no record alone.
std::optional<Cause> CauseOf(const EgressRecord& output, EgressId sensors) {
  SensorUnit unit;
  if (output.egress != sensors || !Codec<SensorUnit>::Decode(output.value, unit)) return std::nullopt;
  return Cause{PartitionId(static_cast<std::uint16_t>(unit.partition)), unit.offset};
}

// Every record of a sensor appends itself to the list of that sensor.
std::vector<ListObservation> Observe(const EgressRecord& output, EgressId sensors, std::uint16_t partitions) {
  SensorUnit unit;
  if (output.egress != sensors || !Codec<SensorUnit>::Decode(output.value, unit)) return {};
  const auto element = static_cast<std::int64_t>(unit.offset * partitions + unit.partition + 1);
  return {{SensorId(unit.sensor), element, unit.trend.records}};
}

Option Percent(const char* key, std::int64_t standard, std::string sentence,
               std::initializer_list<std::int64_t> simulated) {
  return IntOption(key, standard, std::move(sentence)).Between(0, 100).InSimulation(simulated);
}

OptionSet Options() {
  return OptionSet({
      IntOption("sensors", 10'000, "Number of sensors.").Between(1, 1'000'000'000).InSimulation({3, 10, 50}),
      IntOption("areas", 100, "Number of areas, over which the sensors are spread.")
          .Between(1, 1'000'000'000)
          .InSimulation({1, 3, 10}),
      DurationOption("gap", 1ms, "Time between two measurements of a partition.").Between(1ms, 1h),
      DurationOption("window", 1s, "Length of a window, in time of measurement.")
          .Between(1ms, 720h)
          .InSimulation({5ms, 20ms}),
      DurationOption("open", 1s, "How long a window stays open from its first reading on, in application time.")
          .Between(1ms, 87'600h)
          .InSimulation({1ms, 5ms, 30ms}),
      Percent("bursts", 20, "Percentage of the stretches of records in which one sensor bursts.", {0, 30}),
      IntOption("burst-length", 200, "Records of a partition in such a stretch.")
          .Between(1, 1'000'000'000)
          .InSimulation({10, 50}),
      IntOption("burst-share", 80, "Percentage of the records of a burst that its sensor sends.").Between(0, 100),
      Percent("stragglers", 2, "Percentage of readings that were measured earlier than those beside them.", {0, 20}),
      DurationOption("straggle", 5s, "How much earlier at most.").Between(0ms, 720h).InSimulation({5ms, 50ms}),
      Percent("repeats", 2, "Percentage of records that repeat the one before.", {0, 20}),
      IntOption("partitions", 4, "Ingress partitions; a sensor sends through one of them.")
          .Between(1, 1024)
          .InSimulation({1, 3}),
  });
}

}  // namespace

Descriptor IotDescriptor() {
  return {.kind = PartKind::kWorkload,
          .name = "iot-aggregates",
          .sentence = "Sensors that burst, and statistics of their areas by windows of time.",
          .options = Options()};
}

IotOptions ReadIotOptions(const OptionValues& values) {
  const auto number = [&](std::string_view key) { return static_cast<std::uint64_t>(values.GetInt(key)); };
  const auto percent = [&](std::string_view key) { return static_cast<std::uint32_t>(values.GetInt(key)); };
  const auto millis = [&](std::string_view key) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(values.GetDuration(key));
  };
  return {.sensors = number("sensors"),
          .areas = number("areas"),
          .gap = millis("gap"),
          .window = millis("window"),
          .open = millis("open"),
          .bursts = percent("bursts"),
          .burst_length = number("burst-length"),
          .burst_share = percent("burst-share"),
          .stragglers = percent("stragglers"),
          .straggle = millis("straggle"),
          .repeats = percent("repeats"),
          .partitions = static_cast<std::uint16_t>(number("partitions"))};
}

void RegisterIotAggregates(WorkloadRegistry& workloads) {
  workloads.Add(IotDescriptor(), [](const OptionValues& values, std::uint64_t seed) -> Result<Workload> {
    const auto options = ReadIotOptions(values);
    HOLDFAST_ASSIGN(const auto application, IotApplication(options));
    const auto input = std::make_shared<IotInput>(seed, options);
    const auto sensors = application->FindEgress(kSensors.name).value();
    return Workload{
        .application = application,
        .input = input,
        .make_oracle = [application, input]() -> std::unique_ptr<Oracle> {
          return std::make_unique<IotOracle>(application, *input);
        },
        .make_auditor = [application, input]() -> std::unique_ptr<LineAuditor> {
          return std::make_unique<IotAuditor>(application, *input);
        },
        .cause = [sensors](const EgressRecord& output) { return CauseOf(output, sensors); },
        .observe = [sensors, partitions = input->partitions()](
                       const EgressRecord& output) { return Observe(output, sensors, partitions); },
    };
  });
}

}  // namespace holdfast::iot_aggregates
