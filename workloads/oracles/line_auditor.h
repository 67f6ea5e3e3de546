// Judges a recovery line: everything a cluster would go on from, if it went back there. A line is consistent if it is a
// state that a failure-free execution could have passed through. What went into it (the ingress below its positions)
// must then be found in it, in states or on its way, once: this is conservation across the cut, and it tells of a bad
// snapshot whether or not anybody ever goes back to it.
//
//   const auto auditor = workload.make_auditor();
//   ...for every line:
//   feed positions, rows and messages, in any order;        // line_feed.h does it from a snapshot's parts.
//   auditor->Judge("snapshot 3.17", findings);              // And is ready for the next line.
//
// An auditor knows the messages and the input of its workload, and shares no code with its functions.
#pragma once

#include <string_view>

#include "core/model/envelope.h"
#include "core/ports/ingress.h"
#include "workloads/oracles/findings.h"

namespace holdfast {

// What waits to be handled.
struct InTransit {
  enum class Where : unsigned char {
    kQueued,     // At its receiver.
    kSent,       // With its sender, who keeps it until the receiver has it for good.
    kDelayed,    // Until its time.
    kParked,     // Until it is tried again.
    kOperation,  // An operation is under way; its outcome will come.
  };
  Where where = Where::kQueued;
  // Of an operation: target and caller are who waits for it, the payload is the request, and there is no value type.
  EnvelopeView message;
};

// One thread at a time.
class LineAuditor {
 public:
  virtual ~LineAuditor() = default;
  // The line contains what followed from the records of `partition` below `offset`. A partition that is not told of
  // contributed nothing.
  virtual void Position(PartitionId partition, std::uint64_t offset) = 0;
  // One for each address that has a state.
  virtual void Row(std::string_view function, std::string_view id, std::string_view record) = 0;
  virtual void Message(const InTransit& message) = 0;
  // Adds what is wrong with the line, named `line`, to `findings` and forgets it.
  virtual void Judge(std::string_view line, Findings& findings) = 0;
};

}  // namespace holdfast
