// One direction of a channel between two processes, and the faults that befall all that is sent through it: each thing
// sent asks how much later it arrives, and whether it arrives twice. Without faults it draws nothing.
#pragma once

#include <vector>

#include "chaos/simulation/sim_fault.h"
#include "core/base/random.h"

namespace holdfast {

class SimPath {
 public:
  explicit SimPath(Random random) : random_(random) {}

  // `fault` outlives the path, or its end.
  void Begin(const SimFault& fault) { faults_.push_back(&fault); }
  void End(const SimFault& fault) { std::erase(faults_, &fault); }

  // Of what keeps its order: how much later each thing arrives.
  Duration Delay();
  // Of what keeps none: how much later this one arrives, so that others may overtake it.
  Duration Stray();
  bool Twice();

 private:
  std::vector<const SimFault*> faults_;  // In force.
  Random random_;
};

}  // namespace holdfast
