// A worker's part of a snapshot as it is stored: one object, a row of blocks, each with its own checksum, closed by an
// end block that counts what came before. Rows and messages carry their key group, so a part can be read by whoever
// owns the groups next.
//
//   block: u8 section | u32 size | u32 checksum of the bytes, seeded by section | bytes
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/ports/object_store.h"
#include "core/ports/state_backend.h"
#include "core/snapshot/control.h"
#include "core/snapshot/message_queue.h"

namespace holdfast {

// What a worker knows besides rows and messages. In protocols that roll everybody back, sequence numbers start anew and
// the channel positions are empty.
struct WorkerMeta {
  std::map<PartitionId, std::uint64_t> ingress;  // The next offset to read.
  std::uint64_t next_row = 0;                    // For the ids of delayed, async and parked rows.
  Lsn lsn;                                       // The last log record contained.
  std::map<WorkerId, LanePositions> sent;
  std::map<WorkerId, LanePositions> consumed;
  friend bool operator==(const WorkerMeta&, const WorkerMeta&) = default;
};

// Messages sent to a peer and not yet acknowledged by it.
struct OutboxRun {
  WorkerId peer;
  Lane lane = Lane::kFunction;
  std::uint64_t first_sequence = 0;
  std::uint32_t count = 0;
  std::string_view envelopes;
};

// Egress that may not be visible yet: commit it again under the same position. Several in a row with one position are
// one batch in pieces.
struct EgressBatch {
  std::uint64_t position = 0;
  std::string_view records;
};

class PartWriter {
 public:
  explicit PartWriter(ObjectWriter& out) : out_(out) {}
  Status AddRows(const StateCut& cut);
  Status AddMessages(const MessageRun& run);
  Status AddOutbox(const OutboxRun& run);
  Status AddEgress(const EgressBatch& batch);
  // Writes `meta` and the end block; fills in size, checksum and counts of `info`. The object is not committed yet.
  Status Finish(const WorkerMeta& meta, PartInfo& info);

 private:
  Status Block(char section, std::string_view bytes);
  ObjectWriter& out_;
  std::string buffer_;
  std::string block_;
  std::uint64_t bytes_ = 0;
  std::uint32_t checksum_ = 0;
  std::uint64_t rows_ = 0;
  std::uint64_t messages_ = 0;
};

// What a reader finds, in the order it was written. Unset callbacks skip. Views live until the call returns.
struct PartVisitor {
  RowVisitor row;
  std::function<void(const RowKey& key)> soon;            // A row that `row` will get some rows later.
  std::function<Status(const MessageRun& run)> messages;  // `keeper` is not set.
  std::function<Status(const OutboxRun& run)> outbox;
  std::function<Status(const EgressBatch& batch)> egress;
};

// Reads a whole part. kDataLoss names the object and offset of the first damage; by then callbacks may have seen what
// came before it.
Result<WorkerMeta> ReadPart(ObjectStore& store, const PartInfo& info, const PartVisitor& visitor);

}  // namespace holdfast
