#include "storage-backends/durable/append-log/filesystem/segment_writer.h"

#include "core/base/mutation.h"
#include "storage-backends/durable/sync_sites.h"

namespace holdfast {

Status SegmentWriter::Start(Lsn first, const std::optional<SegmentExtent>& predecessor, BlockBuffer& carried) {
  const SegmentId id{worker_, {incarnation_, first}};
  const auto block = carried.empty() ? std::string_view() : carried.Seal(id.carried_seed(), first);
  const auto bytes = EncodePreamble(id, predecessor, block);
  HOLDFAST_ASSIGN(file_, disk_.Create(PathOf(id.name)));
  HOLDFAST_TRY(file_->Append(bytes));
  HOLDFAST_TRY(file_->Sync(sync_site::kLogPreamble));
  if (!HOLDFAST_MUTANT("log-segment-name-not-synced")) {
    HOLDFAST_TRY(disk_.SyncDirectory(folder_, sync_site::kLogSegment));
  }
  present_ = {id.name, bytes.size()};
  seed_ = id.seed();
  return {};
}

Status SegmentWriter::Write(BlockBuffer& block, Lsn first) {
  if (present_.length >= segment_bytes_ && first > present_.name.first) {
    BlockBuffer nothing;
    HOLDFAST_TRY(Start(first, SegmentExtent(present_), nothing));
  }
  const auto bytes = block.Seal(seed_, first);
  HOLDFAST_TRY(file_->Append(bytes));
  if (!HOLDFAST_MUTANT("log-block-not-synced")) HOLDFAST_TRY(file_->Sync(sync_site::kLogBlock));
  present_.length += bytes.size();
  return {};
}

}  // namespace holdfast
