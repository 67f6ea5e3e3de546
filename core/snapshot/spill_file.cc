#include "core/snapshot/spill_file.h"

#include "core/base/bytes.h"
#include "core/base/hash.h"

namespace holdfast {
namespace {

// u16 worker | u8 lane | u64 sequence | u32 count | u32 size | envelopes
void AppendRun(std::string& out, const MessageRun& run) {
  AppendFixed(out, run.first.worker.value);
  AppendFixed(out, static_cast<std::uint8_t>(run.first.lane));
  AppendFixed(out, run.first.sequence);
  AppendFixed(out, run.count);
  AppendFixed(out, static_cast<std::uint32_t>(run.envelopes.size()));
  out.append(run.envelopes);
}

MessageRun TakeRun(ByteReader& reader) {
  MessageRun run;
  run.first.worker = WorkerId(reader.Fixed<std::uint16_t>());
  run.first.lane = static_cast<Lane>(reader.Fixed<std::uint8_t>());
  run.first.sequence = reader.Fixed<std::uint64_t>();
  run.count = reader.Fixed<std::uint32_t>();
  run.envelopes = reader.Take(reader.Fixed<std::uint32_t>());
  return run;
}

}  // namespace

Status SpillFile::Write(const std::vector<MessageRun>& runs) {
  std::string bytes;
  for (const auto& run : runs) AppendRun(bytes, run);
  HOLDFAST_ASSIGN(const auto file, disk_.Create(path_));
  HOLDFAST_TRY(file->Append(bytes));
  size_ = bytes.size();
  hash_ = Hash64(bytes);
  return {};
}

Result<std::vector<MessageRun>> SpillFile::Read() const {
  HOLDFAST_ASSIGN(auto read, disk_.Read(path_));
  const auto bytes = std::make_shared<const std::string>(std::move(read));
  if (bytes->size() != size_ || Hash64(*bytes) != hash_) {
    return MakeError(ErrorCode::kDataLoss, "spilled messages in '{}' are damaged: {} bytes were written, {} are there",
                     path_, size_, bytes->size());
  }
  std::vector<MessageRun> runs;
  ByteReader reader(*bytes);
  while (!reader.AtEnd()) {
    runs.push_back(TakeRun(reader));
    runs.back().keeper = bytes;
  }
  HOLDFAST_CHECK(reader.ok(), "checked spill file {} ends in the middle of a run", path_);
  return runs;
}

Status ForEachRun(const std::vector<QueuePiece>& pieces, const std::function<Status(const MessageRun& run)>& visit) {
  for (const auto& piece : pieces) {
    if (piece.file == nullptr) {
      HOLDFAST_TRY(visit(piece.run));
      continue;
    }
    HOLDFAST_ASSIGN(const auto runs, piece.file->Read());
    for (const auto& run : runs) HOLDFAST_TRY(visit(run));
  }
  return {};
}

}  // namespace holdfast
