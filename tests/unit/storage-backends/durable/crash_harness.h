// Lives and deaths of a process on one simulated disk, from one seed. The subject is opened, checked and used until a
// disk call kills it, or fails it: in its first life call `strike_at`, so that a loop over it tries every point there
// is; in later ones any call. Between two lives, power may fail.
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

// Ends the process before a chosen disk call, or lets that call fail.
class Nemesis final : public DiskObserver {
 public:
  struct Killed {};
  enum class Deed : unsigned char { kKill, kFail };
  static constexpr std::string_view kFailure = "the device failed (injected)";

  // Counted from 1, from now on; 0 for never.
  void StrikeAt(std::uint64_t call, Deed deed) {
    calls_left_ = call;
    deed_ = deed;
  }
  bool armed() const { return calls_left_ > 0; }

  Status BeforeCall(const DiskCall&) override {
    if (!armed() || --calls_left_ > 0) return {};
    if (deed_ == Deed::kKill) throw Killed();
    return MakeError(ErrorCode::kDataLoss, "{}", kFailure);
  }

 private:
  std::uint64_t calls_left_ = 0;
  Deed deed_ = Deed::kKill;
};

struct CrashRun {
  std::uint64_t seed = 0;
  std::uint64_t strike_at = 1;  // In the first life.
  Nemesis::Deed deed = Nemesis::Deed::kKill;
  std::string_view skipped_site = {};
};

struct CrashOutcome {
  std::string violation;  // Empty: every promise was kept.
  bool struck = false;    // The first life was long enough for `strike_at`.
};

template <class Subject>
CrashOutcome RunLives(const CrashRun& run) {
  constexpr int kLives = 4, kSteps = 25;
  Random script(run.seed), fate(Mix64(run.seed) + run.strike_at);
  SimDisk disk;
  disk.SkipSync(run.skipped_site);
  Nemesis nemesis;
  disk.set_observer(&nemesis);
  Subject subject;
  CrashOutcome outcome;
  for (int life = 0; life < kLives && subject.violation.empty(); ++life) {
    const bool last = life + 1 == kLives;
    nemesis.StrikeAt(life == 0 ? run.strike_at : last ? 0 : 1 + fate.Below(60), run.deed);
    try {
      subject.Open(disk);
      subject.Check();
      for (int step = 0; step < kSteps && !last; ++step) subject.Step(script);
    } catch (const Nemesis::Killed&) {
    }
    if (life == 0) outcome.struck = !nemesis.armed();
    nemesis.StrikeAt(0, run.deed);
    subject.Close();
    fate.Chance(0.4) ? disk.KillProcess() : disk.Crash(fate);
  }
  outcome.violation = subject.violation;
  return outcome;
}

// Tries every point of the first life of each seed. Returns the first violation and how to see it again, or "".
template <class Subject>
std::string FindViolation(std::uint64_t seeds, CrashRun run = {}) {
  for (run.seed = 1; run.seed <= seeds; ++run.seed) {
    for (run.strike_at = 1;; ++run.strike_at) {
      const auto outcome = RunLives<Subject>(run);
      if (!outcome.violation.empty()) {
        return fmt::format("seed {}, struck before disk call {}: {}", run.seed, run.strike_at, outcome.violation);
      }
      if (!outcome.struck) break;
    }
  }
  return "";
}

}  // namespace holdfast
