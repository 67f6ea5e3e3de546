// A stretch of a queue on disk. Scratch: nothing is synced, and no start of a process reads what another left behind,
// because a recovery has the messages from a snapshot or log. What is read back is checked against what memory knows of
// the file, so a file that is not the one that was written is never believed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/ports/disk.h"
#include "core/snapshot/message_queue.h"

namespace holdfast {

// Written once, then read by any thread. The disk must outlive it.
class SpillFile {
 public:
  // Names a file that is not there yet.
  SpillFile(Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}

  // Both block: for background jobs and recovery.
  Status Write(const std::vector<MessageRun>& runs);
  // Requires a Write that succeeded. kDataLoss names the file if its bytes have changed.
  Result<std::vector<MessageRun>> Read() const;
  void Remove() { disk_.Remove(path_).Ignore(); }
  const std::string& path() const { return path_; }

 private:
  Disk& disk_;
  const std::string path_;
  std::uint64_t size_ = 0;
  std::uint64_t hash_ = 0;
};

// A piece of a frozen queue: messages in memory, or a file of them.
struct QueuePiece {
  MessageRun run;
  std::shared_ptr<const SpillFile> file;  // If set, in place of `run`.
};
// Visits the runs of all pieces in order, reading files as it comes to them. Blocks.
Status ForEachRun(const std::vector<QueuePiece>& pieces, const std::function<Status(const MessageRun& run)>& visit);

}  // namespace holdfast
