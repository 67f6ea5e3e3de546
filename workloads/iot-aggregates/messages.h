// The messages of the sensors' statistics, what sensors and areas hold, and the sums that stand for sets of readings.
//
// A reading is known by its number: where it stood in the ingress of its sensor when it came for the first time. Its
// level is what the sensor makes of it, and what areas count:
//
//   level of a sensor's first reading = its value
//   level of each other               = level before + (value - level before) / 4, cut off towards zero
//
// A digest does not depend on an order: it adds up Hash64(partition, number, level), each word eight little-endian
// bytes, modulo 2^64.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/hash.h"
#include "core/model/context.h"

namespace holdfast::iot_aggregates {

// Names of instances: "sensor-17" and "area-3".
inline std::string SensorId(std::uint64_t sensor) { return fmt::format("sensor-{}", sensor); }
inline std::string AreaId(std::uint64_t area) { return fmt::format("area-{}", area); }

// Comes in, to a sensor. A repeat is at another place, and the same reading.
struct Reading {
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;  // Where this record stands.
  std::uint64_t number = 0;
  std::uint64_t sensor = 0;
  std::int64_t stamp = 0;  // When it was measured, in milliseconds.
  std::int64_t value = 0;
  HOLDFAST_MESSAGE("iot-aggregates/Reading", partition, offset, number, sensor, stamp, value)
};
// A sensor to its area.
struct Measured {
  std::uint32_t partition = 0;
  std::uint64_t number = 0;
  std::uint64_t sensor = 0;
  std::uint64_t area = 0;
  std::int64_t stamp = 0;
  std::int64_t level = 0;
  std::uint64_t record = 0;  // How many the sensor had taken.
  HOLDFAST_MESSAGE("iot-aggregates/Measured", partition, number, sensor, area, stamp, level, record)
};
// An area to itself: a window has been open for long enough.
struct Close {
  std::uint64_t area = 0;
  std::uint64_t window = 0;
  std::int64_t due = 0;
  std::uint64_t told = 0;  // The output that told of its opening.
  HOLDFAST_MESSAGE("iot-aggregates/Close", area, window, due, told)
};

// Statistics of a set of readings.
struct Aggregate {
  std::uint64_t count = 0;
  std::int64_t sum = 0;
  std::int64_t squares = 0;
  std::int64_t least = 0;  // Mean nothing if there are none.
  std::int64_t most = 0;
  std::uint64_t digest = 0;
  friend bool operator==(const Aggregate&, const Aggregate&) = default;
  HOLDFAST_MESSAGE("iot-aggregates/Aggregate", count, sum, squares, least, most, digest)
};

// What a sensor holds.
struct Trend {
  std::uint64_t records = 0;  // That it has taken, repeats among them.
  std::uint64_t next = 0;     // One past the number of its latest reading.
  std::int64_t level = 0;
  friend bool operator==(const Trend&, const Trend&) = default;
  HOLDFAST_MESSAGE("iot-aggregates/Trend", records, next, level)
};
// A window of an area that is open, and the readings that came in time.
struct Window {
  std::uint64_t number = 0;
  std::int64_t due = 0;  // When it is to be closed.
  Aggregate readings;
  HOLDFAST_MESSAGE("iot-aggregates/Window", number, due, readings)
};
// What an area holds besides its open windows.
struct Past {
  std::uint64_t closed = 0;  // One past the highest window that was closed.
  std::uint64_t told = 0;    // Outputs.
  std::uint64_t gone = 0;    // Readings that closed windows and late records have told of,
  std::uint64_t digest = 0;  // and which.
  friend bool operator==(const Past&, const Past&) = default;
  HOLDFAST_MESSAGE("iot-aggregates/Past", closed, told, gone, digest)
};

// Open windows as an area keeps them: each encoded, its length before it.
inline std::string WriteWindows(const std::vector<Window>& windows) {
  std::string written, bytes;
  for (const auto& window : windows) {
    bytes.clear();
    Codec<Window>::Encode(window, bytes);
    AppendBytes(written, bytes);
  }
  return written;
}
// Cut off where they do not parse.
inline std::vector<Window> ReadWindows(std::string_view windows) {
  std::vector<Window> read;
  for (ByteReader reader(windows); !reader.AtEnd();) {
    Window window;
    if (!Codec<Window>::Decode(reader.Bytes(), window) || !reader.ok()) break;
    read.push_back(window);
  }
  return read;
}

// What leaves. One for each record of a sensor.
struct SensorUnit {
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;
  std::uint64_t sensor = 0;
  bool repeat = false;  // Dropped.
  Trend trend{};        // After it.
  HOLDFAST_MESSAGE("iot-aggregates/SensorUnit", partition, offset, sensor, repeat, trend)
};
// One when a window is opened, one when it is closed, and one for each reading that comes later than that.
enum class AreaDeed : std::uint32_t { kOpened = 1, kClosed, kLate };
struct AreaUnit {
  std::uint64_t area = 0;
  std::uint64_t told = 0;  // Of the area's outputs, from 1 on.
  std::uint32_t deed = 0;
  std::uint64_t window = 0;
  std::int64_t due = 0;  // When it is, or was, to be closed.
  std::int64_t at = 0;
  Aggregate readings{};         // Of a window that is closed, or the one that is late.
  std::uint32_t partition = 0;  // Names that one.
  std::uint64_t number = 0;
  HOLDFAST_MESSAGE("iot-aggregates/AreaUnit", area, told, deed, window, due, at, readings, partition, number)
};

inline constexpr std::string_view kReadings = "iot-aggregates/readings";
// Keyed by the instance that emits.
inline constexpr Egress<SensorUnit> kSensors{"iot-aggregates/sensors"};
inline constexpr Egress<AreaUnit> kAreas{"iot-aggregates/areas"};

// The function types.
inline constexpr std::string_view kSensor = "iot-aggregates/sensor";
inline constexpr std::string_view kArea = "iot-aggregates/area";

}  // namespace holdfast::iot_aggregates
