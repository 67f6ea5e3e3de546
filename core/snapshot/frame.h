// What travels between two workers: a frame, one header and many messages. The header carries what every protocol needs
// to know about all of them at once: two fences (the world-line, raised by a global rollback, and the sender's
// incarnation, raised when it recovers alone), the lane with the sequence number of the first message, and the sender's
// colour, the index of its newest cut. Marks, acknowledgements and resume requests are frames too.
//
//   u32 checksum of the rest | u8 version | u8 kind | u8 lane | u8 0 | u16 source | u16 target | u32 world-line |
//   u32 incarnation | u32 colour | u32 count | u64 first sequence number | payload
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/result.h"

namespace holdfast {

enum class FrameKind : std::uint8_t {
  kData = 1,  // Envelopes.
  kMark,      // "My cut `colour` stands here": the last sequence number sent before it, per lane.
  kAck,       // "Durably consumed": the last sequence number, per lane.
  kResume,    // "I recovered and hold this much": send again what is above, and tell me the same.
  kPressure,  // "My queue is too long" (count 1) or "short again" (0): the peer reads less ingress meanwhile.
};

// Records read from an ingress and sent on to their owner do not share a lane with function messages, so that a
// protocol may hold back one without the other.
enum class Lane : std::uint8_t { kIngress = 0, kFunction = 1 };
inline constexpr std::size_t kLanes = 2;
inline constexpr std::array<Lane, kLanes> kAllLanes{Lane::kIngress, Lane::kFunction};
using LanePositions = std::array<std::uint64_t, kLanes>;

struct FrameHeader {
  FrameKind kind = FrameKind::kData;
  Lane lane = Lane::kFunction;
  WorkerId source;
  WorkerId target;
  WorldLine world_line;
  Incarnation incarnation;
  SnapshotIndex colour;
  std::uint32_t count = 0;
  std::uint64_t first_sequence = 0;  // The first message ever on a lane is 1.
};

inline constexpr std::size_t kFrameHeaderBytes = 36;

// Begins a frame: room for the header, to be filled in by SealFrame once the payload is complete.
std::string NewFrame(std::size_t reserve = 0);
// Writes the header and checksum into a frame begun by NewFrame.
void SealFrame(std::string& frame, const FrameHeader& header);

struct FrameView {
  FrameHeader header;
  std::string_view payload;
};
// kDataLoss if the bytes are not a whole frame of this version.
Result<FrameView> OpenFrame(std::string_view frame);

// The payload of marks, acknowledgements and resume requests.
void AppendPositions(std::string& out, const LanePositions& positions);
LanePositions ReadPositions(std::string_view payload);

}  // namespace holdfast
