#include "core/snapshot/part.h"

#include <algorithm>
#include <cstring>

#include "core/base/bytes.h"
#include "core/base/hash.h"
#include "core/model/envelope.h"

namespace holdfast {
namespace {

constexpr char kMeta = 1, kRows = 2, kMessages = 3, kOutbox = 4, kEgress = 5, kEnd = 6;
constexpr std::size_t kBlockHeaderBytes = 9;
constexpr std::size_t kBlockBytes = 256 << 10;
constexpr std::uint64_t kReadAhead = 1 << 20;
constexpr int kRowsAhead = 12;  // Enough for a look-up's memory to arrive.

void AppendChannels(std::string& out, const std::map<WorkerId, LanePositions>& channels) {
  AppendVarint(out, channels.size());
  for (const auto& [worker, positions] : channels) {
    AppendVarint(out, worker.value);
    for (const auto position : positions) AppendVarint(out, position);
  }
}

void ReadChannels(ByteReader& reader, std::map<WorkerId, LanePositions>& channels) {
  for (auto n = reader.Varint(); n > 0 && reader.ok(); --n) {
    auto& positions = channels[WorkerId(static_cast<std::uint16_t>(reader.Varint()))];
    for (auto& position : positions) position = reader.Varint();
  }
}

std::string EncodeMeta(const WorkerMeta& meta) {
  std::string out;
  AppendVarint(out, meta.ingress.size());
  for (const auto& [partition, offset] : meta.ingress) {
    AppendVarint(out, partition.value);
    AppendVarint(out, offset);
  }
  AppendVarint(out, meta.next_row);
  AppendVarint(out, meta.lsn.value);
  AppendChannels(out, meta.sent);
  AppendChannels(out, meta.consumed);
  return out;
}

bool DecodeMeta(std::string_view bytes, WorkerMeta& meta) {
  ByteReader reader(bytes);
  for (auto n = reader.Varint(); n > 0 && reader.ok(); --n) {
    const PartitionId partition(static_cast<std::uint16_t>(reader.Varint()));
    meta.ingress[partition] = reader.Varint();
  }
  meta.next_row = reader.Varint();
  meta.lsn = Lsn(reader.Varint());
  ReadChannels(reader, meta.sent);
  ReadChannels(reader, meta.consumed);
  return reader.ok() && reader.AtEnd();
}

// Walks the blocks of a stored part, checking each.
class BlockReader {
 public:
  BlockReader(ObjectStore& store, const PartInfo& info) : store_(store), info_(info) {}

  Status Next(char& section, std::string_view& bytes) {
    HOLDFAST_TRY(Need(kBlockHeaderBytes));
    ByteReader header(std::string_view(buffer_).substr(start_, kBlockHeaderBytes));
    section = header.Fixed<char>();
    const auto size = header.Fixed<std::uint32_t>();
    const auto checksum = header.Fixed<std::uint32_t>();
    if (size > info_.bytes) return Damage("a block longer than the part");
    HOLDFAST_TRY(Need(kBlockHeaderBytes + size));
    bytes = std::string_view(buffer_).substr(start_ + kBlockHeaderBytes, size);
    if (Checksum(bytes, static_cast<std::uint32_t>(section)) != checksum) return Damage("a wrong checksum");
    start_ += kBlockHeaderBytes + size;
    sum_ = Checksum({reinterpret_cast<const char*>(&checksum), sizeof checksum}, sum_);
    return {};
  }
  Error Damage(std::string_view what) const { return Damage(what, position()); }
  Error Damage(std::string_view what, std::uint64_t offset) const {
    return MakeError(ErrorCode::kDataLoss, "{}: {} at offset {}", info_.name, what, offset);
  }
  std::uint64_t position() const { return base_ + start_; }
  std::uint32_t sum() const { return sum_; }

 private:
  Status Need(std::uint64_t size) {
    if (buffer_.size() - start_ >= size) return {};
    buffer_.erase(0, start_);
    base_ += start_;
    start_ = 0;
    const auto from = base_ + buffer_.size();
    HOLDFAST_ASSIGN(const auto more, store_.GetRange(info_.name, from, std::max(size, kReadAhead)));
    buffer_ += more;
    if (buffer_.size() < size) return Damage("the part ends too early");
    return {};
  }

  ObjectStore& store_;
  const PartInfo& info_;
  std::string buffer_;
  std::uint64_t base_ = 0;
  std::size_t start_ = 0;
  std::uint32_t sum_ = 0;
};

struct Row {
  RowKey key;
  std::string_view value;
};

Row TakeRow(ByteReader& reader) {
  Row row{{KeyGroup(reader.Fixed<std::uint16_t>()), TableId(reader.Fixed<std::uint16_t>()), {}}, {}};
  row.key.id = reader.Bytes();
  row.value = reader.Bytes();
  return row;
}

// Says the next row that nobody was told of, if there is one.
void Announce(ByteReader& ahead, const PartVisitor& visitor) {
  if (!visitor.soon || ahead.AtEnd()) return;
  const auto row = TakeRow(ahead);
  if (ahead.ok()) visitor.soon(row.key);
}

Status VisitRows(std::string_view bytes, const PartVisitor& visitor, std::uint64_t& rows) {
  ByteReader reader(bytes);
  ByteReader ahead(bytes);
  for (int i = 0; i < kRowsAhead; ++i) Announce(ahead, visitor);
  while (!reader.AtEnd()) {
    Announce(ahead, visitor);
    const auto row = TakeRow(reader);
    if (!reader.ok()) return MakeError(ErrorCode::kDataLoss, "a row that does not parse");
    ++rows;
    if (visitor.row) HOLDFAST_TRY(visitor.row(row.key, row.value));
  }
  return {};
}

OutboxRun ReadRun(std::string_view bytes) {
  ByteReader reader(bytes);
  OutboxRun run;
  run.peer = WorkerId(reader.Fixed<std::uint16_t>());
  run.lane = static_cast<Lane>(reader.Fixed<std::uint8_t>() & 1);
  run.first_sequence = reader.Fixed<std::uint64_t>();
  run.count = reader.Fixed<std::uint32_t>();
  run.envelopes = reader.rest();
  return run;
}

void AppendRun(std::string& out, const OutboxRun& run) {
  AppendFixed(out, run.peer.value);
  AppendFixed(out, static_cast<std::uint8_t>(run.lane));
  AppendFixed(out, run.first_sequence);
  AppendFixed(out, run.count);
  out.append(run.envelopes);
}

}  // namespace

Status PartWriter::Block(char section, std::string_view bytes) {
  const auto checksum = Checksum(bytes, static_cast<std::uint32_t>(section));
  block_.clear();
  AppendFixed(block_, section);
  AppendFixed(block_, static_cast<std::uint32_t>(bytes.size()));
  AppendFixed(block_, checksum);
  HOLDFAST_TRY(out_.Append(block_));
  HOLDFAST_TRY(out_.Append(bytes));
  bytes_ += block_.size() + bytes.size();
  checksum_ = Checksum({reinterpret_cast<const char*>(&checksum), sizeof checksum}, checksum_);
  return {};
}

Status PartWriter::AddRows(const StateCut& cut) {
  buffer_.clear();
  const auto add = [this](const RowKey& key, std::string_view value) -> Status {
    AppendFixed(buffer_, key.group.value);
    AppendFixed(buffer_, key.table.value);
    AppendBytes(buffer_, key.id);
    AppendBytes(buffer_, value);
    ++rows_;
    if (buffer_.size() < kBlockBytes) return {};
    HOLDFAST_TRY(Block(kRows, buffer_));
    buffer_.clear();
    return {};
  };
  HOLDFAST_TRY(cut.ForEach(add));
  return buffer_.empty() ? Status() : Block(kRows, buffer_);
}

Status PartWriter::AddMessages(const MessageRun& run) {
  messages_ += run.count;
  buffer_.clear();
  AppendRun(buffer_, {run.first.worker, run.first.lane, run.first.sequence, run.count, run.envelopes});
  return Block(kMessages, buffer_);
}

Status PartWriter::AddOutbox(const OutboxRun& run) {
  messages_ += run.count;
  buffer_.clear();
  AppendRun(buffer_, run);
  return Block(kOutbox, buffer_);
}

Status PartWriter::AddEgress(const EgressBatch& batch) {
  buffer_.clear();
  AppendFixed(buffer_, batch.position);
  buffer_.append(batch.records);
  return Block(kEgress, buffer_);
}

Status PartWriter::Finish(const WorkerMeta& meta, PartInfo& info) {
  HOLDFAST_TRY(Block(kMeta, EncodeMeta(meta)));
  std::string end;
  AppendFixed(end, rows_);
  AppendFixed(end, messages_);
  HOLDFAST_TRY(Block(kEnd, end));
  info.bytes = bytes_;
  info.checksum = checksum_;
  info.rows = rows_;
  info.messages = messages_;
  return {};
}

Result<WorkerMeta> ReadPart(ObjectStore& store, const PartInfo& info, const PartVisitor& visitor) {
  BlockReader blocks(store, info);
  WorkerMeta meta;
  std::uint64_t rows = 0;
  std::uint64_t messages = 0;
  for (char section = 0; section != kEnd;) {
    std::string_view bytes;
    const auto offset = blocks.position();
    HOLDFAST_TRY(blocks.Next(section, bytes));
    if (section == kRows) {
      const auto visited = VisitRows(bytes, visitor, rows);
      if (visited.ok()) continue;
      if (visited.error().code != ErrorCode::kDataLoss) return visited.error();
      return blocks.Damage(visited.error().message, offset);  // Whoever looks at a row does not know where it stood.
    }
    if (section == kMessages) {
      const auto run = ReadRun(bytes);
      messages += run.count;
      if (visitor.messages) {
        HOLDFAST_TRY(visitor.messages({nullptr, run.envelopes, {run.peer, run.lane, run.first_sequence}, run.count}));
      }
    } else if (section == kOutbox) {
      const auto run = ReadRun(bytes);
      messages += run.count;
      if (visitor.outbox) HOLDFAST_TRY(visitor.outbox(run));
    } else if (section == kEgress) {
      ByteReader reader(bytes);
      const auto position = reader.Fixed<std::uint64_t>();
      if (visitor.egress) HOLDFAST_TRY(visitor.egress({position, reader.rest()}));
    } else if (section == kMeta) {
      if (!DecodeMeta(bytes, meta)) return blocks.Damage("worker meta data that does not parse");
    } else if (section == kEnd) {
      ByteReader reader(bytes);
      const bool counts = reader.Fixed<std::uint64_t>() == rows && reader.Fixed<std::uint64_t>() == messages;
      if (!counts || blocks.position() != info.bytes || blocks.sum() != info.checksum) {
        return blocks.Damage("counts or checksum that differ from the manifest's");
      }
    } else {
      return blocks.Damage("an unknown section");
    }
  }
  return meta;
}

}  // namespace holdfast
