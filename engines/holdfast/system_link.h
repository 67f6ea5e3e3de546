// The testbed's end of the wire to the system under test, as the engine sees it; what the wire is made of is somebody
// else's business (apps/ hands in the Unix gateway). A session is the connection of one incarnation of the system. The
// link has no thread: what comes in is handed to the listener from within Poll.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/ports/egress.h"
#include "engines/engine.h"
#include "workloads/load/input.h"

namespace holdfast {

// Lives until the listener has been told of its end.
class SystemSession {
 public:
  virtual ~SystemSession() = default;
  virtual Incarnation incarnation() const = 0;
  // What its process has counted, to the last unit also after its death.
  virtual EngineCounters Counters() const = 0;
  // Records it has taken from those sent.
  virtual std::uint64_t Taken() const = 0;
  // True if there is room for a batch of `partition`.
  virtual bool CanSend(PartitionId partition) const = 0;
  // Sends `count` records encoded by the link, with consecutive offsets from `first`. Requires CanSend.
  virtual void Send(PartitionId partition, std::uint64_t first, std::uint32_t count, std::string_view records) = 0;
};

// The key of the note by which a system that refuses to start, because its newest snapshot is damaged, names the older
// one it would go back to; the value is that snapshot's id as printed.
inline constexpr std::string_view kRollbackOffer = "rollback-offer";

// The key of the note by which a system says why it ends: what it prints may not get through, least of all when the
// reason is a full disk.
inline constexpr std::string_view kLastWords = "last-words";

enum class SystemStep : std::uint8_t { kProcessStart, kRestored, kFirstUnit, kSnapshotBegun };

class SystemListener {
 public:
  virtual ~SystemListener() = default;
  virtual void OnConnected(SystemSession& session) = 0;
  // `offset` may be kFromReleased.
  virtual void OnSubscribe(SystemSession& session, PartitionId partition, std::uint64_t offset) = 0;
  virtual void OnRelease(PartitionId partition, std::uint64_t offset) = 0;
  virtual Result<std::uint64_t> OnFence(WorkerId stream, EgressFence fence) = 0;
  virtual Status OnCommit(WorkerId stream, EgressFence fence, std::uint64_t position, std::string_view records) = 0;
  virtual void OnEmit(WorkerId stream, EgressFence fence, std::string_view records) = 0;
  virtual void OnSnapshot(const EngineSnapshot& snapshot) = 0;
  virtual void OnStep(SystemSession& session, SystemStep step, SteadyTime at, std::optional<SnapshotId> snapshot) = 0;
  virtual void OnNote(std::string_view key, std::string_view value) = 0;
  // All it sent has been handed on.
  virtual void OnDisconnected(SystemSession& session, const Error& why) = 0;
};

class SystemLink {
 public:
  virtual ~SystemLink() = default;
  virtual Status Listen(const std::string& path) = 0;
  virtual void StopListening(const std::string& path) = 0;
  // Waits up to `timeout` for something to happen, and hands it on.
  virtual void Poll(Duration timeout) = 0;
  // Appends a record as Send wants it.
  virtual void Encode(std::string& out, const InputRecord& record) const = 0;
  // The size at which a batch is worth sending.
  virtual std::size_t batch_bytes() const = 0;
};

// Requires: the listener outlives the link.
using MakeSystemLink = std::function<std::unique_ptr<SystemLink>(SystemListener&)>;

}  // namespace holdfast
