// When planned faults are due, as a run goes on: by the clock, after one another, or when the engine has told an event.
// It decides only; who inflicts a fault notes in it what became of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "workloads/suite/runner/planned_fault.h"

namespace holdfast {

// A fault as it was planned, and what became of it.
struct AppliedFault {
  PlannedFault planned;
  std::optional<std::size_t> recovery{};  // Its place among those of the log; none if there was nothing to hit.
  std::string trouble{};                  // Why there was nothing to hit.
  std::optional<SteadyTime> due{};        // When its time had come; of one that waits for a call, when it was armed.
  std::optional<std::size_t> armed{};     // What the engine knows it by, of one that waits for a call.
};

class FaultCourse {
 public:
  // `begin` is where the measured window begins. Requires: the faults outlive this.
  FaultCourse(std::vector<AppliedFault>& faults, SteadyTime begin) : faults_(faults), begin_(begin) {}

  // A fault whose time has come, the one due first, and only once; null if there is none. Notes trouble where a fault
  // can no longer come.
  AppliedFault* Next(SteadyTime now, const EngineLog& log);
  // When to ask again, at the latest.
  SteadyTime AskAgain(SteadyTime now, const EngineLog& log) const;
  // Nothing more will come: notes trouble of what has not.
  void End(const EngineLog& log);

 private:
  void FindStrikes(const EngineLog& log);
  const AppliedFault* Before(const AppliedFault& fault) const;
  static bool Pending(const AppliedFault& fault) { return !fault.due && fault.trouble.empty(); }
  // From when on its `at` has passed, as far as that is known.
  std::optional<SteadyTime> Origin(const AppliedFault& fault, const EngineLog& log) const;
  std::optional<SteadyTime> DueAt(const AppliedFault& fault, const EngineLog& log) const;

  std::vector<AppliedFault>& faults_;
  const SteadyTime begin_;
};

}  // namespace holdfast
