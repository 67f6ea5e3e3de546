#include "apps/gateway/unix_link.h"

#include <map>

#include "transports/connectors/unix/gateway_server.h"

namespace holdfast {

namespace {

class UnixSession final : public SystemSession {
 public:
  explicit UnixSession(GatewayPeer& peer) : peer_(peer) {}

  Incarnation incarnation() const override { return peer_.incarnation(); }
  EngineCounters Counters() const override {
    return {.units = peer_.Total(Counter::kUnitsExecuted),
            .durable_units = peer_.Total(Counter::kUnitsDurable),
            .messages_local = peer_.Total(Counter::kMessagesLocal),
            .messages_remote = peer_.Total(Counter::kMessagesRemote),
            .retries = peer_.Total(Counter::kRetries),
            .dead_letters = peer_.Total(Counter::kDeadLetters)};
  }
  std::uint64_t Taken() const override { return peer_.Total(Counter::kIngressRecords); }
  bool CanSend(PartitionId partition) const override { return peer_.CanSend(partition); }
  void Send(PartitionId partition, std::uint64_t first, std::uint32_t count, std::string_view records) override {
    peer_.Send(partition, first, count, records);
  }

 private:
  GatewayPeer& peer_;
};

SystemStep StepOf(InstantReport::Kind kind) {
  switch (kind) {
    case InstantReport::Kind::kRestored:
      return SystemStep::kRestored;
    case InstantReport::Kind::kFirstUnit:
      return SystemStep::kFirstUnit;
    case InstantReport::Kind::kSnapshotBegun:
      return SystemStep::kSnapshotBegun;
    case InstantReport::Kind::kProcessStart:
      break;
  }
  return SystemStep::kProcessStart;
}

class UnixLink final : public SystemLink, private GatewayHandler {
 public:
  explicit UnixLink(SystemListener& listener) : listener_(listener) {}

  Status Listen(const std::string& path) override { return server_.Listen(path); }
  void StopListening(const std::string& path) override { server_.StopListening(path); }
  void Poll(Duration timeout) override { server_.Poll(timeout); }
  void Encode(std::string& out, const InputRecord& record) const override {
    AppendIngressRecord(out, record.ingress, record.key, record.value);
  }
  std::size_t batch_bytes() const override { return wire::kBatchBytes; }

 private:
  UnixSession& SessionOf(GatewayPeer& peer) { return sessions_.try_emplace(&peer, peer).first->second; }

  void OnConnected(GatewayPeer& peer) override { listener_.OnConnected(SessionOf(peer)); }
  void OnSubscribe(GatewayPeer& peer, PartitionId partition, std::uint64_t offset) override {
    listener_.OnSubscribe(SessionOf(peer), partition, offset);
  }
  void OnRelease(GatewayPeer&, PartitionId partition, std::uint64_t offset) override {
    listener_.OnRelease(partition, offset);
  }
  Result<std::uint64_t> OnFence(GatewayPeer&, WorkerId stream, EgressFence fence) override {
    return listener_.OnFence(stream, fence);
  }
  Status OnCommit(GatewayPeer&, WorkerId stream, EgressFence fence, std::uint64_t position,
                  std::string_view records) override {
    return listener_.OnCommit(stream, fence, position, records);
  }
  void OnEmit(GatewayPeer&, WorkerId stream, EgressFence fence, std::string_view records) override {
    listener_.OnEmit(stream, fence, records);
  }
  void OnSnapshot(GatewayPeer&, const SnapshotReport& report) override {
    listener_.OnSnapshot({.id = report.id,
                          .complete = report.complete,
                          .start = report.start,
                          .end = report.end,
                          .bytes = report.bytes,
                          .sync = Duration(report.sync_nanos),
                          .trouble = report.trouble});
  }
  void OnInstant(GatewayPeer& peer, const InstantReport& report) override {
    std::optional<SnapshotId> snapshot;
    if (report.snapshot != 0) snapshot = SnapshotId::Unpack(report.snapshot);
    listener_.OnStep(SessionOf(peer), StepOf(report.kind), report.time, snapshot);
  }
  void OnNote(GatewayPeer&, const NoteReport& report) override { listener_.OnNote(report.key, report.value); }
  void OnDisconnected(GatewayPeer& peer, const Error& why) override {
    listener_.OnDisconnected(SessionOf(peer), why);
    sessions_.erase(&peer);
  }

  SystemListener& listener_;
  std::map<GatewayPeer*, UnixSession> sessions_;
  GatewayServer server_{*this};
};

}  // namespace

std::unique_ptr<SystemLink> MakeUnixLink(SystemListener& listener) { return std::make_unique<UnixLink>(listener); }

}  // namespace holdfast
