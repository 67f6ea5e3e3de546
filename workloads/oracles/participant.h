// Somebody outside the system who takes part in a run: sees output when it is visible, and answers with input. It keeps
// a ledger of its own, which no failure of the system touches, and by which an oracle can tell what the output has done
// in the world. What it does depends on nothing but its seed and what it sees.
//
//   participant->Take(output, now);                      // Every visible record, in the order of visibility.
//   ...at participant->NextWake():
//   participant->Act(now, [&](partition, answer) {...});  // To be appended to the ingress, durably, in this order.
//   participant->ForEachEntry(...);                      // At the end, for the oracle.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "core/base/time.h"
#include "core/ports/egress.h"
#include "workloads/load/input.h"

namespace holdfast {

// One thread at a time.
class Participant {
 public:
  using Append = std::function<void(PartitionId partition, const InputRecord& answer)>;

  virtual ~Participant() = default;
  // `output` has become visible. What does not concern it is ignored.
  virtual void Take(const EgressRecord& output, SteadyTime now) = 0;
  // When it acts next; nothing if it waits for output only.
  virtual std::optional<SteadyTime> NextWake() const = 0;
  // Gives the answers that are due at `now`.
  virtual void Act(SteadyTime now, const Append& append) = 0;
  // The ledger, in the order in which it was written.
  virtual void ForEachEntry(const std::function<void(std::string_view entry)>& visit) const = 0;
};

}  // namespace holdfast
