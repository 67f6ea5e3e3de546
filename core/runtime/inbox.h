// A worker's way in from its peers: fences old frames, drops repetitions, tells when everything before a cut has
// arrived, and keeps late messages, those sent before the sender's cut and received after the worker's own. Owned by
// the worker, used on its loop.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/snapshot/frame.h"
#include "core/snapshot/message_queue.h"

namespace holdfast {

class Inbox {
 public:
  // What a jump in the sequence numbers of a channel means.
  enum class Gap : std::uint8_t {
    kImpossible,  // Channels lose nothing within a world-line: the program is broken.
    kAccept,      // The lost messages stay lost.
    kRefuse,      // The sender keeps them and will send them again, in order.
  };

  Inbox(WorkerId self, std::uint16_t workers, Gap gap) : self_(self), gap_(gap), peers_(workers) {}

  // Forgets everything; only frames of this world-line are let in.
  void Reset(WorldLine world_line);

  // True if the frame is of the present world-line and not of a fenced incarnation. A new incarnation fences the older.
  bool Passes(const FrameHeader& header);
  // The messages of a data frame that are news, or nothing.
  std::optional<MessageRun> Admit(const FrameView& frame, std::shared_ptr<const std::string> keeper);

  void NoteMark(WorkerId peer, SnapshotIndex index, const LanePositions& positions);
  // True once every peer's mark for `index` is known and all messages before it have arrived.
  bool Drained(SnapshotIndex index) const;
  // From now on, messages of a colour below `index` are kept until TakeLate; those kept for an earlier index are not.
  void CollectLate(SnapshotIndex index) {
    collecting_ = index;
    late_.clear();
  }
  std::vector<MessageRun> TakeLate();

  // Progress of consumption, for logs: what a snapshot stores and an acknowledgement tells.
  void NoteConsumed(const MessageSource& source);
  LanePositions consumed(WorkerId peer) const { return peers_[peer.value].consumed; }
  // After a recovery: what was consumed is what has arrived.
  void SetConsumed(WorkerId peer, const LanePositions& positions);

  std::uint64_t fenced() const { return fenced_; }
  std::uint64_t repeated() const { return repeated_; }
  // "worker 2: mark missing" and the like, for a stuck dump.
  std::string WhatIsMissing(SnapshotIndex index) const;

 private:
  struct Peer {
    Incarnation incarnation;
    LanePositions arrived{};
    LanePositions consumed{};
    std::map<SnapshotIndex, LanePositions> marks;
  };
  WorkerId self_;
  Gap gap_;
  WorldLine world_line_;
  std::vector<Peer> peers_;
  std::optional<SnapshotIndex> collecting_;
  std::vector<MessageRun> late_;
  std::uint64_t fenced_ = 0;
  std::uint64_t repeated_ = 0;
};

}  // namespace holdfast
