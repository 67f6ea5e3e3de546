// What a worker is told when it is made, and what it is given to work with.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/random.h"
#include "core/model/application.h"
#include "core/ports/append_log.h"
#include "core/ports/async_runner.h"
#include "core/ports/background.h"
#include "core/ports/channel.h"
#include "core/ports/clock.h"
#include "core/ports/disk.h"
#include "core/ports/egress.h"
#include "core/ports/endpoint.h"
#include "core/ports/ingress.h"
#include "core/ports/object_store.h"
#include "core/ports/state_backend.h"
#include "core/protocols/factory.h"

namespace holdfast {

// The versioned table key group -> worker. This builds the initial one: equal, consecutive ranges.
std::vector<WorkerId> EvenOwners(std::uint16_t max_parallelism, std::uint16_t workers);

struct WorkerOptions {
  WorkerId self{};
  std::uint16_t workers = 1;
  std::uint64_t boot = 1;          // Which start of the process this is; no two starts of a worker share a number.
  std::vector<WorkerId> owners{};  // By key group.
  std::vector<PartitionId> partitions{};  // Ingress partitions this worker reads.
  std::size_t max_frame_bytes = 32 << 10;
  std::size_t ingress_batch = 64;
  // Ingress is read only while fewer messages than this wait in the queue; a peer is asked to hold back above twice it.
  std::uint64_t queue_low = 512;
  std::uint64_t queue_memory_bytes = 64 << 20;  // Queued messages beyond this go to disk.
  std::uint64_t max_retained_bytes = 64 << 20;  // Unacknowledged or not yet durable output, per worker.
  std::uint64_t max_egress_bytes = 256 << 20;   // Output waiting for its snapshot.
  // After passing trouble (kUnavailable) with a restore or the log, the worker restores itself again: after the first
  // wait, then after twice as long and so on up to the longest. It stops after so many failures in a row.
  Duration first_restore_wait = std::chrono::milliseconds(1);
  Duration longest_restore_wait = std::chrono::seconds(1);
  std::uint32_t max_restore_failures = 100;
};

// The world as one worker sees it. All must outlive the worker; all but Background and the endpoint are its own.
struct WorkerPorts {
  const Clock& clock;
  Channel& channel;
  Background& background;
  ObjectStore& objects;
  AppendLogStore* logs = nullptr;  // Only for protocols with an effect log.
  Ingress& ingress;
  EgressSink& egress;
  Endpoint& endpoint;
  AsyncRunner& async;
  StateBackend& state;
  Random random;
  Disk* scratch = nullptr;  // Where the queue spills to, below spill/; none: it stays in memory, whatever its size.
};

}  // namespace holdfast
