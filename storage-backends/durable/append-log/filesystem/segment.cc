#include "storage-backends/durable/append-log/filesystem/segment.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/hash.h"

namespace holdfast {
namespace {

constexpr std::uint64_t kSegmentMagic = 0x676f4c7473666c48;  // "HlfstLog"
constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kBlockMagic = 0x6b636c42;  // "Blck"
constexpr std::size_t kBlockHeaderSize = 24;
constexpr std::size_t kChecked = 8;  // Where the checksummed part of a block begins.

// The decimal number that `text` is, all of it.
template <class T>
std::optional<T> ParseNumber(std::string_view text) {
  T value{};
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

}  // namespace

std::string SegmentName::FileName() const { return fmt::format("{:010}-{:020}.seg", incarnation.value, first.value); }

std::optional<SegmentName> SegmentName::Parse(std::string_view file_name) {
  if (file_name.size() != 35 || file_name[10] != '-' || !file_name.ends_with(".seg")) return {};
  const auto incarnation = ParseNumber<std::uint32_t>(file_name.substr(0, 10));
  const auto first = ParseNumber<std::uint64_t>(file_name.substr(11, 20));
  if (!incarnation || !first) return {};
  return SegmentName{Incarnation(*incarnation), Lsn(*first)};
}

std::string ClaimFileName(Incarnation incarnation) { return fmt::format("{:010}.claim", incarnation.value); }

std::optional<Incarnation> ParseClaim(std::string_view file_name) {
  if (file_name.size() != 16 || !file_name.ends_with(".claim")) return {};
  const auto incarnation = ParseNumber<std::uint32_t>(file_name.substr(0, 10));
  return incarnation ? std::optional(Incarnation(*incarnation)) : std::nullopt;
}

std::uint32_t SegmentId::seed() const { return Checksum(name.FileName(), worker.value); }

Status Block::Visit(Lsn from, const AppendLog::RecordVisitor& visit) const {
  ByteReader records(body);
  for (Lsn lsn = first; lsn < next(); lsn = lsn.Next()) {
    const auto record = records.Take(records.Fixed<std::uint32_t>());
    HOLDFAST_CHECK(records.ok(), "a checked log block ends before its record {}", lsn);
    if (lsn >= from) HOLDFAST_TRY(visit(lsn, record));
  }
  return {};
}

void BlockBuffer::Add(std::string_view record) {
  if (bytes_.empty()) bytes_.resize(kBlockHeaderSize);
  constexpr auto kLimit = std::numeric_limits<std::uint32_t>::max();
  HOLDFAST_CHECK(bytes_.size() + record.size() < kLimit, "{} bytes appended to a log without a flush", bytes_.size());
  AppendFixed(bytes_, static_cast<std::uint32_t>(record.size()));
  bytes_.append(record);
  ++count_;
}

void BlockBuffer::Assign(const Block& block) {
  bytes_.assign(kBlockHeaderSize, '\0');
  bytes_.append(block.body);
  count_ = block.count;
}

void BlockBuffer::Clear() {
  bytes_.clear();
  count_ = 0;
}

std::string_view BlockBuffer::Seal(std::uint32_t seed, Lsn first) {
  HOLDFAST_CHECK(count_ > 0, "an empty log block");
  const auto put = [this](std::size_t at, auto value) { std::memcpy(bytes_.data() + at, &value, sizeof(value)); };
  put(0, kBlockMagic);
  put(8, static_cast<std::uint32_t>(bytes_.size() - kBlockHeaderSize));
  put(12, count_);
  put(16, first.value);
  put(4, Checksum(std::string_view(bytes_).substr(kChecked), seed));
  return bytes_;
}

void BlockBuffer::swap(BlockBuffer& other) {
  bytes_.swap(other.bytes_);
  std::swap(count_, other.count_);
}

std::string EncodePreamble(SegmentId segment, const std::optional<SegmentExtent>& predecessor,
                           std::string_view carried) {
  const auto before = predecessor.value_or(SegmentExtent());
  std::string out;
  AppendFixed(out, kSegmentMagic);
  AppendFixed(out, kVersion);
  AppendFixed(out, segment.worker.value);
  AppendFixed(out, segment.name.incarnation.value);
  AppendFixed(out, segment.name.first.value);
  AppendFixed(out, before.name.incarnation.value);
  AppendFixed(out, before.name.first.value);
  AppendFixed(out, before.length);
  AppendFixed(out, static_cast<std::uint32_t>(carried.size()));
  AppendFixed(out, Checksum(out));
  HOLDFAST_CHECK(out.size() == kPreambleSize, "a preamble of {} bytes", out.size());
  out.append(carried);
  return out;
}

std::optional<Preamble> DecodePreamble(SegmentId segment, std::string_view bytes) {
  ByteReader in(bytes);
  const bool ours = in.Fixed<std::uint64_t>() == kSegmentMagic && in.Fixed<std::uint32_t>() == kVersion &&
                    in.Fixed<std::uint16_t>() == segment.worker.value &&
                    in.Fixed<std::uint32_t>() == segment.name.incarnation.value &&
                    in.Fixed<std::uint64_t>() == segment.name.first.value;
  SegmentExtent before;
  before.name.incarnation = Incarnation(in.Fixed<std::uint32_t>());
  before.name.first = Lsn(in.Fixed<std::uint64_t>());
  before.length = in.Fixed<std::uint64_t>();
  Preamble preamble;
  preamble.carried_size = in.Fixed<std::uint32_t>();
  const auto checksum = in.Fixed<std::uint32_t>();
  if (!ours || !in.ok() || checksum != Checksum(bytes.substr(0, kPreambleSize - sizeof(checksum)))) return {};
  if (before.length > 0) preamble.predecessor = before;
  return preamble;
}

std::optional<Block> BlockAt(std::uint32_t seed, std::string_view bytes, std::size_t offset) {
  ByteReader in(bytes.substr(std::min(offset, bytes.size())));
  const bool marked = in.Fixed<std::uint32_t>() == kBlockMagic;
  const auto checksum = in.Fixed<std::uint32_t>();
  const auto checked = in.rest();
  const auto size = in.Fixed<std::uint32_t>();
  const auto count = in.Fixed<std::uint32_t>();
  const Lsn first(in.Fixed<std::uint64_t>());
  const auto body = in.Take(size);
  if (!in.ok() || !marked) return {};
  if (Checksum(checked.substr(0, kBlockHeaderSize - kChecked + size), seed) != checksum) return {};
  return Block{offset, offset + kBlockHeaderSize + size, first, count, body};
}

std::optional<Block> FindBlock(std::uint32_t seed, std::string_view bytes, std::size_t offset) {
  std::string magic;
  AppendFixed(magic, kBlockMagic);
  for (auto at = bytes.find(magic, offset); at != bytes.npos; at = bytes.find(magic, at + 1)) {
    if (auto block = BlockAt(seed, bytes, at)) return block;
  }
  return {};
}

}  // namespace holdfast
