#include "transports/connectors/unix/gateway_server.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace holdfast {

namespace {

Error Nonsense(const FrameSocket::Frame& frame) {
  return MakeError(ErrorCode::kDataLoss, "the system under test sent a malformed frame of type {}",
                   static_cast<std::uint32_t>(frame.type));
}

std::uint8_t CodeOf(const Status& status) {
  return status.ok() ? std::uint8_t{0} : static_cast<std::uint8_t>(static_cast<std::uint8_t>(status.error().code) + 1);
}

std::string_view MessageOf(const Status& status) {
  return status.ok() ? std::string_view() : std::string_view(status.error().message);
}

}  // namespace

void AppendIngressRecord(std::string& out, std::uint16_t ingress, std::string_view key, std::string_view value) {
  AppendFixed(out, ingress);
  AppendBytes(out, key);
  AppendBytes(out, value);
}

std::uint64_t GatewayPeer::Total(Counter counter) const {
  std::uint64_t total = 0;
  for (std::uint16_t worker = 0; worker < workers_; ++worker) total += page_.Get(WorkerId(worker), counter);
  return total;
}

std::uint64_t GatewayPeer::Largest(Counter counter) const {
  std::uint64_t largest = 0;
  for (std::uint16_t worker = 0; worker < workers_; ++worker) {
    largest = std::max(largest, page_.Get(WorkerId(worker), counter));
  }
  return largest;
}

bool GatewayPeer::CanSend(PartitionId partition) const {
  const auto found = subscriptions_.find(partition);
  return found != subscriptions_.end() && found->second.credits > 0;
}

void GatewayPeer::Send(PartitionId partition, std::uint64_t first, std::uint32_t count, std::string_view records) {
  HOLDFAST_CHECK(CanSend(partition), "no credit for partition {}", partition);
  auto& subscription = subscriptions_[partition];
  --subscription.credits;
  socket_.Write(wire::Records{partition, subscription.generation, first, count, {records}});
}

GatewayServer::~GatewayServer() {
  for (const auto& [path, fd] : listeners_) ::unlink(path.c_str());
}

Status GatewayServer::Listen(const std::string& path) {
  HOLDFAST_ASSIGN(auto fd, ListenUnix(path));
  listeners_[path] = std::move(fd);
  return {};
}

void GatewayServer::StopListening(const std::string& path) {
  if (listeners_.erase(path) > 0) ::unlink(path.c_str());
}

void GatewayServer::Poll(Duration timeout) {
  std::vector<pollfd> ready;
  ready.reserve(listeners_.size() + peers_.size());
  for (const auto& [path, fd] : listeners_) ready.push_back({fd.get(), POLLIN, 0});
  for (const auto& peer : peers_) {
    peer->socket_.Flush().Ignore();  // If the peer has gone, reading will find out.
    const bool unsent = peer->socket_.unsent() > 0;
    ready.push_back({peer->socket_.fd(), static_cast<short>(POLLIN | (unsent ? POLLOUT : 0)), 0});
  }
  const auto nanos = std::max<std::int64_t>(0, timeout.count());
  const timespec wait{static_cast<time_t>(nanos / 1'000'000'000), static_cast<long>(nanos % 1'000'000'000)};
  if (::ppoll(ready.data(), ready.size(), &wait, nullptr) <= 0) return;

  const auto before = listeners_.size();
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    if (const auto events = ready[before + i].revents; events != 0 && !Serve(*peers_[i], events)) peers_[i] = nullptr;
  }
  std::erase(peers_, nullptr);
  std::size_t i = 0;
  for (const auto& [path, fd] : listeners_) {
    if (ready[i++].revents != 0) Accept(fd);
  }
}

void GatewayServer::Accept(const Fd& listener) {
  auto fd = AcceptUnix(listener);
  if (fd.ok() && fd->valid()) peers_.emplace_back(new GatewayPeer(std::move(fd).value()));
}

bool GatewayServer::Serve(GatewayPeer& peer, short events) {
  // What a dead peer cannot take any more says nothing about what it still has to say: only reading ends a connection.
  if ((events & POLLOUT) != 0) peer.socket_.Flush().Ignore();
  if ((events & ~POLLOUT) == 0) return true;
  const auto status = Receive(peer);
  peer.socket_.Flush().Ignore();
  if (status.ok()) return true;
  if (peer.greeted_) handler_.OnDisconnected(peer, status.error());
  return false;
}

Status GatewayServer::Receive(GatewayPeer& peer) {
  HOLDFAST_TRY(peer.socket_.Fill().status());
  while (true) {
    HOLDFAST_ASSIGN(const auto frame, peer.socket_.Next());
    if (!frame) return {};
    HOLDFAST_TRY(Handle(peer, *frame));
  }
}

Status GatewayServer::Handle(GatewayPeer& peer, const FrameSocket::Frame& frame) {
  if (!peer.greeted_) return frame.type == wire::MessageType::kHello ? Greet(peer, frame.body) : Nonsense(frame);
  switch (frame.type) {
    case wire::MessageType::kSubscribe:
    case wire::MessageType::kCredit:
    case wire::MessageType::kRelease:
      return HandleIngress(peer, frame);
    case wire::MessageType::kFence:
    case wire::MessageType::kCommit:
    case wire::MessageType::kEmit:
      return HandleEgress(peer, frame);
    case wire::MessageType::kSnapshot:
    case wire::MessageType::kInstant:
    case wire::MessageType::kNote:
      return HandleReport(peer, frame);
    default:
      return Nonsense(frame);
  }
}

Status GatewayServer::Greet(GatewayPeer& peer, std::string_view body) {
  // The version stands first for ever, so that builds of any age can refuse each other.
  const auto version = ByteReader(body).Fixed<std::uint32_t>();
  wire::Hello hello;
  if (version != wire::kVersion || !wire::Decode(body, hello) || hello.workers > kMaxCountedWorkers) {
    const auto refusal = fmt::format(
        "this testbed speaks version {} of the gateway protocol, the system under test version {}; build both from one "
        "commit",
        wire::kVersion, version);
    peer.socket_.Write(wire::Welcome{refusal});
    peer.socket_.Flush().Ignore();
    return MakeError(ErrorCode::kRefused, "{}", refusal);
  }
  HOLDFAST_ASSIGN(peer.page_, StatusPage::Map(peer.socket_.TakeFd()));
  peer.incarnation_ = hello.incarnation;
  peer.process_ = hello.process;
  peer.workers_ = hello.workers;
  peer.greeted_ = true;
  peer.socket_.Write(wire::Welcome{});
  handler_.OnConnected(peer);
  return {};
}

Status GatewayServer::HandleIngress(GatewayPeer& peer, const FrameSocket::Frame& frame) {
  if (frame.type == wire::MessageType::kSubscribe) {
    wire::Subscribe subscribe;
    if (!wire::Decode(frame.body, subscribe)) return Nonsense(frame);
    peer.subscriptions_[subscribe.partition].generation = subscribe.generation;
    handler_.OnSubscribe(peer, subscribe.partition, subscribe.offset);
    return {};
  }
  if (frame.type == wire::MessageType::kCredit) {
    wire::Credit credit;
    if (!wire::Decode(frame.body, credit)) return Nonsense(frame);
    auto& credits = peer.subscriptions_[credit.partition].credits;
    credits += credit.batches;
    return credits <= wire::kWindow ? Status() : Nonsense(frame);
  }
  wire::Release release;
  if (!wire::Decode(frame.body, release)) return Nonsense(frame);
  handler_.OnRelease(peer, release.partition, release.offset);
  return {};
}

Status GatewayServer::HandleEgress(GatewayPeer& peer, const FrameSocket::Frame& frame) {
  if (frame.type == wire::MessageType::kFence) {
    wire::Fence fence;
    if (!wire::Decode(frame.body, fence)) return Nonsense(frame);
    const auto position = handler_.OnFence(peer, fence.stream, {fence.world_line, fence.incarnation});
    const auto status = position.status();
    peer.socket_.Write(wire::Fenced{fence.stream, position.ok() ? *position : 0, CodeOf(status), MessageOf(status)});
    return {};
  }
  if (frame.type == wire::MessageType::kCommit) {
    wire::Commit commit;
    if (!wire::Decode(frame.body, commit)) return Nonsense(frame);
    const auto status = handler_.OnCommit(peer, commit.stream, {commit.world_line, commit.incarnation}, commit.position,
                                          commit.records.bytes);
    peer.socket_.Write(wire::Committed{commit.stream, CodeOf(status), MessageOf(status)});
    return {};
  }
  wire::Emit emit;
  if (!wire::Decode(frame.body, emit)) return Nonsense(frame);
  handler_.OnEmit(peer, emit.stream, {emit.world_line, emit.incarnation}, emit.records.bytes);
  return {};
}

Status GatewayServer::HandleReport(GatewayPeer& peer, const FrameSocket::Frame& frame) {
  if (frame.type == wire::MessageType::kSnapshot) {
    wire::Snapshot snapshot;
    if (!wire::Decode(frame.body, snapshot)) return Nonsense(frame);
    handler_.OnSnapshot(peer, {.id = SnapshotId::Unpack(snapshot.id),
                               .complete = snapshot.complete != 0,
                               .start = {snapshot.start},
                               .end = {snapshot.end},
                               .bytes = snapshot.bytes,
                               .sync_nanos = snapshot.sync_nanos,
                               .trouble = std::string(snapshot.trouble)});
    return {};
  }
  if (frame.type == wire::MessageType::kInstant) {
    wire::Instant instant;
    if (!wire::Decode(frame.body, instant)) return Nonsense(frame);
    handler_.OnInstant(peer, {static_cast<InstantReport::Kind>(instant.kind), {instant.time}, instant.snapshot});
    return {};
  }
  wire::Note note;
  if (!wire::Decode(frame.body, note)) return Nonsense(frame);
  handler_.OnNote(peer, {std::string(note.key), std::string(note.value)});
  return {};
}

}  // namespace holdfast
