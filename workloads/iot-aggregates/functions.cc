#include "workloads/iot-aggregates/functions.h"

namespace holdfast::iot_aggregates {
namespace {

std::uint64_t DigestOf(const Measured& measured) {
  const std::array<std::uint64_t, 3> words{measured.partition, measured.number,
                                           static_cast<std::uint64_t>(measured.level)};
  return Hash64({reinterpret_cast<const char*>(words.data()), sizeof words});
}

void Count(Aggregate& readings, const Measured& measured) {
  const auto level = measured.level;
  const bool first = readings.count++ == 0;
  readings.sum += level;
  readings.squares += level * level;
  readings.least = first ? level : std::min(readings.least, level);
  readings.most = first ? level : std::max(readings.most, level);
  readings.digest += DigestOf(measured);
}

}  // namespace

void Sensor::On(Context& ctx, const Reading& reading) {
  auto now = ctx.Get(trend).value_or(Trend());
  const bool first = now.next == 0;
  const bool repeat = reading.number < now.next;
  ++now.records;
  if (!repeat) {
    now.next = reading.number + 1;
    now.level = first ? reading.value : now.level + (reading.value - now.level) / 4;
    const auto area = reading.sensor % areas_;
    ctx.Send(To<Area>(AreaId(area)),
             Measured{reading.partition, reading.number, reading.sensor, area, reading.stamp, now.level, now.records});
  }
  ctx.Set(trend, now);
  ctx.Emit(kSensors, ctx.self().id, {reading.partition, reading.offset, reading.sensor, repeat, now});
}

void Area::Tell(Context& ctx, AreaUnit unit, Past& now) {
  unit.told = ++now.told;
  unit.at = ctx.Now().millis;
  now.gone += unit.readings.count;
  now.digest += unit.readings.digest;
  ctx.Set(past, now);
  ctx.Emit(kAreas, ctx.self().id, unit);
}

void Area::On(Context& ctx, const Measured& measured) {
  const auto number = static_cast<std::uint64_t>(measured.stamp / terms_.window.count());
  auto open = ReadWindows(ctx.Get(windows).value_or(std::string()));
  auto place = std::ranges::find(open, number, &Window::number);
  auto now = ctx.Get(past).value_or(Past());
  AreaUnit unit{.area = measured.area, .window = number};
  if (place == open.end() && number < now.closed) {
    unit.deed = static_cast<std::uint32_t>(AreaDeed::kLate);
    unit.partition = measured.partition;
    unit.number = measured.number;
    Count(unit.readings, measured);
    return Tell(ctx, unit, now);
  }
  if (place == open.end()) {
    unit.deed = static_cast<std::uint32_t>(AreaDeed::kOpened);
    unit.due = ctx.Now().millis + terms_.open.count();
    Tell(ctx, unit, now);
    ctx.SendAfter(terms_.open, ctx.self(), Close{measured.area, number, unit.due, now.told});
    place = open.insert(open.end(), {number, unit.due, {}});
  }
  Count(place->readings, measured);
  ctx.Set(windows, WriteWindows(open));
}

Status Area::On(Context& ctx, const Close& close) {
  auto open = ReadWindows(ctx.Get(windows).value_or(std::string()));
  const auto place = std::ranges::find(open, close.window, &Window::number);
  if (place == open.end()) {
    return MakeError(ErrorCode::kInternal, "window {} of area {} is to be closed, and is not open", close.window,
                     close.area);
  }
  auto now = ctx.Get(past).value_or(Past());
  now.closed = std::max(now.closed, close.window + 1);
  AreaUnit unit{.area = close.area, .deed = static_cast<std::uint32_t>(AreaDeed::kClosed)};
  unit.window = close.window;
  unit.due = place->due;
  unit.readings = place->readings;
  Tell(ctx, unit, now);
  open.erase(place);
  if (open.empty()) {
    ctx.Clear(windows);
  } else {
    ctx.Set(windows, WriteWindows(open));
  }
  return {};
}

}  // namespace holdfast::iot_aggregates
