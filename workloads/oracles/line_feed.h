// Tells an auditor what a recovery line holds, from what is stored: rows as the state backend keeps them, encoded
// messages, whole parts of a snapshot. It reads the formats as they are documented (core/snapshot/part.h,
// core/runtime/delayed_index.h), not with the code of the runtime that wrote them.
#pragma once

#include "core/model/application.h"
#include "core/ports/object_store.h"
#include "core/ports/state_backend.h"
#include "core/snapshot/manifest.h"
#include "core/snapshot/part.h"
#include "workloads/oracles/line_auditor.h"

namespace holdfast {

class LineFeed {
 public:
  LineFeed(const Application& application, LineAuditor& auditor) : application_(application), auditor_(auditor) {}

  // A row of any table. kDataLoss if it does not parse.
  Status Row(const RowKey& key, std::string_view value);
  // Encoded envelopes one after the other. kDataLoss if they do not parse.
  Status Messages(InTransit::Where where, std::string_view envelopes) { return After(where, envelopes, 0); }
  // What a sender keeps, without those up to sequence number `handled`, which its receiver has. kDataLoss likewise.
  Status Sent(const OutboxRun& run, std::uint64_t handled);
  // Everything in a snapshot of all workers.
  Status Snapshot(ObjectStore& store, const Manifest& manifest);

 private:
  Status Operation(std::string_view row);
  // Those behind the first `skip`.
  Status After(InTransit::Where where, std::string_view envelopes, std::uint64_t skip);

  const Application& application_;
  LineAuditor& auditor_;
};

}  // namespace holdfast
