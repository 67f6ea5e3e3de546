// Where records go out: a transactional sink. A worker writes one stream. Batches of a stream have rising positions (a
// packed SnapshotId, or an LSN); a batch whose position is not above the highest committed one is a repetition and is
// ignored, whatever it holds: identity is the position, never the content, because a sink that looks at content hides
// duplicates. A fence shuts out older incarnations.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/effects.h"
#include "core/ports/egress_bytes.h"

namespace holdfast {

// One record on its way out: u16 egress | u16 value type | varint-prefixed key | varint-prefixed value.
struct EgressRecord {
  EgressId egress;
  ValueTypeId value_type;
  std::string_view key;
  std::string_view value;
};
void AppendEgressRecord(std::string& out, const EgressRecord& record);
// Takes the first record off `bytes`; false, and `bytes` unspecified, at the end or if malformed.
bool TakeEgressRecord(std::string_view& bytes, EgressRecord& record);

// Who writes, for fencing: a later pair shuts out an earlier one.
struct EgressFence {
  WorldLine world_line;
  Incarnation incarnation;
  friend auto operator<=>(const EgressFence&, const EgressFence&) = default;
};

class EgressSink {
 public:
  using Callback = std::function<void(Status)>;

  virtual ~EgressSink() = default;
  // Binds this connection to the worker's stream and refuses every earlier fence from now on. `done` is posted to the
  // loop with the highest position already committed, kFenced, or kUnavailable (try again).
  virtual void Fence(EgressFence fence, std::function<void(Result<std::uint64_t>)> done) = 0;
  // Makes `records` (encoded) visible as one batch. `done` is posted once they are, or were before;
  // kFenced if a later fence stands. Batches are committed in the order of the calls. After kUnavailable nobody knows
  // whether this batch is visible, and every later one fails alike, so that none is left out: call Fence again, which
  // tells what is, and commit the rest once more.
  virtual void Commit(std::uint64_t position, EgressBytes records, Callback done) = 0;
  // Makes records visible at once, without position: at least once, at most as good as the wire.
  virtual void Emit(EgressPiece records) = 0;
};

}  // namespace holdfast
