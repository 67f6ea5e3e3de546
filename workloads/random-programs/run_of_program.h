// How far one program has come, as the oracle sees it: which records of which steps are visible, and what they claim of
// the units they come from. Forgotten once everything it must show has been seen.
#pragma once

#include <optional>
#include <vector>

#include "workloads/random-programs/program.h"

namespace holdfast::random_programs {

struct StepRun {
  bool seen = false;               // Its receipt or dead letter.
  bool counted = false;            // Its records are among those expected.
  bool race_decided = false;       // It is known whether it may run, and whether it did.
  std::uint64_t notes = 0;         // Seen, a bit each.
  std::uint32_t attempts = 0;      // Outcomes not known.
  Witness last_attempt;            // After the latest of these.
  std::optional<Witness> witness;  // After its unit, as its own records or its children's say.
  std::optional<std::int64_t> now;
};

class RunOfProgram {
 public:
  explicit RunOfProgram(Program program);

  const Program& program() const { return program_; }
  std::size_t size() const { return program_.size(); }
  const Node& node(std::uint32_t step) const { return program_[step]; }
  StepRun& run(std::uint32_t step) { return runs_[step]; }
  const StepRun& run(std::uint32_t step) const { return runs_[step]; }

  // Records that must become visible, as far as is known: more when a step that may run is seen to do so.
  std::uint64_t expected() const { return expected_; }
  std::uint64_t missing() const { return expected_ - seen_; }
  void CountSeen() { ++seen_; }
  // One more record than expected, which is legal.
  void CountExtra() { ++expected_, ++seen_; }
  // A step that races is seen to run.
  void CountRace(std::uint32_t step);
  // The witness of a step, as one of its records or children claims it; false if another claimed another.
  bool Claim(std::uint32_t step, const Witness& witness);

  // Decides the races that can be decided by now; returns the steps that ran although they were cancelled in time.
  std::vector<std::uint32_t> DecideRaces();
  bool complete() const { return expected_ == seen_ && undecided_ == 0; }

 private:
  // Whether the canceller of `step` ran before the step was due, once it is known.
  std::optional<bool> CancelledInTime(std::uint32_t step) const;

  Program program_;
  std::vector<StepRun> runs_;
  std::vector<std::uint32_t> races_;
  std::size_t undecided_ = 0;
  std::uint64_t expected_ = 0;
  std::uint64_t seen_ = 0;
};

}  // namespace holdfast::random_programs
