// A worker's function queue: a MessageQueue in memory that spills its middle to disk when it grows beyond a bound.
// Function messages always drain, so back-pressure cannot bound them; the disk does.
//
//   head (memory)  <-  segments (disk, or on their way there or back)  <-  tail (memory)
//
// While everything fits, there is only the head, and the queue costs what a MessageQueue costs. Beyond the bound new
// messages go to the tail, and full tails become segments. Segments are written and read ahead in background jobs; if
// the head is empty before the next segment is there, nothing is ready and the owner does something else until the
// job's answer wakes it. First in, first out, throughout.
//
// Owned by the worker, used on its loop; answers of jobs come there too.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/ports/background.h"
#include "core/snapshot/spill_file.h"

namespace holdfast {

class SpillingQueue {
 public:
  struct Options {
    WorkerId self;
    std::uint64_t memory_bytes = 64 << 20;  // Of messages; exceeded by what one turn of the owner adds.
    Disk* disk = nullptr;                   // Where to spill; none: everything stays in memory.
    std::string folder;                     // On the disk, for this worker alone; made if missing.
  };

  // `failed` is called on the loop when messages cannot be written or read back: the queue is then not whole any more.
  SpillingQueue(Options options, Background& background, std::function<void(Error)> failed);
  SpillingQueue(const SpillingQueue&) = delete;
  SpillingQueue& operator=(const SpillingQueue&) = delete;

  std::uint64_t messages() const { return head_.messages() + tail_.messages() + segment_messages_; }
  std::uint64_t bytes() const { return head_.bytes() + tail_.bytes() + segment_bytes_; }
  bool empty() const { return messages() == 0; }
  // How many messages can be taken now. Fewer than there are while the next ones are still on disk.
  std::uint64_t ready() const { return head_.messages(); }

  void PushRun(MessageRun run) { back_->PushRun(std::move(run)); }
  void PushLocal(std::string_view envelope) { back_->PushLocal(envelope); }
  // As in MessageQueue, among those that are ready.
  std::string_view Front(MessageSource& source) const { return head_.Front(source); }
  void Pop() { head_.Pop(); }
  std::string_view Peek() { return head_.Peek(); }
  std::uint64_t peeked() const { return head_.peeked(); }

  // Drops everything. Files are named by `incarnation`, which must be newer than any that used the folder; those of
  // older ones are deleted.
  void Clear(Incarnation incarnation);
  // Spills what is too much, fetches what will be needed. Call between turns.
  void Balance() {
    if (back_ != &head_ || head_.bytes() > options_.memory_bytes || !retired_.empty()) Settle();
  }
  // The same at once, blocking: for a recovery, which has no turns. Afterwards something is ready unless empty().
  // Requires: no Balance since Clear.
  Status BalanceNow();
  // True if so much waits to be written that adding more would break the bound.
  bool congested() const { return writing_bytes_ > options_.memory_bytes; }
  // Messages that went to disk, in all.
  std::uint64_t spilled() const { return spilled_; }

  // The present content, readable from any thread whatever happens to the queue.
  std::vector<QueuePiece> Freeze() const;

 private:
  struct Segment {
    std::shared_ptr<SpillFile> file;
    std::vector<MessageRun> runs;  // Until they are written.
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;
    enum class Place : std::uint8_t { kMemory, kDisk, kLoading } place = Place::kMemory;
    int failures = 0;
  };
  using SegmentPtr = std::shared_ptr<Segment>;

  void Settle();
  void Spill(std::vector<MessageRun> runs);
  void Write(const SegmentPtr& segment);
  void Written(const SegmentPtr& segment, const Status& status);
  void Load(const SegmentPtr& segment);
  void Loaded(const SegmentPtr& segment, const Status& status, std::vector<MessageRun> runs);
  void TakeLoaded();
  void LoadAhead();
  void TakeTail();
  void RemoveRetired();
  std::shared_ptr<SpillFile> NewFile();
  bool MayTryAgain(Segment& segment, const Status& status);
  // Carries out `work` in the background, or at once during BalanceNow; `done` only if the queue was not cleared since.
  void Run(std::function<Status()> work, std::function<void(const Status&)> done);

  const Options options_;
  Background& background_;
  const std::function<void(Error)> failed_;
  const std::uint64_t head_target_;   // Bytes to keep at hand.
  const std::uint64_t segment_size_;  // Bytes from which a tail is a segment.

  MessageQueue head_;
  std::deque<SegmentPtr> segments_;
  MessageQueue tail_;
  MessageQueue* back_ = &head_;  // Where new messages go: the head while everything fits, else the tail.
  std::uint64_t segment_messages_ = 0;
  std::uint64_t segment_bytes_ = 0;
  std::uint64_t writing_bytes_ = 0;
  std::uint64_t spilled_ = 0;
  std::vector<std::shared_ptr<SpillFile>> retired_;  // To be removed once nobody reads them.
  std::uint64_t generation_ = 0;
  Incarnation incarnation_;
  std::uint64_t next_file_ = 0;
  bool now_ = false;  // In BalanceNow.
  Status failure_;
};

}  // namespace holdfast
