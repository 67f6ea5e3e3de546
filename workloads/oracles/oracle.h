// Judges a run of one workload from outside: it knows what was offered, sees every visible egress record once, in the
// order of visibility per sink stream, and tells what a failure-free execution would not have shown. Streaming: memory
// grows with the keys of the workload and with what is still outstanding, plus one byte per offered record.
//
//   oracle.Offered(partition, end);        // As the input grows, before its consequences are seen.
//   oracle.See(record);                    // Every visible record.
//   oracle.Finish();                       // No more will come.
//   oracle.CheckState(for_each_address);   // Optional, after Finish: does the final state tell the same story?
#pragma once

#include <functional>
#include <string_view>

#include "core/ports/egress.h"
#include "workloads/oracles/findings.h"

namespace holdfast {

// Called with every address of a run that is at rest: its function's name, its id and its record (core/model/record.h).
using StateVisitor = std::function<void(std::string_view function, std::string_view id, std::string_view record)>;
using ForEachAddress = std::function<void(const StateVisitor&)>;

// One thread at a time.
class Oracle {
 public:
  virtual ~Oracle() = default;
  // The records of `partition` below offset `end` have been, or are about to be, offered. Never takes back.
  virtual void Offered(PartitionId partition, std::uint64_t end) = 0;
  virtual void See(const EgressRecord& record) = 0;
  // Something failed or was given up, and what the model allows after a recovery alone may be seen from now on.
  virtual void Disturbed() = 0;
  // The application's clocks were set or differ: instants of different units cannot be compared from now on.
  virtual void ClocksDisagree() = 0;
  // An entry of the ledger of who takes part from outside, in the order written; all of them, before Finish.
  virtual void Booked(std::string_view /*entry*/) {}
  // Counts what is missing. Once.
  virtual void Finish() = 0;
  virtual void CheckState(const ForEachAddress& for_each) = 0;

  virtual Ledger ledger() const = 0;
  // Everything wrong; none() means the run was exactly-once as far as this oracle can tell.
  virtual const Findings& findings() const = 0;
};

}  // namespace holdfast
