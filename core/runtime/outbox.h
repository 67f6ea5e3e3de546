// A worker's way out to its peers: gathers messages into frames, numbers them per peer and lane, and sends. With a log,
// a frame waits until the records of its messages are durable and is kept until the peer has durably consumed them.
// Owned by the worker, used on its loop.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/ports/channel.h"
#include "core/snapshot/frame.h"
#include "core/snapshot/part.h"

namespace holdfast {

class Outbox {
 public:
  struct Options {
    WorkerId self;
    std::uint16_t workers = 1;
    std::size_t max_frame_bytes = 32 << 10;
    bool retain = false;  // Keep frames until acknowledged, and hold them back until durable.
  };
  // A frozen OutboxRun and the buffer it points into.
  struct FrozenRun {
    OutboxRun run;
    std::shared_ptr<const std::string> keeper;
  };

  Outbox(Channel& channel, const Options& options) : channel_(channel), options_(options) {}

  // Forgets all frames and numbers; later frames carry these fences.
  void Reset(WorldLine world_line, Incarnation incarnation);
  // Later frames carry this colour. Frames begun before are sent with the old one.
  void SetColour(SnapshotIndex colour);

  // Adds one encoded message; `lsn` is its unit's record (0 without a log).
  void Add(WorkerId to, Lane lane, std::string_view envelope, Lsn lsn);
  // Ends the frames that are being filled and sends what may go.
  void Flush();
  void SendMark(SnapshotIndex index);
  void SendPositions(WorkerId to, FrameKind kind, const LanePositions& positions);
  void SendPressure(WorkerId to, bool on);

  // Records up to `lsn` are durable: sends the frames that waited for them.
  void Durable(Lsn lsn);
  // The peer has durably consumed up to these positions: drops those frames.
  void Acknowledged(WorkerId peer, const LanePositions& positions);
  // Sends everything retained and durable to `peer` again.
  void Resend(WorkerId peer);

  LanePositions sent(WorkerId peer) const;
  void SetSent(WorkerId peer, const LanePositions& positions);
  void PutBack(const OutboxRun& run);
  std::vector<FrozenRun> Freeze();
  // Shows every message that is kept or not yet in a frame, per peer and lane in the order of sending.
  void ForEachKept(const std::function<void(const OutboxRun& run)>& visit) const;
  std::uint64_t retained_bytes() const { return retained_bytes_; }
  std::uint64_t messages() const { return messages_; }

 private:
  struct Frame {
    std::uint64_t first_sequence = 0;
    std::uint32_t count = 0;
    Lsn lsn;
    std::shared_ptr<std::string> bytes;  // Room for the header, then envelopes.
  };
  struct Stream {  // One peer, one lane.
    std::uint64_t sent = 0;
    std::string open;  // The frame being filled; empty if none.
    std::uint32_t open_count = 0;
    Lsn open_lsn;
    std::deque<Frame> retained;
    std::size_t waiting = 0;  // How many at the end of `retained` have not been transmitted.
  };
  using Peer = std::array<Stream, kLanes>;

  Stream& StreamOf(WorkerId peer, Lane lane);
  void CloseFrame(WorkerId to, Lane lane, Stream& stream);
  void TransmitWaiting(WorkerId to, Lane lane, Stream& stream);
  FrameHeader HeaderFor(WorkerId to, FrameKind kind) const;
  void SendSmall(WorkerId to, const FrameHeader& header, std::string_view payload);

  Channel& channel_;
  Options options_;
  WorldLine world_line_;
  Incarnation incarnation_;
  SnapshotIndex colour_;
  Lsn durable_;
  std::vector<Peer> peers_;
  std::uint64_t retained_bytes_ = 0;
  std::uint64_t messages_ = 0;
};

}  // namespace holdfast
