#include "workloads/iot-aggregates/auditor.h"

#include "workloads/oracles/state_reader.h"

namespace holdfast::iot_aggregates {

IotAuditor::IotAuditor(std::shared_ptr<const Application> application, const IotInput& input)
    : application_(std::move(application)),
      input_(input),
      records_(input_.partitions()),
      trends_(input_.options().sensors),
      due_(input_.options().areas),
      walked_(input_.partitions(),
              [this](PartitionId partition, std::uint64_t offset, int sign) { Walk(partition, offset, sign); }) {
  Forget();
}

void IotAuditor::Forget() {
  sensors_.assign(input_.options().sensors, {});
  areas_.assign(input_.options().areas, {});
  coming_.clear();
  measured_.clear();
  open_.clear();
  trouble_.clear();
}

void IotAuditor::Walk(PartitionId partition, std::uint64_t offset, int sign) {
  auto& records = records_[partition.value];
  if (sign > 0) {
    const auto& next = records.emplace_back(prediction_.Next(partition, offset));
    trends_[next.sensor].push_back(next.trend);
    due_[next.area].Take(next.reading.count, next.reading.digest);
    return;
  }
  const auto& last = records.back();
  auto& trends = trends_[last.sensor];
  trends.pop_back();
  prediction_.TakeBack(last.sensor, trends.empty() ? Trend() : trends.back());
  due_[last.area].Take(-last.reading.count, -last.reading.digest);
  records.pop_back();
}

IotAuditor::SensorFound* IotAuditor::SensorAt(std::string_view id) {
  const auto number = NumberInId(id, "sensor-").value_or(~std::uint64_t{0});
  if (number < sensors_.size()) return &sensors_[number];
  Blame([&] { return fmt::format("there can be no '{}'", id); });
  return nullptr;
}

IotAuditor::AreaFound* IotAuditor::AreaAt(std::string_view id) {
  const auto number = NumberInId(id, "area-").value_or(~std::uint64_t{0});
  if (number < areas_.size()) return &areas_[number];
  Blame([&] { return fmt::format("there can be no '{}'", id); });
  return nullptr;
}

void IotAuditor::Row(std::string_view function, std::string_view id, std::string_view record) {
  const auto& spec = application_->functions()[application_->FindFunction(function).value().value];
  if (function == kSensor) {
    if (auto* sensor = SensorAt(id)) sensor->trend = ReadState<Trend>(spec, record, "trend").value_or(Trend());
    return;
  }
  auto* area = AreaAt(id);
  if (area == nullptr) return;
  area->past = ReadState<Past>(spec, record, "past").value_or(Past());
  area->readings.Take(area->past.gone, area->past.digest);
  for (const auto& window : ReadWindows(ReadState<std::string>(spec, record, "windows").value_or(""))) {
    area->readings.Take(window.readings.count, window.readings.digest);
    ++open_[{*NumberInId(id, "area-"), window.number}];
  }
}

void IotAuditor::Message(const InTransit& message) {
  const auto& what = message.message;
  const bool known = TakeReading(what) || TakeMeasured(what) || TakeClose(what);
  if (known && message.where != InTransit::Where::kOperation) return;
  Blame([] { return std::string("something is on its way that does not parse, or that nobody sends"); });
}

bool IotAuditor::TakeReading(const EnvelopeView& message) {
  Reading reading;
  if (message.value_type != application_->ValueTypeOf<Reading>() || !Codec<Reading>::Decode(message.payload, reading)) {
    return false;
  }
  auto* sensor = SensorAt(message.target.id);
  if (sensor == nullptr) return true;
  ++sensor->coming;
  if (!coming_.insert({reading.partition, reading.offset}).second || message.target.id != SensorId(reading.sensor)) {
    Blame([&] { return fmt::format("record {}/{} is on its way twice", reading.partition, reading.offset); });
  }
  return true;
}

bool IotAuditor::TakeMeasured(const EnvelopeView& message) {
  Measured measured;
  if (message.value_type != application_->ValueTypeOf<Measured>() ||
      !Codec<Measured>::Decode(message.payload, measured)) {
    return false;
  }
  auto* sensor = SensorAt(SensorId(measured.sensor));
  auto* area = AreaAt(message.target.id);
  if (sensor == nullptr || area == nullptr) return true;
  sensor->newest = std::max(sensor->newest, measured.record);
  area->readings.Take(1, DigestOfReading(measured.partition, measured.number, measured.level));
  if (!measured_.insert({measured.partition, measured.number}).second) {
    Blame([&] { return fmt::format("reading {}/{} is on its way twice", measured.partition, measured.number); });
  }
  return true;
}

bool IotAuditor::TakeClose(const EnvelopeView& message) {
  Close close;
  if (message.value_type != application_->ValueTypeOf<Close>() || !Codec<Close>::Decode(message.payload, close)) {
    return false;
  }
  auto* area = AreaAt(message.target.id);
  if (area == nullptr) return true;
  area->newest = std::max(area->newest, close.told);
  --open_[{close.area, close.window}];
  return true;
}

void IotAuditor::JudgeSensor(std::uint64_t number) {
  const auto& sensor = sensors_[number];
  const auto& trends = trends_[number];
  const auto taken = sensor.trend.records;
  if (taken + sensor.coming != trends.size()) {
    return Blame([&] {
      return fmt::format("{} has taken {} records; {} are below the positions, {} of them on their way",
                         SensorId(number), taken, trends.size(), sensor.coming);
    });
  }
  if (sensor.trend != (taken == 0 ? Trend() : trends[taken - 1])) {
    Blame([&] { return fmt::format("{} has another trend than its {} records give", SensorId(number), taken); });
  }
  if (sensor.newest > taken) {
    Blame([&] {
      return fmt::format("{} has taken {} records, and a reading is on its way from record {}: an orphan",
                         SensorId(number), taken, sensor.newest);
    });
  }
}

void IotAuditor::JudgeArea(std::uint64_t number) {
  const auto& area = areas_[number];
  if (area.readings != due_[number]) {
    Blame([&] {
      return fmt::format(
          "of {}, {} readings are counted or on their way ({:016x}); {} are below the positions ({:016x})",
          AreaId(number), area.readings.count, area.readings.digest, due_[number].count, due_[number].digest);
    });
  }
  if (area.newest > area.past.told) {
    Blame([&] {
      return fmt::format("{} has made {} outputs, and something is on its way from output {}: an orphan",
                         AreaId(number), area.past.told, area.newest);
    });
  }
}

void IotAuditor::Judge(std::string_view line, Findings& findings) {
  walked_.EndOfLine();
  for (const auto& [partition, offset] : coming_) {
    const auto& records = records_.at(partition);
    if (offset >= records.size()) {
      Blame([&] { return fmt::format("record {}/{} is on its way from beyond the positions", partition, offset); });
      continue;
    }
    const auto& record = records[offset];
    areas_[record.area].readings.Take(record.reading.count, record.reading.digest);
  }
  for (std::uint64_t sensor = 0; sensor < sensors_.size(); ++sensor) JudgeSensor(sensor);
  for (std::uint64_t area = 0; area < areas_.size(); ++area) JudgeArea(area);
  for (const auto& [name, left] : open_) {
    if (left == 0) continue;
    Blame([&, name = name] {
      return fmt::format("window {} of {} is {}, and there are {} messages to close it", name.second,
                         AreaId(name.first), left > 0 ? "open" : "open or not", left > 0 ? "too few" : "too many");
    });
  }
  for (const auto& what : trouble_) {
    findings.Add(Damage::kInconsistentLine, [&] { return fmt::format("{}: {}", line, what); });
  }
  Forget();
}

}  // namespace holdfast::iot_aggregates
