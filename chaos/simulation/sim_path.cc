#include "chaos/simulation/sim_path.h"

namespace holdfast {

Duration SimPath::Delay() {
  Duration delay{0};
  for (const auto* fault : faults_) {
    if (fault->verb == SimFaultVerb::kDelay) delay += Duration(random_.Between(0, fault->by.count()));
  }
  return delay;
}

Duration SimPath::Stray() {
  Duration delay{0};
  for (const auto* fault : faults_) {
    if (fault->verb != SimFaultVerb::kReorder || !random_.Chance(fault->chance)) continue;
    delay += Duration(random_.Between(0, fault->by.count()));
  }
  return delay;
}

bool SimPath::Twice() {
  bool twice = false;
  for (const auto* fault : faults_) twice |= fault->verb == SimFaultVerb::kDuplicate && random_.Chance(fault->chance);
  return twice;
}

}  // namespace holdfast
