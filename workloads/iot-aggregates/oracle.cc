#include "workloads/iot-aggregates/oracle.h"

#include "workloads/oracles/strange_record.h"

namespace holdfast::iot_aggregates {
namespace {

// What was due so long before the latest time seen must be done, in milliseconds: outputs of different workers become
// visible at different times.
constexpr std::int64_t kGrace = 2'000;

std::string TextOf(const Trend& t) { return fmt::format("{} records, next {}, level {}", t.records, t.next, t.level); }

std::string TextOf(const Aggregate& a) {
  return fmt::format("{} readings, sum {}, squares {}, {} to {}, digest {:016x}", a.count, a.sum, a.squares, a.least,
                     a.most, a.digest);
}

std::string NameOf(std::uint64_t area, std::uint64_t window) {
  return fmt::format("window {} of area-{}", window, area);
}

}  // namespace

IotOracle::IotOracle(std::shared_ptr<const Application> application, const IotInput& input)
    : application_(std::move(application)),
      input_(input),
      sensors_egress_(application_->FindEgress(kSensors.name).value()),
      areas_egress_(application_->FindEgress(kAreas.name).value()),
      partitions_(input_.partitions()),
      next_(input_.options().sensors),
      areas_(input_.options().areas) {}

bool IotOracle::Overdue(std::int64_t due) const { return !clocks_disagree_ && due + kGrace < latest_; }

void IotOracle::Offered(PartitionId partition, std::uint64_t end) {
  auto& offered = partitions_.at(partition.value).offered;
  if (end <= offered) return;
  expected_ += end - offered;
  offered = end;
}

void IotOracle::WalkTo(PartitionId partition, std::uint64_t end) {
  auto& due = partitions_[partition.value].due;
  while (due.end() < end) {
    const auto next = prediction_.Next(partition, due.end());
    if (!next.repeat) Add(windows_[{next.area, next.window}].due, next.reading);
    due.Add({next.sensor, next.repeat, next.trend});
  }
}

void IotOracle::See(const EgressRecord& record) {
  if (record.egress == sensors_egress_) return SeeSensor(record);
  if (record.egress == areas_egress_) return SeeArea(record);
  AddStrangeRecord(record, findings_);
}

void IotOracle::SeeSensor(const EgressRecord& record) {
  SensorUnit unit;
  if (!Codec<SensorUnit>::Decode(record.value, unit)) return AddStrangeRecord(record, findings_);
  const auto name = [&] { return fmt::format("record {}/{} at '{}'", unit.partition, unit.offset, record.key); };
  if (unit.partition >= partitions_.size() || unit.offset >= partitions_[unit.partition].offered) {
    return findings_.Add(Damage::kPhantom, [&] { return name() + " was never offered"; });
  }
  auto& partition = partitions_[unit.partition];
  WalkTo(PartitionId(static_cast<std::uint16_t>(unit.partition)), unit.offset + 1);
  const auto sight = partition.marks.Mark(unit.offset, record.value);
  if (sight != SeenMarks::Sight::kFirst) {
    const bool same = sight == SeenMarks::Sight::kSame;
    return findings_.Add(same ? Damage::kDuplicate : Damage::kContradictory,
                         [&] { return name() + (same ? " came again" : " came again with other content"); });
  }
  ++seen_;
  const auto due = partition.due.Take(unit.offset).value_or(Due{});
  const bool right = unit.sensor == due.sensor && record.key == SensorId(due.sensor) && unit.repeat == due.repeat;
  if (!right || unit.trend != due.trend) {
    findings_.Add(Damage::kContradictory, [&] {
      return fmt::format("{} left '{}'{}; due at sensor-{} was '{}'{}", name(), TextOf(unit.trend),
                         unit.repeat ? ", as a repeat" : "", due.sensor, TextOf(due.trend),
                         due.repeat ? ", as a repeat" : "");
    });
  }
  auto& next = next_[due.sensor];
  if (unit.offset < next) {
    findings_.Add(Damage::kOutOfOrder, [&] { return fmt::format("{} came after {}", name(), next - 1); });
  }
  next = std::max(next, unit.offset + 1);
}

void IotOracle::SeeArea(const EgressRecord& record) {
  AreaUnit unit;
  const bool parses = Codec<AreaUnit>::Decode(record.value, unit) && unit.area < areas_.size();
  if (!parses || record.key != AreaId(unit.area)) return AddStrangeRecord(record, findings_);
  if (!IsNews(unit, record)) return;
  ++expected_, ++seen_;
  latest_ = std::max(latest_, unit.at);
  auto& window = windows_[{unit.area, unit.window}];
  switch (static_cast<AreaDeed>(unit.deed)) {
    case AreaDeed::kOpened:
      return Open(unit, window);
    case AreaDeed::kClosed:
      return Close(unit, window);
    case AreaDeed::kLate:
      return BeLate(unit, window);
  }
  Wrong(unit, "that is nothing that happens to a window");
}

bool IotOracle::IsNews(const AreaUnit& unit, const EgressRecord& record) {
  auto& area = areas_[unit.area];
  const auto print = Hash64(record.value);
  if (unit.told <= area.past.told) {
    const bool other = unit.told == area.past.told && print != area.print;
    findings_.Add(other ? Damage::kContradictory : Damage::kDuplicate, [&] {
      return fmt::format("output {} of area-{} came again{}, after {}", unit.told, unit.area,
                         other ? " with other content" : "", area.past.told);
    });
    return false;
  }
  if (unit.told != area.past.told + 1) {
    findings_.Add(Damage::kBrokenChain, [&] {
      return fmt::format("output {} of area-{} came after {}: those between were never seen", unit.told, unit.area,
                         area.past.told);
    });
  }
  area.past.told = unit.told;
  area.print = print;
  return true;
}

void IotOracle::Wrong(const AreaUnit& unit, std::string_view why) {
  findings_.Add(Damage::kContradictory, [&] {
    return fmt::format("{}, output {} with deed {}: {}", NameOf(unit.area, unit.window), unit.told, unit.deed, why);
  });
}

void IotOracle::Open(const AreaUnit& unit, WindowStory& window) {
  if (window.opened) return Wrong(unit, "it was opened before");
  if (unit.window < areas_[unit.area].past.closed) Wrong(unit, "a higher one is closed already");
  if (unit.due != unit.at + input_.options().open.count()) {
    Wrong(unit, fmt::format("opened at {}, it is due at {}", unit.at, unit.due));
  }
  window.opened = unit.due;
}

void IotOracle::Close(const AreaUnit& unit, WindowStory& window) {
  auto& past = areas_[unit.area].past;
  if (window.closed) return Wrong(unit, "it was closed before");
  if (window.opened != unit.due) Wrong(unit, "it was not opened, or was due at another time");
  if (unit.at < unit.due && !clocks_disagree_) Wrong(unit, fmt::format("it comes {} ms early", unit.due - unit.at));
  past.closed = std::max(past.closed, unit.window + 1);
  past.gone += unit.readings.count;
  past.digest += unit.readings.digest;
  window.closed = unit.readings;
}

void IotOracle::BeLate(const AreaUnit& unit, WindowStory& window) {
  auto& past = areas_[unit.area].past;
  const bool open = window.opened && !window.closed;
  if (open || unit.window >= past.closed) Wrong(unit, "a reading is called late that could be in time");
  const bool known = unit.partition < partitions_.size();
  const auto reading =
      known ? input_.ReadingAt(PartitionId(static_cast<std::uint16_t>(unit.partition)), unit.number) : Reading{};
  const auto one = OneReading(unit.readings.sum, DigestOfReading(unit.partition, unit.number, unit.readings.sum));
  if (!known || input_.AreaOf(reading) != unit.area || input_.WindowOf(reading) != unit.window ||
      one != unit.readings) {
    Wrong(unit, fmt::format("reading {}/{} is not this one", unit.partition, unit.number));
  }
  past.gone += unit.readings.count;
  past.digest += unit.readings.digest;
  Add(window.late, unit.readings);
}

void IotOracle::CheckWindow(const WindowName& name, Aggregate found, const WindowStory& window) {
  Add(found, window.late);
  if (found == window.due) return;
  const auto text = [&] {
    return fmt::format("{}: counted were {}; measured were {}", NameOf(name.first, name.second), TextOf(found),
                       TextOf(window.due));
  };
  if (window.due.count == 0) return findings_.Add(Damage::kPhantom, text);
  if (found.count >= window.due.count) {
    return findings_.Add(found.count > window.due.count ? Damage::kDuplicate : Damage::kContradictory, text);
  }
  ++expected_;
  findings_.Add(Damage::kMissing, text);
}

void IotOracle::Finish() {
  for (std::uint16_t p = 0; p < partitions_.size(); ++p) {
    WalkTo(PartitionId(p), partitions_[p].offered);
    partitions_[p].due.ForEach([&](std::uint64_t offset, const Due& due) {
      findings_.Add(Damage::kMissing,
                    [&] { return fmt::format("no output for {}/{} of sensor-{}", p, offset, due.sensor); });
    });
  }
  for (const auto& [name, window] : windows_) {
    const bool open = window.opened && !window.closed;
    if (!open) {
      CheckWindow(name, window.closed.value_or(Aggregate()), window);
    } else if (Overdue(*window.opened)) {
      ++expected_;
      findings_.Add(Damage::kMissing, [&, name = name] {
        return fmt::format("{} was to be closed at {}, and was not", NameOf(name.first, name.second), *window.opened);
      });
    }
  }
}

Ledger IotOracle::ledger() const { return findings_.LedgerOf(expected_, seen_); }

}  // namespace holdfast::iot_aggregates
