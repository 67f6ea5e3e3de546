// What a worker counts as it goes. Plain numbers on the worker's loop; a host copies them out between turns.
#pragma once

#include <cstdint>

namespace holdfast {

struct WorkerCounters {
  std::uint64_t units = 0;          // Messages handled, successfully or given up.
  std::uint64_t durable_units = 0;  // Units no failure can undo any more.
  std::uint64_t ingress_records = 0;
  std::uint64_t sent_local = 0;    // Messages that stayed on the worker.
  std::uint64_t sent_remote = 0;   // Messages that crossed to another.
  std::uint64_t received = 0;      // Messages that came from another.
  std::uint64_t late = 0;          // Of those, kept as channel state.
  std::uint64_t spilled = 0;       // Queued messages that went to disk.
  std::uint64_t expired_rows = 0;  // Removed because all their values had expired.
  std::uint64_t delayed_fired = 0;
  std::uint64_t delayed_cancelled = 0;  // By their token, or replaced.
  std::uint64_t delayed_restored = 0;   // Pending ones a recovery brought back.
  std::uint64_t async_outcomes = 0;
  std::uint64_t async_unknown = 0;  // Of those, unknown after a recovery.
  std::uint64_t failed_attempts = 0;
  std::uint64_t dead_letters = 0;
  std::uint64_t egress_records = 0;
  std::uint64_t cuts = 0;
  std::uint64_t cuts_completed = 0;
  std::uint64_t log_bytes = 0;
  std::uint64_t log_records = 0;
  std::uint64_t replayed_records = 0;
};

}  // namespace holdfast
