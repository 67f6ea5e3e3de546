// Somebody outside the system who takes part in a run: sees output when it is visible, and answers with input. It keeps
// a ledger of its own, which no failure of the system touches, and by which an oracle can tell what the output has done
// in the world. What it does depends on nothing but its seed and what it sees.
//
//   participant->Take(output, now);                      // Every visible record, in the order of visibility.
//   ...at participant->NextWake():
//   participant->Act(now, [&](number, partition, answer) {...});  // To be appended to the ingress, in this order.
//   ...participant->Entry(i)...                          // At the end, for the oracle.
//
// Whoever keeps the ledger durable, before answers are given, may end it at any instant and go on with another: told
// the entries, it gives all answers to them once more, with the same numbers.
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
  // The number names the answer.
  using Append = std::function<void(std::uint64_t number, PartitionId partition, const InputRecord& answer)>;

  virtual ~Participant() = default;
  // `output` has become visible. What does not concern it is ignored.
  virtual void Take(const EgressRecord& output, SteadyTime now) = 0;
  // When it acts next; nothing if it waits for output only.
  virtual std::optional<SteadyTime> NextWake() const = 0;
  // Gives the answers that are due at `now`.
  virtual void Act(SteadyTime now, const Append& append) = 0;
  // The ledger. An entry lives as long as the participant.
  virtual std::size_t entries() const = 0;
  virtual std::string_view Entry(std::size_t place) const = 0;
  // The next entry of an earlier life. Before it takes or gives anything.
  virtual void Recall(std::string_view entry, SteadyTime now) = 0;
};

}  // namespace holdfast
