#include "workloads/suite/runner/fault_course.h"

#include <algorithm>

namespace holdfast {
namespace {

using namespace std::chrono_literals;

// How soon an event is answered, at the cost of looking up from the load that often.
constexpr Duration kAttention = 1ms;
constexpr Duration kRest = 50ms;

}  // namespace

const AppliedFault* FaultCourse::Before(const AppliedFault& fault) const {
  if (fault.planned.after.empty()) return nullptr;
  const auto before = std::ranges::find(
      faults_, fault.planned.after, [](const AppliedFault& other) -> auto& { return other.planned.id; });
  HOLDFAST_CHECK(before != faults_.end(), "no fault has the id {}", fault.planned.after);
  return &*before;
}

std::optional<SteadyTime> FaultCourse::Origin(const AppliedFault& fault, const EngineLog& log) const {
  const auto* before = Before(fault);
  if (before == nullptr) return begin_ + fault.planned.at;
  if (!before->recovery) return std::nullopt;
  return log.recoveries[*before->recovery].applied + fault.planned.at;
}

std::optional<SteadyTime> FaultCourse::DueAt(const AppliedFault& fault, const EngineLog& log) const {
  const auto origin = Origin(fault, log);
  if (!origin || !fault.planned.when || !fault.planned.when->site.empty()) return origin;
  std::uint64_t seen = 0;
  for (const auto& [event, at] : log.events) {
    if (event == fault.planned.when->event && at >= *origin && ++seen == fault.planned.when->nth) return at;
  }
  return std::nullopt;
}

void FaultCourse::FindStrikes(const EngineLog& log) {
  for (auto& fault : faults_) {
    if (!fault.armed || fault.recovery) continue;
    const auto struck = std::ranges::find(log.recoveries, fault.armed, &EngineRecovery::armed);
    if (struck != log.recoveries.end()) fault.recovery = static_cast<std::size_t>(struck - log.recoveries.begin());
  }
}

AppliedFault* FaultCourse::Next(SteadyTime now, const EngineLog& log) {
  FindStrikes(log);
  AppliedFault* first = nullptr;
  std::optional<SteadyTime> first_due;
  for (auto& fault : faults_) {
    if (!Pending(fault)) continue;
    if (const auto* before = Before(fault); before != nullptr && !before->trouble.empty()) {
      fault.trouble = fmt::format("it was to come after {}, which hit nothing", fault.planned.after);
      continue;
    }
    const auto due = DueAt(fault, log);
    if (!due || *due > now || (first_due && *first_due <= *due)) continue;
    first = &fault;
    first_due = due;
  }
  if (first != nullptr) first->due = first_due;
  return first;
}

SteadyTime FaultCourse::AskAgain(SteadyTime now, const EngineLog& log) const {
  auto next = now + kRest;
  for (const auto& fault : faults_) {
    // Others may come after it.
    if (fault.armed && !fault.recovery) next = std::min(next, now + kAttention);
    if (!Pending(fault)) continue;
    const auto origin = Origin(fault, log);
    if (!origin) continue;
    const bool awaits = fault.planned.when && fault.planned.when->site.empty();
    next = std::min(next, awaits ? std::max(now + kAttention, *origin) : std::max(now, *origin));
  }
  return next;
}

void FaultCourse::End(const EngineLog& log) {
  FindStrikes(log);
  for (auto& fault : faults_) {
    const bool armed = fault.armed && !fault.recovery;
    if (!Pending(fault) && !armed) continue;
    fault.trouble = fmt::format("the measurement ended before {} came",
                                fault.planned.when ? AwaitedEventText(*fault.planned.when) : "its time");
  }
}

}  // namespace holdfast
