#include "workloads/suite/runner/fault_plan.h"

#include "workloads/suite/config/load_options.h"

namespace holdfast {

using namespace std::chrono_literals;

std::vector<Descriptor> FaultDescriptors() {
  return {
      {.kind = PartKind::kFault, .name = "none", .sentence = "Nothing is done to the system."},
      {.kind = PartKind::kFault,
       .name = "kill",
       .sentence = "The whole process is ended by SIGKILL and started again.",
       .options = OptionSet({
           DurationOption("at", 3s, "When it strikes, from the beginning of the measurement.").Between(0s, 168h),
           DurationOption("restart-after", 0s, "Down-time before the next start.").Between(0s, 1h),
       })},
  };
}

std::optional<FaultPlan> ReadFault(const SuitePoint& point) {
  const auto* part = point.Find("fault");
  if (part == nullptr || part->name == "none") return std::nullopt;
  return FaultPlan{FaultVerb::kKill, part->options.GetDuration("at"), part->options.GetDuration("restart-after")};
}

std::string FaultLabel(const SuitePoint& point) {
  const auto plan = ReadFault(point);
  return plan ? fmt::format("{}@{}", point.Part("fault").name, FormatDuration(plan->at)) : "none";
}

Status CheckFault(const SuitePoint& point) {
  const auto plan = ReadFault(point);
  if (!plan) return {};
  const auto load = ReadLoad(point.Part("load").options);
  if (plan->at < load.duration) return {};
  return ConfigError(ConfigErrorId::kCombination, point.Part("fault").place,
                     "the fault strikes {} into a measurement of {}; let it strike earlier or measure for longer",
                     FormatDuration(plan->at), FormatDuration(load.duration));
}

}  // namespace holdfast
