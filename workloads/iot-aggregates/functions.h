// Statistics of what many sensors measure. A sensor drops what is repeated and smooths the rest; an area collects the
// readings of its sensors by windows of the time at which they were measured. A window is opened by the first reading
// that comes for it, stays open for a while, and is then closed by a durable message: its statistics leave, and its
// state is deleted. Whatever comes later is told of by itself.
#pragma once

#include <chrono>

#include "core/model/function.h"
#include "workloads/iot-aggregates/messages.h"

namespace holdfast::iot_aggregates {

class Sensor : public Function<Sensor> {
 public:
  static constexpr std::string_view kName = kSensor;
  using Handles = Messages<Reading>;
  Value<Trend> trend{*this, "trend"};

  // Sensor number s belongs to area s modulo `areas`.
  explicit Sensor(std::uint64_t areas) : areas_(areas) {}

  void On(Context& ctx, const Reading& reading);

 private:
  const std::uint64_t areas_;
};

class Area : public Function<Area> {
 public:
  static constexpr std::string_view kName = kArea;
  using Handles = Messages<Measured, Close>;
  Value<std::string> windows{*this, "windows"};  // The open ones; none if there are none.
  Value<Past> past{*this, "past"};

  struct Terms {
    std::chrono::milliseconds window;
    std::chrono::milliseconds open;  // How long a window is, from its first reading on.
  };
  explicit Area(Terms terms) : terms_(terms) {}

  void On(Context& ctx, const Measured& measured);
  // kInternal if the window is not open.
  Status On(Context& ctx, const Close& close);

 private:
  void Tell(Context& ctx, AreaUnit unit, Past& now);

  const Terms terms_;
};

}  // namespace holdfast::iot_aggregates
