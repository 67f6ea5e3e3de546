#include "engines/collector/collector.h"

#include <algorithm>
#include <cstring>

namespace holdfast {

namespace {

constexpr std::size_t kBlockBytes = 4 << 20;

// How many records `bytes` holds; kInvalidArgument if it is no row of records.
Result<std::uint64_t> CountRecords(std::string_view bytes) {
  std::uint64_t count = 0;
  for (EgressRecord record; !bytes.empty(); ++count) {
    if (!TakeEgressRecord(bytes, record)) {
      return MakeError(ErrorCode::kInvalidArgument, "egress record {} of a batch is malformed", count);
    }
  }
  return count;
}

}  // namespace

Result<std::uint64_t> Collector::Fence(WorkerId worker, EgressFence fence) {
  auto& stream = streams_[worker];
  HOLDFAST_TRY(Admit(stream, worker, fence, {}));
  stream.fence = fence;
  return stream.position;
}

Status Collector::Commit(WorkerId worker, EgressFence fence, std::uint64_t position, std::string_view records,
                         SteadyTime now) {
  auto& stream = streams_[worker];
  HOLDFAST_TRY(Admit(stream, worker, fence, records));
  if (position <= stream.position) {
    ++counts_.repetitions;
    return {};
  }
  HOLDFAST_TRY(Show(worker, records, now));
  stream.position = position;
  return {};
}

Status Collector::Emit(WorkerId worker, EgressFence fence, std::string_view records, SteadyTime now) {
  HOLDFAST_TRY(Admit(streams_[worker], worker, fence, records));
  return Show(worker, records, now);
}

Status Collector::Admit(const Stream& stream, WorkerId worker, EgressFence fence, std::string_view records) {
  if (!records.empty()) {
    ++counts_.deliveries;
    counts_.delivered_bytes += records.size();
  }
  if (fence >= stream.fence) return {};
  ++counts_.refused;
  return MakeError(ErrorCode::kFenced, "stream {} is fenced for world-line {}, incarnation {}; this one is {}, {}",
                   worker, stream.fence.world_line, stream.fence.incarnation, fence.world_line, fence.incarnation);
}

Status Collector::Show(WorkerId stream, std::string_view records, SteadyTime now) {
  if (records.empty()) return {};
  HOLDFAST_ASSIGN(const auto count, CountRecords(records));
  counts_.visible_records += count;
  complete_ = complete_ && kept_bytes_ + records.size() <= options_.max_kept_bytes;
  if (!complete_) return {};
  char* const bytes = Room(records.size());
  std::memcpy(bytes, records.data(), records.size());
  visible_.push_back({now, stream, {bytes, records.size()}});
  return {};
}

void Collector::ReadOut(const std::function<void(const Visible& visible)>& read) {
  const auto holds = [](const Block& block, const char* at) {
    return std::less_equal<>()(block.bytes.get(), at) && std::less<>()(at, block.bytes.get() + block.size);
  };
  for (auto& visible : visible_) {
    while (!blocks_.empty() && !holds(blocks_.front(), visible.records.data())) blocks_.pop_front();
    read(visible);
    visible.records = {};
  }
  blocks_.clear();
  room_ = 0;
}

char* Collector::Room(std::size_t bytes) {
  if (bytes > room_) {
    room_ = std::max(bytes, kBlockBytes);
    blocks_.push_back({std::unique_ptr<char[]>(new char[room_]), room_});
    next_ = blocks_.back().bytes.get();
  }
  kept_bytes_ += bytes;
  room_ -= bytes;
  return std::exchange(next_, next_ + bytes);
}

}  // namespace holdfast
