#include "transports/connectors/unix/gateway_client.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <array>
#include <deque>
#include <mutex>
#include <thread>

#include "transports/connectors/unix/frame_socket.h"
#include "transports/connectors/unix/worker_port.h"

namespace holdfast {

namespace {

constexpr int kGreetingMillis = 10'000;
constexpr std::size_t kSocketBacklog = 4u << 20;  // Above it, commands stay in their queues.

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};

Status StatusOf(std::uint8_t code, std::string_view message) {
  if (code == 0) return {};
  return Error{static_cast<ErrorCode>(code - 1), std::string(message)};
}

// Waits until the testbed has answered the greeting.
Status AwaitWelcome(FrameSocket& socket, const std::string& path) {
  while (true) {
    pollfd ready{socket.fd(), POLLIN, 0};
    if (::poll(&ready, 1, kGreetingMillis) == 0) {
      return MakeError(ErrorCode::kUnavailable, "the testbed at {} did not answer the greeting within {} s", path,
                       kGreetingMillis / 1000);
    }
    HOLDFAST_TRY(socket.Fill().status());
    HOLDFAST_ASSIGN(const auto frame, socket.Next());
    if (!frame) continue;
    wire::Welcome welcome;
    if (frame->type != wire::MessageType::kWelcome || !wire::Decode(frame->body, welcome)) {
      return MakeError(ErrorCode::kRefused, "whoever listens at {} is no testbed of this version", path);
    }
    if (!welcome.refusal.empty()) return MakeError(ErrorCode::kRefused, "{}: {}", path, welcome.refusal);
    return {};
  }
}

class UnixGatewayClient final : public GatewayClient {
 public:
  UnixGatewayClient(Options options, FrameSocket socket, StatusPage page)
      : options_(std::move(options)), socket_(std::move(socket)), page_(std::move(page)) {}

  ~UnixGatewayClient() override { Stop(); }

  WorkerPorts Attach(WorkerId worker, LoopHooks hooks) override {
    HOLDFAST_CHECK(!thread_.joinable(), "worker {} attaches after Start", worker);
    ports_.push_back(std::make_unique<WorkerPort>(worker, std::move(hooks), alarm_, queued_egress_, page_));
    waiting_.emplace_back();
    return {*ports_.back(), *ports_.back()};
  }

  void Start() override {
    thread_ = std::thread([this] {
      ::pthread_setname_np(::pthread_self(), "gateway");
      Run();
    });
  }

  void Stop() override {
    if (!thread_.joinable()) return;
    stop_.store(true);
    alarm_.wake().Signal();
    thread_.join();
  }

  StatusPage& status() override { return page_; }
  void Report(const SnapshotReport& report) override {
    Send(wire::Snapshot{report.id.Packed(), report.complete, report.start.nanos, report.end.nanos, report.bytes,
                        report.sync_nanos, report.trouble});
  }
  void Report(const InstantReport& report) override {
    Send(wire::Instant{static_cast<std::uint8_t>(report.kind), report.time.nanos, report.snapshot});
  }
  void Report(const NoteReport& report) override { Send(wire::Note{report.key, report.value}); }

 private:
  // Callbacks of one worker that wait for the testbed's answers, which come in order.
  struct Waiting {
    std::deque<std::function<void(Result<std::uint64_t>)>> fences;
    std::deque<EgressSink::Callback> commits;
  };

  template <class M>
  void Send(const M& report) {
    {
      const std::lock_guard lock(reports_mutex_);
      wire::AppendFrame(reports_, report);
    }
    alarm_.Ring();
  }

  void Run();
  bool DrainCommands();
  void Carry(std::size_t port, PortCommand command);
  bool ReturnCredits();
  void TookFromQueue(std::size_t bytes);
  Status Receive();
  Status Handle(const FrameSocket::Frame& frame);
  Status OnRecords(std::string_view body);
  Status OnAnswer(const FrameSocket::Frame& frame);
  std::size_t PortOf(WorkerId worker) const;
  void Lose(Error error);

  const Options options_;
  FrameSocket socket_;
  StatusPage page_;
  IoAlarm alarm_;
  std::atomic<bool> stop_{false};
  std::atomic<std::size_t> queued_egress_{0};
  std::mutex reports_mutex_;
  std::string reports_;  // Whole frames.
  std::vector<std::unique_ptr<WorkerPort>> ports_;

  // The thread's own.
  struct Source {
    IngressQueue* queue;
    std::size_t port;
  };
  std::vector<Waiting> waiting_;  // Beside ports_.
  std::map<PartitionId, Source> sources_;
  std::vector<bool> to_wake_;
  std::optional<Error> lost_;
  std::thread thread_;
};

void UnixGatewayClient::Run() {
  to_wake_.assign(ports_.size(), false);
  while (!stop_.load(std::memory_order_relaxed)) {
    bool busy = DrainCommands();
    if (!busy) {
      alarm_.FallAsleep();
      busy = DrainCommands();
    }
    if (auto status = socket_.Flush(); !status.ok()) Lose(status.error());
    const short events = static_cast<short>(POLLIN | (socket_.unsent() > 0 ? POLLOUT : 0));
    std::array<pollfd, 2> ready{{{alarm_.wake().fd(), POLLIN, 0}, {socket_.fd(), events, 0}}};
    (void)::poll(ready.data(), ready.size(), busy ? 0 : -1);
    alarm_.WakeUp();
    if (ready[0].revents != 0) alarm_.wake().Clear();
    if ((ready[1].revents & ~POLLOUT) == 0) continue;
    if (auto status = Receive(); !status.ok()) Lose(status.error());
  }
  DrainCommands();
  socket_.Flush().Ignore();  // Who cannot be told any more need not know.
}

bool UnixGatewayClient::DrainCommands() {
  bool any = ReturnCredits();
  if (socket_.unsent() > kSocketBacklog) return any;
  for (std::size_t port = 0; port < ports_.size(); ++port) {
    while (auto command = ports_[port]->NextCommand()) {
      Carry(port, std::move(*command));
      any = true;
    }
  }
  const std::lock_guard lock(reports_mutex_);
  if (!reports_.empty()) {
    socket_.WriteFrames(reports_);
    reports_.clear();
    any = true;
  }
  return any;
}

void UnixGatewayClient::Carry(std::size_t port, PortCommand command) {
  const auto stream = ports_[port]->worker();
  std::visit(
      Overloaded{
          [](std::monostate) {},
          [&](SubscribeCommand& subscribe) {
            sources_[subscribe.queue->partition] = {subscribe.queue, port};
            socket_.Write(wire::Subscribe{subscribe.queue->partition, subscribe.generation, subscribe.offset});
          },
          [&](ReleaseCommand& release) {
            socket_.Write(wire::Release{release.partition, release.offset});
          },
          [&](FenceCommand& fence) {
            socket_.Write(wire::Fence{stream, fence.fence.world_line, fence.fence.incarnation});
            waiting_[port].fences.push_back(std::move(fence.done));
          },
          [&](CommitCommand& commit) {
            socket_.Write(wire::Commit{
                stream, commit.fence.world_line, commit.fence.incarnation, commit.position, {commit.records.Joined()}});
            waiting_[port].commits.push_back(std::move(commit.done));
            TookFromQueue(commit.records.size());
          },
          [&](EmitCommand& emit) {
            socket_.Write(wire::Emit{stream, emit.fence.world_line, emit.fence.incarnation, {emit.records.bytes()}});
            TookFromQueue(emit.records.bytes().size());
          },
      },
      command);
  if (lost_) Lose(*lost_);
}

void UnixGatewayClient::TookFromQueue(std::size_t bytes) {
  const auto before = queued_egress_.fetch_sub(bytes, std::memory_order_relaxed);
  if (before <= kMaxUnsentEgress || before - bytes > kMaxUnsentEgress) return;
  for (const auto& port : ports_) port->hooks().wake();
}

bool UnixGatewayClient::ReturnCredits() {
  bool any = false;
  for (auto& [partition, source] : sources_) {
    const auto credits = source.queue->batches.given_back() - source.queue->credited;
    if (credits < wire::kWindow / 4) continue;
    socket_.Write(wire::Credit{partition, static_cast<std::uint32_t>(credits)});
    source.queue->credited += credits;
    any = true;
  }
  return any;
}

Status UnixGatewayClient::Receive() {
  HOLDFAST_TRY(socket_.Fill().status());
  while (true) {
    HOLDFAST_ASSIGN(const auto frame, socket_.Next());
    if (!frame) break;
    HOLDFAST_TRY(Handle(*frame));
  }
  for (std::size_t port = 0; port < ports_.size(); ++port) {
    if (!to_wake_[port]) continue;
    to_wake_[port] = false;
    ports_[port]->hooks().wake();
  }
  return {};
}

Status UnixGatewayClient::Handle(const FrameSocket::Frame& frame) {
  switch (frame.type) {
    case wire::MessageType::kRecords:
      return OnRecords(frame.body);
    case wire::MessageType::kFenced:
    case wire::MessageType::kCommitted:
      return OnAnswer(frame);
    default:
      return MakeError(ErrorCode::kDataLoss, "the testbed sent a frame of unknown type {}",
                       static_cast<std::uint32_t>(frame.type));
  }
}

Status UnixGatewayClient::OnRecords(std::string_view body) {
  wire::Records records;
  const auto damaged = [&] {
    return MakeError(ErrorCode::kDataLoss, "the testbed sent records that nobody can take, for partition {}",
                     records.partition);
  };
  if (!wire::Decode(body, records)) return damaged();
  const auto source = sources_.find(records.partition);
  if (source == sources_.end()) return damaged();
  auto* const batch = source->second.queue->batches.Back();
  if (batch == nullptr) return damaged();
  batch->generation = records.generation;
  batch->first = records.first;
  batch->count = records.count;
  batch->records.assign(records.records.bytes);
  source->second.queue->batches.Publish();
  to_wake_[source->second.port] = true;
  return {};
}

Status UnixGatewayClient::OnAnswer(const FrameSocket::Frame& frame) {
  const auto nonsense = MakeError(ErrorCode::kDataLoss, "the testbed answered what was not asked");
  if (frame.type == wire::MessageType::kFenced) {
    wire::Fenced fenced;
    if (!wire::Decode(frame.body, fenced)) return nonsense;
    const auto port = PortOf(fenced.stream);
    if (port == ports_.size() || waiting_[port].fences.empty()) return nonsense;
    Result<std::uint64_t> result = fenced.position;
    if (auto status = StatusOf(fenced.code, fenced.message); !status.ok()) result = status.error();
    ports_[port]->hooks().post([done = std::move(waiting_[port].fences.front()), result] { done(result); });
    waiting_[port].fences.pop_front();
    return {};
  }
  wire::Committed committed;
  if (!wire::Decode(frame.body, committed)) return nonsense;
  const auto port = PortOf(committed.stream);
  if (port == ports_.size() || waiting_[port].commits.empty()) return nonsense;
  ports_[port]->hooks().post([done = std::move(waiting_[port].commits.front()),
                              status = StatusOf(committed.code, committed.message)] { done(status); });
  waiting_[port].commits.pop_front();
  return {};
}

std::size_t UnixGatewayClient::PortOf(WorkerId worker) const {
  std::size_t port = 0;
  while (port < ports_.size() && ports_[port]->worker() != worker) ++port;
  return port;
}

// Answers everything that waits; what comes later is answered the same way. That the testbed has gone is told first:
// what the workers make of their answers only follows from it.
void UnixGatewayClient::Lose(Error error) {
  const bool first = !lost_;
  lost_ = error;
  socket_.Close();
  if (first && options_.on_lost) options_.on_lost(error);
  for (std::size_t port = 0; port < ports_.size(); ++port) {
    const auto& post = ports_[port]->hooks().post;
    for (auto& done : waiting_[port].fences) post([done = std::move(done), error] { done(error); });
    for (auto& done : waiting_[port].commits) post([done = std::move(done), error] { done(error); });
    waiting_[port] = {};
  }
}

}  // namespace

Result<std::unique_ptr<GatewayClient>> GatewayClient::Connect(Options options) {
  HOLDFAST_CHECK(options.workers <= kMaxCountedWorkers, "{} workers", options.workers);
  HOLDFAST_ASSIGN(auto fd, ConnectUnix(options.socket));
  HOLDFAST_ASSIGN(auto page, StatusPage::Create());
  FrameSocket socket(std::move(fd));
  std::string hello;
  wire::AppendFrame(
      hello, wire::Hello{wire::kVersion, options.incarnation, static_cast<std::uint32_t>(::getpid()), options.workers});
  HOLDFAST_TRY(socket.SendWithFd(hello, page.fd()));
  HOLDFAST_TRY(AwaitWelcome(socket, options.socket));
  return std::unique_ptr<GatewayClient>(
      std::make_unique<UnixGatewayClient>(std::move(options), std::move(socket), std::move(page)));
}

}  // namespace holdfast
