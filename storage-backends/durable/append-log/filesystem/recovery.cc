#include "storage-backends/durable/append-log/filesystem/recovery.h"

#include <algorithm>
#include <utility>

#include "core/base/mutation.h"

namespace holdfast {
namespace {

std::string PathOf(const std::string& folder, SegmentName name) {
  return fmt::format("{}/{}", folder, name.FileName());
}

Error Damaged(std::string_view path, std::size_t offset, std::string_view how) {
  return MakeError(ErrorCode::kDataLoss, "log segment '{}' is damaged at offset {}: {}", path, offset, how);
}

// How the log ends, seen from its newest complete segment.
struct Ending {
  std::optional<SegmentExtent> last;  // The youngest segment with durable records.
  std::optional<SegmentExtent> tail;  // The same with the last block.
  BlockBuffer carried;
  Lsn carried_first;
  Lsn next;
};

// Reads a segment that may be the last one written; nothing if it was never completed. All blocks but the last are
// durable, and so is the segment itself if it has any.
Result<std::optional<Ending>> ReadEnding(Disk& disk, const std::string& path, SegmentId id) {
  HOLDFAST_ASSIGN(const std::string bytes, disk.Read(path));
  const auto preamble = DecodePreamble(id, bytes);
  auto last = preamble ? BlockAt(id.carried_seed(), bytes, kPreambleSize) : std::nullopt;
  if (!preamble || last.has_value() != (preamble->carried_size > 0)) {
    if (FindBlock(id.seed(), bytes, 0)) return Damaged(path, 0, "its preamble is invalid, but records follow");
    return std::optional<Ending>();
  }
  auto end = preamble->end();
  for (auto block = BlockAt(id.seed(), bytes, end); block; block = BlockAt(id.seed(), bytes, end)) {
    last = block;
    end = block->end;
  }
  if (FindBlock(id.seed(), bytes, end)) return Damaged(path, end, "a block is invalid, but another follows");
  Ending ending;
  ending.next = id.name.first;
  ending.last = preamble->predecessor;
  if (last) {
    ending.next = last->next();
    ending.carried.Assign(*last);
    ending.carried_first = last->first;
    if (last->offset >= preamble->end()) ending.last = SegmentExtent{id.name, last->offset};
    ending.tail = SegmentExtent{id.name, last->end};
  }
  return std::optional<Ending>(std::move(ending));
}

}  // namespace

Result<FoundLog> FindLog(Disk& disk, const std::string& folder, WorkerId worker) {
  HOLDFAST_ASSIGN(const std::vector<std::string> listed, disk.List(folder));
  std::vector<SegmentName> names;
  std::vector<Incarnation> claims;
  for (const auto& file : listed) {
    if (const auto name = SegmentName::Parse(file)) names.push_back(*name);
    if (const auto claim = ParseClaim(file)) claims.push_back(*claim);
  }
  std::sort(names.begin(), names.end());
  FoundLog log;
  log.claims = std::move(claims);
  if (!names.empty()) log.newest = names.back().incarnation;

  std::optional<Ending> ending;
  for (auto name = names.rbegin(); name != names.rend() && !ending; ++name) {
    HOLDFAST_ASSIGN(ending, ReadEnding(disk, PathOf(folder, *name), {worker, *name}));
  }
  if (!ending) {
    log.names = std::move(names);
    return log;
  }
  log.next = ending->next;
  log.carried = std::move(ending->carried);
  if (HOLDFAST_MUTANT("unsynced-tail-trusted") && ending->tail) {
    log.carried.Clear();
    ending->last = ending->tail;
  }
  log.carried_first = ending->carried_first;
  // Back along the chain, until the log's first segment or one whose predecessors were trimmed.
  for (auto at = ending->last; at && std::binary_search(names.begin(), names.end(), at->name);) {
    log.segments.push_back(*at);
    const auto path = PathOf(folder, at->name);
    HOLDFAST_ASSIGN(const std::string bytes, disk.ReadRange(path, 0, kPreambleSize));
    const auto preamble = DecodePreamble({worker, at->name}, bytes);
    if (!preamble) return Damaged(path, 0, "its preamble is invalid");
    at = preamble->predecessor;
  }
  std::reverse(log.segments.begin(), log.segments.end());
  log.names = std::move(names);
  return log;
}

Result<Incarnation> NewestIn(Disk& disk, const std::string& folder) {
  HOLDFAST_ASSIGN(const std::vector<std::string> listed, disk.List(folder));
  Incarnation newest;
  for (const auto& file : listed) {
    if (const auto name = SegmentName::Parse(file)) newest = std::max(newest, name->incarnation);
    if (const auto claim = ParseClaim(file)) newest = std::max(newest, *claim);
  }
  return newest;
}

Status ReplaySegment(Disk& disk, const std::string& folder, WorkerId worker, const SegmentExtent& extent, Lsn from,
                     Lsn& expected, const AppendLog::RecordVisitor& visit) {
  const auto path = PathOf(folder, extent.name);
  const SegmentId id{worker, extent.name};
  HOLDFAST_ASSIGN(const std::string bytes, disk.ReadRange(path, 0, extent.length));
  const auto preamble = DecodePreamble(id, bytes);
  if (!preamble) return Damaged(path, 0, "its preamble is invalid");
  for (auto at = kPreambleSize; at < extent.length;) {
    const auto block = BlockAt(at < preamble->end() ? id.carried_seed() : id.seed(), bytes, at);
    if (!block) return Damaged(path, at, "a block is invalid");
    if (block->first != expected) {
      return Damaged(path, at, fmt::format("it has record {} where {} is due", block->first, expected));
    }
    HOLDFAST_TRY(block->Visit(from, visit));
    expected = block->next();
    at = block->end;
  }
  return {};
}

}  // namespace holdfast
