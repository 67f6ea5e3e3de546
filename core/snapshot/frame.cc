#include "core/snapshot/frame.h"

#include <cstring>

#include "core/base/bytes.h"
#include "core/base/hash.h"

namespace holdfast {
namespace {

constexpr std::uint8_t kVersion = 1;

struct Wire {
  std::uint32_t checksum;
  std::uint8_t version;
  std::uint8_t kind;
  std::uint8_t lane;
  std::uint8_t zero;
  std::uint16_t source;
  std::uint16_t target;
  std::uint32_t world_line;
  std::uint32_t incarnation;
  std::uint32_t colour;
  std::uint32_t count;
  std::uint32_t first_low;
  std::uint32_t first_high;
};
static_assert(sizeof(Wire) == kFrameHeaderBytes);

std::uint32_t ChecksumOf(std::string_view frame) { return Checksum(frame.substr(sizeof(std::uint32_t))); }

}  // namespace

std::string NewFrame(std::size_t reserve) {
  std::string frame;
  frame.reserve(kFrameHeaderBytes + reserve);
  frame.resize(kFrameHeaderBytes);
  return frame;
}

void SealFrame(std::string& frame, const FrameHeader& header) {
  HOLDFAST_CHECK(frame.size() >= kFrameHeaderBytes, "a frame of {} bytes", frame.size());
  Wire wire{0,
            kVersion,
            static_cast<std::uint8_t>(header.kind),
            static_cast<std::uint8_t>(header.lane),
            0,
            header.source.value,
            header.target.value,
            header.world_line.value,
            header.incarnation.value,
            header.colour.value,
            header.count,
            static_cast<std::uint32_t>(header.first_sequence),
            static_cast<std::uint32_t>(header.first_sequence >> 32)};
  std::memcpy(frame.data(), &wire, sizeof wire);
  wire.checksum = ChecksumOf(frame);
  std::memcpy(frame.data(), &wire.checksum, sizeof wire.checksum);
}

Result<FrameView> OpenFrame(std::string_view frame) {
  Wire wire;
  if (frame.size() < sizeof wire)
    return MakeError(ErrorCode::kDataLoss, "a frame of {} bytes is too short", frame.size());
  std::memcpy(&wire, frame.data(), sizeof wire);
  if (wire.version != kVersion) {
    return MakeError(ErrorCode::kDataLoss, "a frame of version {}; this program speaks {}", wire.version, kVersion);
  }
  if (wire.checksum != ChecksumOf(frame)) return MakeError(ErrorCode::kDataLoss, "a frame with a wrong checksum");
  FrameView view;
  view.header = {static_cast<FrameKind>(wire.kind),
                 static_cast<Lane>(wire.lane),
                 WorkerId(wire.source),
                 WorkerId(wire.target),
                 WorldLine(wire.world_line),
                 Incarnation(wire.incarnation),
                 SnapshotIndex(wire.colour),
                 wire.count,
                 std::uint64_t{wire.first_high} << 32 | wire.first_low};
  view.payload = frame.substr(sizeof wire);
  return view;
}

void AppendPositions(std::string& out, const LanePositions& positions) {
  for (const auto position : positions) AppendFixed(out, position);
}

LanePositions ReadPositions(std::string_view payload) {
  ByteReader reader(payload);
  LanePositions positions{};
  for (auto& position : positions) position = reader.Fixed<std::uint64_t>();
  return positions;
}

}  // namespace holdfast
