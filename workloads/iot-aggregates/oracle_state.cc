// The joint check: sensors and areas hold what must follow, and open windows make up the same sums as closed ones.
#include "workloads/iot-aggregates/oracle.h"
#include "workloads/oracles/state_reader.h"

namespace holdfast::iot_aggregates {
namespace {

// A run at rest waits no more for what is due so long after the latest time seen, in milliseconds.
constexpr std::int64_t kFar = 10'000;

}  // namespace

void IotOracle::WrongState(std::string_view id, std::string_view why) {
  findings_.Add(Damage::kWrongState, [&] { return fmt::format("'{}': {}", id, why); });
}

void IotOracle::CheckSensor(std::string_view id, std::string_view record) {
  const auto& spec = application_->functions()[application_->FindFunction(kSensor).value().value];
  const auto number = NumberInId(id, "sensor-").value_or(~std::uint64_t{0});
  if (number >= next_.size()) return WrongState(id, "there is no such sensor");
  const auto trend = ReadState<Trend>(spec, record, "trend").value_or(Trend());
  if (trend != prediction_.TrendOf(number)) WrongState(id, "its trend is not the one that follows");
}

void IotOracle::CheckArea(std::string_view id, std::string_view record, std::set<WindowName>& open) {
  const auto& spec = application_->functions()[application_->FindFunction(kArea).value().value];
  const auto number = NumberInId(id, "area-").value_or(~std::uint64_t{0});
  if (number >= areas_.size()) return WrongState(id, "there is no such area");
  const auto past = ReadState<Past>(spec, record, "past").value_or(Past());
  if (past != areas_[number].past) WrongState(id, "its past is not the one that its outputs tell");
  for (const auto& window : ReadWindows(ReadState<std::string>(spec, record, "windows").value_or(""))) {
    const WindowName name{number, window.number};
    auto& story = windows_[name];
    if (!open.insert(name).second || story.closed || story.opened != window.due) {
      WrongState(id, fmt::format("window {} is open, and should not be", window.number));
      continue;
    }
    const bool far = clocks_disagree_ ? input_.options().open.count() > kFar : window.due > latest_ + kFar;
    if (!far) WrongState(id, fmt::format("window {} was due to be closed, and still waits", window.number));
    CheckWindow(name, window.readings, story);
  }
}

void IotOracle::CheckState(const ForEachAddress& for_each) {
  std::set<std::string, std::less<>> found;
  std::set<WindowName> open;
  for_each([&](std::string_view function, std::string_view id, std::string_view record) {
    if (!found.emplace(id).second) WrongState(id, "its state was found twice");
    return function == kSensor ? CheckSensor(id, record) : CheckArea(id, record, open);
  });
  for (std::uint64_t s = 0; s < next_.size(); ++s) {
    if (prediction_.TrendOf(s).records > 0 && !found.contains(SensorId(s))) WrongState(SensorId(s), "it has no state");
  }
  for (const auto& [name, window] : windows_) {
    if (!window.opened || window.closed || open.contains(name)) continue;
    WrongState(AreaId(name.first), fmt::format("window {} was opened, and is gone", name.second));
  }
}

}  // namespace holdfast::iot_aggregates
