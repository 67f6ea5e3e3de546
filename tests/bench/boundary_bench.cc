// How many records a second can cross a process boundary and be answered, if nobody does anything with them?
//
// Two floors under figure (b). RawSocket: two threads move the bytes of records and answers through a socket pair, and
// look at none of them. GatewayEcho: the gateway as it is, frames, checksums, windows and queues, but behind it a loop
// that answers each record with its own bytes. Surprising would be: an echo below four million records a second, or
// less than a tenth of the raw socket's.
#include <benchmark/benchmark.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>

#include "tests/support/temporary_folder.h"
#include "transports/connectors/unix/gateway_client.h"
#include "transports/connectors/unix/gateway_server.h"
#include "workloads/greeter/application.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;

// A batch of visits as the generator sends it.
struct Batch {
  Batch() {
    const greeter::GreeterInput input(1, {});
    InputRecord record;
    for (; bytes.size() < wire::kBatchBytes; ++count) {
      input.Record(PartitionId(0), count, record);
      AppendIngressRecord(bytes, 0, record.key, record.value);
    }
  }
  std::string bytes;
  std::uint32_t count = 0;
};

// Answers as many bytes as it reads until the other end closes.
void EchoBytes(int fd) {
  std::string buffer(wire::kBatchBytes, '\0');
  for (ssize_t size = 0; (size = ::read(fd, buffer.data(), buffer.size())) > 0;) {
    for (ssize_t sent = 0; sent < size;) {
      const auto n = ::write(fd, buffer.data() + sent, static_cast<std::size_t>(size - sent));
      if (n <= 0) return;
      sent += n;
    }
  }
}

void BM_RawSocket(benchmark::State& state) {
  const Batch batch;
  std::array<int, 2> ends{};
  HOLDFAST_CHECK(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0, "socketpair");
  std::thread echo([fd = ends[1]] { EchoBytes(fd); });
  std::string answers(wire::kBatchBytes * 2, '\0');
  for (auto _ : state) {
    std::size_t sent = 0, received = 0;
    while (received < batch.bytes.size()) {
      const short events = static_cast<short>(POLLIN | (sent < batch.bytes.size() ? POLLOUT : 0));
      pollfd ready{ends[0], events, 0};
      ::poll(&ready, 1, -1);
      if ((ready.revents & POLLOUT) != 0) {
        const auto n = ::send(ends[0], batch.bytes.data() + sent, batch.bytes.size() - sent, MSG_DONTWAIT);
        sent += n > 0 ? static_cast<std::size_t>(n) : 0;
      }
      if ((ready.revents & POLLIN) != 0) {
        const auto n = ::read(ends[0], answers.data(), answers.size());
        received += n > 0 ? static_cast<std::size_t>(n) : 0;
      }
    }
  }
  ::shutdown(ends[0], SHUT_RDWR);
  echo.join();
  for (const int end : ends) ::close(end);
  state.SetItemsProcessed(state.iterations() * batch.count);
}
BENCHMARK(BM_RawSocket)->UseRealTime();

// Sends as long as there is credit, and counts what comes back.
class Testbed final : public GatewayHandler {
 public:
  explicit Testbed(const std::string& path) { server_.Listen(path).OrDie(); }

  std::uint64_t answered() const { return answered_; }
  void Turn() {
    while (subscribed_ && peer_->CanSend(PartitionId(0))) {
      peer_->Send(PartitionId(0), next_, batch_.count, batch_.bytes);
      next_ += batch_.count;
    }
    server_.Poll(1ms);
  }

  void OnConnected(GatewayPeer& peer) override { peer_ = &peer; }
  void OnSubscribe(GatewayPeer&, PartitionId, std::uint64_t) override { subscribed_ = true; }
  void OnRelease(GatewayPeer&, PartitionId, std::uint64_t) override {}
  Result<std::uint64_t> OnFence(GatewayPeer&, WorkerId, EgressFence) override { return std::uint64_t{0}; }
  Status OnCommit(GatewayPeer&, WorkerId, EgressFence, std::uint64_t, std::string_view) override { return {}; }
  void OnEmit(GatewayPeer&, WorkerId, EgressFence, std::string_view records) override {
    for (EgressRecord record; TakeEgressRecord(records, record);) ++answered_;
  }
  void OnSnapshot(GatewayPeer&, const SnapshotReport&) override {}
  void OnInstant(GatewayPeer&, const InstantReport&) override {}
  void OnNote(GatewayPeer&, const NoteReport&) override {}
  void OnDisconnected(GatewayPeer&, const Error&) override { subscribed_ = false; }

 private:
  const Batch batch_;
  GatewayServer server_{*this};
  GatewayPeer* peer_ = nullptr;
  bool subscribed_ = false;
  std::uint64_t next_ = 0, answered_ = 0;
};

// A system that only answers.
class Echo {
 public:
  explicit Echo(const std::string& path) : thread_([this, path] { Run(path); }) {}
  ~Echo() {
    stop_ = true;
    changed_.notify_one();
    thread_.join();
  }

 private:
  void Run(const std::string& path) {
    auto gateway = GatewayClient::Connect({path, Incarnation(1), 1, [](const Error&) {}}).value();
    const auto wake = [this] {
      const std::lock_guard lock(mutex_);
      woken_ = true;
      changed_.notify_one();
    };
    const auto ports = gateway->Attach(WorkerId(0), {wake, [](const std::function<void()>&) {}});
    gateway->Start();
    ports.ingress.Seek(PartitionId(0), 0);
    while (!stop_) {
      const auto records = ports.ingress.Poll(PartitionId(0), 1000);
      if (records.empty()) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 1ms, [this] { return std::exchange(woken_, false) || stop_; });
        continue;
      }
      std::string answers;
      for (const auto& record : records) {
        AppendEgressRecord(answers, {EgressId(1), ValueTypeId(1), record.key, record.value});
      }
      ports.egress.Emit(EgressPiece(std::move(answers)));
    }
  }

  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  std::thread thread_;
};

void BM_GatewayEcho(benchmark::State& state) {
  constexpr std::uint64_t kRecords = 10'000;
  const TemporaryFolder folder;
  Testbed testbed(folder / "gateway.sock");
  const Echo echo(folder / "gateway.sock");
  while (testbed.answered() < kRecords) testbed.Turn();
  const auto before = testbed.answered();
  std::uint64_t wanted = before;
  for (auto _ : state) {
    for (wanted += kRecords; testbed.answered() < wanted;) testbed.Turn();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(testbed.answered() - before));
}
BENCHMARK(BM_GatewayEcho)->UseRealTime();

}  // namespace
}  // namespace holdfast
