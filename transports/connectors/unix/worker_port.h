// A worker's ingress and egress, as seen from its own thread: every call is a push to, or a look into, a queue shared
// with the gateway's thread (gateway_client.cc).
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/ports/egress.h"
#include "core/ports/ingress.h"
#include "transports/connectors/unix/gateway_client.h"
#include "transports/connectors/unix/handoff.h"
#include "transports/connectors/unix/socket.h"
#include "transports/connectors/unix/wire.h"

namespace holdfast {

// Wakes the gateway's thread, with a system call only if it sleeps. All is read-modify-write on one word, which puts
// every ring before a falling asleep, that then sees its work, or after it, and then it is heard.
class IoAlarm {
 public:
  void Ring() {
    if (asleep_.exchange(false, std::memory_order_acq_rel)) wake_.Signal();
  }
  // Gateway's thread: from here on, whoever brings work rings. Look for work once more before sleeping.
  void FallAsleep() { asleep_.exchange(true, std::memory_order_acq_rel); }
  void WakeUp() { asleep_.exchange(false, std::memory_order_acq_rel); }
  WakeFd& wake() { return wake_; }

 private:
  std::atomic<bool> asleep_{false};
  WakeFd wake_;
};

// What lies between the gateway and one partition's worker.
struct IngressQueue {
  struct Batch {
    std::uint32_t generation = 0;
    std::uint64_t first = 0;
    std::uint32_t count = 0;
    std::string records;
  };
  PartitionId partition;
  SlotRing<Batch, wire::kWindow> batches;

  // The worker's.
  std::uint32_t generation = 0;
  bool reading = false;                // The front batch is decoded into `records`.
  std::vector<IngressRecord> records;  // Views into the front batch.
  std::size_t taken = 0;
  // The gateway thread's.
  std::size_t credited = 0;
};

struct SubscribeCommand {
  IngressQueue* queue;
  std::uint32_t generation;
  std::uint64_t offset;
};
struct ReleaseCommand {
  PartitionId partition;
  std::uint64_t offset;
};
struct FenceCommand {
  EgressFence fence;
  std::function<void(Result<std::uint64_t>)> done;
};
struct CommitCommand {
  EgressFence fence;
  std::uint64_t position;
  EgressBytes records;
  EgressSink::Callback done;
};
struct EmitCommand {
  EgressFence fence;
  EgressPiece records;
};
using PortCommand =
    std::variant<std::monostate, SubscribeCommand, ReleaseCommand, FenceCommand, CommitCommand, EmitCommand>;

class WorkerPort final : public Ingress, public EgressSink {
 public:
  // Refuses ingress while `queued_egress`, shared by all workers of the process, is above kMaxUnsentEgress.
  WorkerPort(WorkerId worker, LoopHooks hooks, IoAlarm& alarm, std::atomic<std::size_t>& queued_egress,
             StatusPage& page)
      : worker_(worker), hooks_(std::move(hooks)), alarm_(alarm), queued_egress_(queued_egress), page_(page) {}

  void Seek(PartitionId partition, std::uint64_t offset) override;
  std::span<const IngressRecord> Poll(PartitionId partition, std::size_t max) override;
  void Release(PartitionId partition, std::uint64_t offset) override;

  void Fence(EgressFence fence, std::function<void(Result<std::uint64_t>)> done) override;
  void Commit(std::uint64_t position, EgressBytes records, Callback done) override;
  void Emit(EgressPiece records) override;

  // For the gateway's thread.
  WorkerId worker() const { return worker_; }
  const LoopHooks& hooks() const { return hooks_; }
  std::optional<PortCommand> NextCommand() { return commands_.Pop(); }

 private:
  void Push(PortCommand command);
  void GiveBack(IngressQueue& queue);

  WorkerId worker_;
  LoopHooks hooks_;
  IoAlarm& alarm_;
  std::atomic<std::size_t>& queued_egress_;
  StatusPage& page_;
  std::uint64_t taken_ = 0;  // Records of all batches given back.
  EgressFence fence_;
  std::map<PartitionId, std::unique_ptr<IngressQueue>> partitions_;
  HandoffQueue<PortCommand> commands_;
};

}  // namespace holdfast
