// The testbed's end of the gateway: listens for systems under test, gives them their ingress, takes their egress. It
// has no thread of its own: whoever owns it calls Poll, and the handler is called from there. One thread at a time.
//
//   GatewayServer server(handler);
//   HOLDFAST_TRY(server.Listen(folder + "/gateway-1.sock"));
//   while (...) server.Poll(timeout);
//
// Each incarnation of the system gets a socket of its own name, so that a paused zombie never meets its successor's
// testbed by accident; the connection of an earlier incarnation stays open, and what it still sends is still handed on,
// until it ends.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/ports/egress.h"
#include "transports/connectors/unix/frame_socket.h"
#include "transports/connectors/unix/status.h"

namespace holdfast {

// One connected system. Lives until OnDisconnected has returned.
class GatewayPeer {
 public:
  Incarnation incarnation() const { return incarnation_; }
  // Its process, as it says.
  std::uint32_t process() const { return process_; }
  std::uint16_t workers() const { return workers_; }
  // The sum over its workers; still true after its death.
  std::uint64_t Total(Counter counter) const;
  // The largest over its workers.
  std::uint64_t Largest(Counter counter) const;

  // True if `partition` is subscribed and has credit for a batch.
  bool CanSend(PartitionId partition) const;
  // Sends `count` encoded records (AppendIngressRecord) with consecutive offsets from `first`; they leave with the next
  // Poll. Requires CanSend.
  void Send(PartitionId partition, std::uint64_t first, std::uint32_t count, std::string_view records);

 private:
  friend class GatewayServer;
  struct Subscription {
    std::uint32_t generation = 0;
    std::uint32_t credits = wire::kWindow;
  };
  explicit GatewayPeer(Fd fd) : socket_(std::move(fd)) {}

  FrameSocket socket_;
  bool greeted_ = false;
  Incarnation incarnation_;
  std::uint32_t process_ = 0;
  std::uint16_t workers_ = 0;
  StatusPage page_;
  std::map<PartitionId, Subscription> subscriptions_;
};

// Appends a record as Send wants it.
void AppendIngressRecord(std::string& out, std::uint16_t ingress, std::string_view key, std::string_view value);

class GatewayHandler {
 public:
  virtual ~GatewayHandler() = default;
  virtual void OnConnected(GatewayPeer& peer) = 0;
  // The peer wants the records of `partition` from `offset` (or kFromReleased) on, and no others from now on. It can be
  // sent to at once.
  virtual void OnSubscribe(GatewayPeer& peer, PartitionId partition, std::uint64_t offset) = 0;
  // To be kept beyond the peer's life, for kFromReleased.
  virtual void OnRelease(GatewayPeer& peer, PartitionId partition, std::uint64_t offset) = 0;
  // As in EgressSink; the answers go back to the peer.
  virtual Result<std::uint64_t> OnFence(GatewayPeer& peer, WorkerId stream, EgressFence fence) = 0;
  virtual Status OnCommit(GatewayPeer& peer, WorkerId stream, EgressFence fence, std::uint64_t position,
                          std::string_view records) = 0;
  virtual void OnEmit(GatewayPeer& peer, WorkerId stream, EgressFence fence, std::string_view records) = 0;
  virtual void OnSnapshot(GatewayPeer& peer, const SnapshotReport& report) = 0;
  virtual void OnInstant(GatewayPeer& peer, const InstantReport& report) = 0;
  virtual void OnNote(GatewayPeer& peer, const NoteReport& report) = 0;
  // The peer has gone and all it sent was handed on; or it spoke nonsense (kDataLoss) and was cut off. `peer` goes
  // after.
  virtual void OnDisconnected(GatewayPeer& peer, const Error& why) = 0;
};

class GatewayServer {
 public:
  explicit GatewayServer(GatewayHandler& handler) : handler_(handler) {}
  GatewayServer(const GatewayServer&) = delete;
  GatewayServer& operator=(const GatewayServer&) = delete;
  // Closes everything and removes the sockets' files.
  ~GatewayServer();

  // Listens at one more path; see ListenUnix for the errors.
  Status Listen(const std::string& path);
  // Stops listening at `path` and removes its file; connections made there stay.
  void StopListening(const std::string& path);
  // Waits up to `timeout` for something to happen and handles what has, calling the handler. Zero does not wait.
  void Poll(Duration timeout);

 private:
  void Accept(const Fd& listener);
  // False if the peer has to go, after telling the handler.
  bool Serve(GatewayPeer& peer, short events);
  Status Receive(GatewayPeer& peer);
  Status Handle(GatewayPeer& peer, const FrameSocket::Frame& frame);
  Status Greet(GatewayPeer& peer, std::string_view body);
  Status HandleIngress(GatewayPeer& peer, const FrameSocket::Frame& frame);
  Status HandleEgress(GatewayPeer& peer, const FrameSocket::Frame& frame);
  Status HandleReport(GatewayPeer& peer, const FrameSocket::Frame& frame);

  GatewayHandler& handler_;
  std::map<std::string, Fd> listeners_;
  std::vector<std::unique_ptr<GatewayPeer>> peers_;
};

}  // namespace holdfast
