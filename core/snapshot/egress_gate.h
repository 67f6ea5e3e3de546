// Holds a worker's output until no failure can undo the units that made it. Records are staged as units emit them,
// sealed into a batch with a position (at a cut: the snapshot; at a log flush: the last LSN), and released to the sink
// once that position is safe. A batch stays here, and goes into every snapshot, until the sink has confirmed it;
// committing it again is harmless because the sink goes by position. While the sink cannot be reached, everything is
// kept. However large a batch, no call copies it.
//
// Owned by the worker, used on its loop.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "core/ports/egress.h"
#include "core/snapshot/part.h"

namespace holdfast {

class EgressGate {
 public:
  // A sealed batch, alive for as long as somebody reads it.
  struct Batch {
    std::uint64_t position = 0;
    EgressBytes records;
    bool released = false;
  };

  // `confirmed` is called on the loop with the new confirmed position, `refused` with the sink's error: of a row of
  // kUnavailable, with the first; from then on nothing is committed until Resume.
  EgressGate(EgressSink& sink, std::function<void(std::uint64_t)> confirmed, std::function<void(Error)> refused)
      : sink_(sink), confirmed_callback_(std::move(confirmed)), refused_(std::move(refused)) {}

  // Forgets everything; the sink has confirmed up to `confirmed` (what Fence told). Answers to earlier commits are
  // ignored from now on.
  void Reset(std::uint64_t confirmed);
  // Adds a record to the open batch.
  void Stage(const EgressRecord& record);
  // Closes the open batch under `position`, which must be above all earlier ones.
  void Seal(std::uint64_t position);
  // Puts back a batch from a snapshot, or more of the batch put back last; ignored if the sink has it. Positions must
  // not fall.
  void PutBack(std::uint64_t position, std::string records);
  // Positions up to `position` are safe: commits their batches, in order, each once.
  void Release(std::uint64_t position);
  // The sink is back and has confirmed up to `confirmed`: commits again what else was released.
  void Resume(std::uint64_t confirmed);
  // Passes everything staged to the sink at once, with no position.
  void EmitNow();

  // Batches not yet confirmed.
  std::vector<Batch> Freeze() const { return {batches_.begin(), batches_.end()}; }
  std::uint64_t bytes() const { return open_bytes_ + sealed_bytes_; }
  bool open_empty() const { return open_bytes_ == 0; }
  // True if every batch at or below `position` is confirmed.
  bool ConfirmedThrough(std::uint64_t position) const {
    return batches_.empty() || batches_.front().position > position;
  }
  std::uint64_t confirmed() const { return confirmed_; }

 private:
  std::string& RoomFor(std::size_t bytes);
  EgressPiece TakePiece();
  void Lend(std::size_t pieces_at_most);
  void Commit(const Batch& batch);
  void Answered(std::uint64_t position, const Status& status);
  void Confirm(std::uint64_t position);
  EgressSink& sink_;
  std::function<void(std::uint64_t)> confirmed_callback_;
  std::function<void(Error)> refused_;
  std::vector<EgressPiece> open_;  // The batch that records are staged in; the last piece is being written.
  std::uint64_t open_bytes_ = 0;
  std::deque<EgressPiece> lent_;  // Pieces others hold, or held; they serve again when they are held no more.
  std::deque<Batch> batches_;
  std::uint64_t sealed_bytes_ = 0;
  std::uint64_t confirmed_ = 0;
  std::uint64_t generation_ = 0;
  bool broken_ = false;  // The sink cannot be reached.
};

}  // namespace holdfast
