// Lives and deaths of a process on one simulated disk, from one seed. The subject is opened, checked and used until it
// is killed in the middle of a disk call: in its first life before call `kill_at`, so that a loop over it tries every
// point there is; in later ones anywhere. Between two lives, power may fail.
//
// A subject is a class with
//   void Open(SimDisk&);                  // Begins a life.
//   void Check();                         // Compares what is there with what must and may be; remembers what it saw.
//   void Step(Random&);                   // Does something at random and remembers what it was promised.
//   void Close();                         // Ends a life, in peace or after a kill.
//   std::string violation;                // The first broken promise.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "chaos/simulation/disk/sim_disk.h"
#include "core/base/random.h"

namespace holdfast {

class Killer final : public DiskObserver {
 public:
  struct Killed {};
  static constexpr std::uint64_t kNever = ~0ull;

  void KillAt(std::uint64_t call) { left_ = call; }
  Status BeforeCall(const DiskCall&) override {
    if (left_ != kNever && --left_ == 0) throw Killed();
    return {};
  }

 private:
  std::uint64_t left_ = kNever;
};

struct CrashRun {
  std::uint64_t seed = 0;
  std::uint64_t kill_at = 1;
  std::string_view skipped_site;
};

struct CrashOutcome {
  std::string violation;        // Empty: every promise was kept.
  bool killed_in_time = false;  // The first life was long enough for `kill_at`.
};

template <class Subject>
CrashOutcome RunLives(const CrashRun& run) {
  constexpr int kLives = 4, kSteps = 25;
  Random script(run.seed), fate(Mix64(run.seed) + run.kill_at);
  SimDisk disk;
  disk.SkipSync(run.skipped_site);
  Killer killer;
  disk.set_observer(&killer);
  Subject subject;
  CrashOutcome outcome;
  for (int life = 0; life < kLives && subject.violation.empty(); ++life) {
    const bool last = life + 1 == kLives;
    killer.KillAt(life == 0 ? run.kill_at : last ? Killer::kNever : 1 + fate.Below(60));
    try {
      subject.Open(disk);
      subject.Check();
      for (int step = 0; step < kSteps && !last; ++step) subject.Step(script);
    } catch (const Killer::Killed&) {
      outcome.killed_in_time |= life == 0;
    }
    killer.KillAt(Killer::kNever);
    subject.Close();
    fate.Chance(0.4) ? disk.KillProcess() : disk.Crash(fate);
  }
  outcome.violation = subject.violation;
  return outcome;
}

// Tries every point of the first life of each seed. Returns the first violation and how to see it again, or "".
template <class Subject>
std::string FindViolation(std::uint64_t seeds, std::string_view skipped_site = {}) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    for (CrashRun run{seed, 1, skipped_site};; ++run.kill_at) {
      const auto outcome = RunLives<Subject>(run);
      if (!outcome.violation.empty()) {
        return fmt::format("seed {}, killed before disk call {}: {}", run.seed, run.kill_at, outcome.violation);
      }
      if (!outcome.killed_in_time) break;
    }
  }
  return "";
}

}  // namespace holdfast
