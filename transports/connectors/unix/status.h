// What the system under test tells the testbed about itself. Counters stand in a page of memory that both processes
// map: telling costs one store, and after a kill the page still shows the very last unit, so that the testbed can say
// how much work was executed but not durable. What happens rarely (a snapshot, a step of recovery) is a message.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "transports/connectors/unix/socket.h"

namespace holdfast {

// Totals of one worker since its process began.
enum class Counter : std::uint8_t {
  kIngressRecords,     // Taken from the ingress, or dropped by a Seek; the gateway's client counts these itself.
  kUnitsExecuted,      // Messages handled.
  kUnitsDurable,       // Of those, how many no failure can undo; stays 0 where nothing is ever durable.
  kMessagesLocal,      // Sent to an address of the same worker.
  kMessagesRemote,     // Sent to an address of another worker.
  kLateMessages,       // Kept as channel state.
  kRetries,            // Attempts that failed.
  kDeadLetters,        // Messages given up.
  kEgressRecords,      // Emitted by units, visible or not.
  kLogBytes,           // Appended to the log.
  kReplayedRecords,    // Log records applied again at restore.
  kLongestStallNanos,  // The longest time the loop stood still for a cut.
  kEnd,
};
inline constexpr std::size_t kCountersPerWorker = 16;
inline constexpr std::size_t kMaxCountedWorkers = 256;
static_assert(static_cast<std::size_t>(Counter::kEnd) <= kCountersPerWorker);

// The shared page. Thread-safe; each cell has one writer.
class StatusPage {
 public:
  // A new page, all zero, and the descriptor by which another process can map it.
  static Result<StatusPage> Create();
  // The page behind a descriptor that came from Create. kInvalidArgument if it is none.
  static Result<StatusPage> Map(Fd fd);

  StatusPage() = default;
  StatusPage(StatusPage&& other) noexcept;
  StatusPage& operator=(StatusPage&& other) noexcept;
  ~StatusPage();

  int fd() const { return fd_.get(); }
  bool mapped() const { return cells_ != nullptr; }
  // Requires worker < kMaxCountedWorkers.
  void Set(WorkerId worker, Counter counter, std::uint64_t value) {
    Cell(worker, counter).store(value, std::memory_order_relaxed);
  }
  std::uint64_t Get(WorkerId worker, Counter counter) const {
    return Cell(worker, counter).load(std::memory_order_relaxed);
  }

 private:
  using Cells = std::atomic<std::uint64_t>;
  static Result<StatusPage> MapPage(Fd fd);
  Cells& Cell(WorkerId worker, Counter counter) const {
    return cells_[worker.value * kCountersPerWorker + static_cast<std::size_t>(counter)];
  }

  Fd fd_;
  Cells* cells_ = nullptr;
};

// A snapshot that completed or was given up.
struct SnapshotReport {
  SnapshotId id;
  bool complete = false;
  SteadyTime start;              // Triggered.
  SteadyTime end;                // Manifest durable, or given up.
  std::uint64_t bytes = 0;       // Written, all workers.
  std::uint64_t sync_nanos = 0;  // The longest stall of a loop.
  std::string trouble;           // Why it was given up.
};

// A step in the life of a process, as it is told at once.
struct InstantReport {
  enum class Kind : std::uint8_t {
    kProcessStart,   // main() began.
    kRestored,       // All workers have their state; `snapshot` is where from (0 if from nothing).
    kFirstUnit,      // The first unit was handled.
    kSnapshotBegun,  // `snapshot` was triggered.
  };
  Kind kind = Kind::kProcessStart;
  SteadyTime time;
  std::uint64_t snapshot = 0;  // Packed SnapshotId.
};

// Anything else worth keeping in the record of the run; a later note of the same key replaces an earlier one.
struct NoteReport {
  std::string key;
  std::string value;
};

}  // namespace holdfast
