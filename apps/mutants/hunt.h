// Shows that the oracles find the planted bugs: for each mutant and each protocol it must break, simulated runs until
// one breaks its promise. All prey is hunted with the same runs: run after run, workload and weather take turns, and
// everything else is drawn from the seed.
//
// A mutant counts as found only by an oracle, while the program's own checks are off. How soon it is found with checks
// on, when an abort counts too, is told beside it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "apps/mutants/forked_runs.h"
#include "apps/simulate/simulate.h"
#include "core/base/mutation.h"

namespace holdfast {

struct HuntOptions {
  std::vector<MutantNumber> mutants;  // kNoMutant is the control: it must not be found.
  std::vector<std::string> protocols{"stop-the-world", "unaligned", "message-logging"};  // The others are left out.
  std::uint64_t runs = 4000;  // At most, of each mutant and protocol.
  std::string workload;       // All runs are of this one; empty: several take turns.
  unsigned jobs = 1;
};

struct Finding {
  ForkedResult result;
  std::string replay;  // The command that shows it again; empty if it was not found.
};

struct Hunted {
  MutantNumber mutant = kNoMutant;
  std::string protocol;
  std::string workload;  // As in the options.
  Finding unchecked;
  Finding checked;

  bool found() const { return unchecked.result.failure.has_value(); }
  // A mutant that was found, or a control that found nothing, checks or not.
  bool good() const;
};

// `done` hears of each as it ends, from any thread, one at a time. The result is in the order of the options.
Result<std::vector<Hunted>> Hunt(const Parts& parts, const HuntOptions& options,
                                 const std::function<void(const Hunted&)>& done);

// Workload and weather of run `run`, from 1 on, and its seed. With `workload`, only that one's weather takes turns.
SimulateOptions OptionsOfRun(std::uint64_t run, const std::string& protocol, const std::string& workload = {});

}  // namespace holdfast
