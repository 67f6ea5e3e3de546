// The bytes of a log segment: a preamble that says whose it is and what comes before it, then blocks of records.
//
//   preamble  u64 magic, u32 version, u16 worker, u32 incarnation, u64 first record,
//             predecessor: u32 incarnation, u64 first record, u64 length that counts (0: there is none),
//             u32 size of the carried block, u32 checksum of all this
//   block     u32 magic, u32 checksum of the rest, u32 body size, u32 record count, u64 first record, body
//   body      per record: u32 size, bytes
//
// The checksum of a block is seeded with the segment's identity, so bytes of another log, or of a log stored inside a
// record, never pass for a block of this one. The carried block, if any, follows the preamble, is written with it, and
// has a seed of its own.
//
// A block is begun only after everything before it was synced. So an invalid stretch with no valid block behind it is
// a torn tail that nobody was promised; with one behind it, it is damage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/ports/append_log.h"

namespace holdfast {

// Ordered by age: what is newest sorts last.
struct SegmentName {
  Incarnation incarnation;
  Lsn first;
  friend constexpr auto operator<=>(const SegmentName&, const SegmentName&) = default;

  // "0000000003-00000000000000007001.seg"
  std::string FileName() const;
  static std::optional<SegmentName> Parse(std::string_view file_name);
};

// A file that says that an incarnation opens the log: "0000000003.claim".
std::string ClaimFileName(Incarnation incarnation);
std::optional<Incarnation> ParseClaim(std::string_view file_name);

// The part of a segment that belongs to the log.
struct SegmentExtent {
  SegmentName name;
  std::uint64_t length = 0;
};

struct SegmentId {
  WorkerId worker;
  SegmentName name;

  // What the checksums of its blocks are seeded with.
  std::uint32_t seed() const;
  std::uint32_t carried_seed() const { return ~seed(); }
};

// A valid block in a segment's bytes.
struct Block {
  std::size_t offset = 0;
  std::size_t end = 0;
  Lsn first;
  std::uint32_t count = 0;
  std::string_view body;

  Lsn next() const { return Lsn(first.value + count); }
  // Visits the records from `from` on.
  Status Visit(Lsn from, const AppendLog::RecordVisitor& visit) const;
};

// A block in the making: records are appended behind room for the header.
class BlockBuffer {
 public:
  bool empty() const { return count_ == 0; }
  void Add(std::string_view record);
  // Takes over the records of a block read elsewhere.
  void Assign(const Block& block);
  void Clear();
  // Fills in the header and returns the whole block, valid until the next call of another method. Requires !empty().
  std::string_view Seal(std::uint32_t seed, Lsn first);
  void swap(BlockBuffer& other);

 private:
  std::string bytes_;
  std::uint32_t count_ = 0;
};

struct Preamble {
  std::optional<SegmentExtent> predecessor;
  std::uint32_t carried_size = 0;

  // Where the segment's own blocks begin.
  std::size_t end() const;
};

inline constexpr std::size_t kPreambleSize = 54;
inline std::size_t Preamble::end() const { return kPreambleSize + carried_size; }

// The preamble of `segment` followed by the carried block, which may be empty.
std::string EncodePreamble(SegmentId segment, const std::optional<SegmentExtent>& predecessor,
                           std::string_view carried);
// Reads the preamble alone, without looking at the carried block; nothing if it is damaged or another segment's.
std::optional<Preamble> DecodePreamble(SegmentId segment, std::string_view bytes);

// The block that begins at `offset`, if a valid one does.
std::optional<Block> BlockAt(std::uint32_t seed, std::string_view bytes, std::size_t offset);
// The first valid block at or behind `offset`.
std::optional<Block> FindBlock(std::uint32_t seed, std::string_view bytes, std::size_t offset);

}  // namespace holdfast
