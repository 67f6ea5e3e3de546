// The smallest system under test: every ingress record becomes one egress record of the same key and value. Two workers
// of one partition each, on one thread.
//
//   echo-system exact CONFIG   a snapshot every 20 ms (offsets and staged output, in a file); output leaves with it
//   echo-system lossy CONFIG   the same snapshots, of offsets only: worker 0 answers a record when two more have been
//                              taken, worker 1 at once, and the offset saved for it is that of the snapshot before
//   echo-system crash CONFIG   ends by itself after 100 records
//   echo-system suicide CONFIG the same, by SIGKILL
//   echo-system farewell CONFIG   the same, but tells the testbed why, and prints nothing
//   echo-system mute CONFIG    never connects
//
// A kill switch may be armed for echo.cut, where a snapshot begins. A delay between the workers is met once, by
// something that is on its way for 500 ms.
#include <signal.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <mutex>

#include "chaos/faults/kill_switch.h"
#include "chaos/faults/trouble_page.h"
#include "core/base/bytes.h"
#include "engines/holdfast/sut_config.h"
#include "engines/holdfast/system_link.h"
#include "engines/steady_now.h"
#include "transports/connectors/unix/gateway_client.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kWorkers = 2;
constexpr Duration kInterval = 20ms;
constexpr std::uint32_t kLossyDelay = 2;  // Snapshots.
constexpr Duration kUnderWay = 500ms;

class Loop {
 public:
  LoopHooks hooks() {
    return {.wake = [this] { Post({}); }, .post = [this](std::function<void()> work) { Post(std::move(work)); }};
  }
  void RunPosted(Duration wait) {
    std::unique_lock lock(mutex_);
    posted_.wait_for(lock, wait, [this] { return !work_.empty(); });
    auto work = std::exchange(work_, {});
    lock.unlock();
    for (auto& one : work) {
      if (one) one();
    }
  }

 private:
  void Post(std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
    posted_.notify_one();
  }
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> work_;
};

struct Worker {
  Ingress* ingress = nullptr;
  EgressSink* egress = nullptr;
  std::uint64_t offset = 0;
  std::uint64_t offset_at_cut = 0;
  std::uint64_t units = 0;
  std::string staged;
  std::deque<std::pair<std::uint32_t, std::string>> delayed;  // And the snapshot after which it leaves.
};

class EchoSystem {
 public:
  EchoSystem(std::string mode, SutConfig config) : mode_(std::move(mode)), config_(std::move(config)) {}

  void Run() {
    gateway_ = GatewayClient::Connect({.socket = config_.gateway,
                                       .incarnation = config_.incarnation,
                                       .workers = kWorkers,
                                       .on_lost = [](const Error&) { ::_exit(0); }})
                   .value();
    if (!config_.kill_switch.empty()) kill_switch_ = KillSwitch::Open(config_.kill_switch).value();
    if (!config_.troubles.empty()) {
      page_ = TroublePage::Open(config_.troubles).value();
      troubles_ = page_->OfPaths();
    }
    gateway_->Report(InstantReport{InstantReport::Kind::kProcessStart, SteadyNow(), 0});
    for (std::uint16_t w = 0; w < kWorkers; ++w) {
      const auto ports = gateway_->Attach(WorkerId(w), loop_.hooks());
      workers_[w].ingress = &ports.ingress;
      workers_[w].egress = &ports.egress;
    }
    gateway_->Start();
    Restore();
    for (auto next_cut = SteadyNow() + kInterval;;) {
      loop_.RunPosted(1ms);
      for (std::uint16_t w = 0; w < kWorkers; ++w) Handle(WorkerId(w));
      if (page_) MeetTrouble();
      if (SteadyNow() < next_cut) continue;
      Cut();
      next_cut = SteadyNow() + kInterval;
    }
  }

 private:
  std::string StatePath() const { return config_.data + "/state"; }

  void Restore() {
    std::ifstream file(StatePath(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    ByteReader reader(bytes);
    if (!bytes.empty()) snapshot_ = reader.Fixed<std::uint32_t>();
    for (std::uint16_t w = 0; w < kWorkers; ++w) {
      auto& worker = workers_[w];
      worker.egress->Fence({WorldLine(config_.incarnation.value), config_.incarnation},
                           [](Result<std::uint64_t> position) { position.status().OrDie(); });
      if (!bytes.empty()) {
        worker.offset = reader.Fixed<std::uint64_t>();
        worker.egress->Commit(snapshot_, std::string(reader.Bytes()), [](Status status) { status.OrDie(); });
      }
      worker.ingress->Seek(PartitionId(w), worker.offset);
    }
    gateway_->Report(
        InstantReport{InstantReport::Kind::kRestored, SteadyNow(), SnapshotId{{}, SnapshotIndex(snapshot_)}.Packed()});
  }

  void Handle(WorkerId id) {
    auto& worker = workers_[id.value];
    const auto now = SteadyNow();
    for (const auto& record : worker.ingress->Poll(PartitionId(id.value), 1000)) {
      HOLDFAST_CHECK(record.offset == worker.offset, "offset {} instead of {}", record.offset, worker.offset);
      std::string out;
      AppendEgressRecord(out, {EgressId(1), ValueTypeId(1), record.key, record.value});
      if (mode_ == "lossy") {
        worker.delayed.emplace_back(snapshot_ + (id.value == 0 ? kLossyDelay : 0), out);
      } else {
        worker.staged += out;
      }
      ++worker.offset;
      if (++worker.units == 1) gateway_->Report(InstantReport{InstantReport::Kind::kFirstUnit, now, 0});
      if (mode_ == "suicide" && worker.units == 100) ::raise(SIGKILL);
      if (mode_ == "crash" && worker.units == 100) {
        std::cerr << "record 100 is too much for me" << std::endl;
        ::_exit(3);
      }
      if (mode_ == "farewell" && worker.units == 100) {
        gateway_->Report(NoteReport{std::string(kLastWords), "record 100 is too much for me"});
        gateway_.reset();
        ::_exit(3);
      }
    }
    gateway_->status().Set(id, Counter::kUnitsExecuted, worker.units);
    for (; !worker.delayed.empty() && worker.delayed.front().first <= snapshot_; worker.delayed.pop_front()) {
      worker.egress->Emit(EgressPiece(std::move(worker.delayed.front().second)));
    }
  }

  void MeetTrouble() {
    const auto now = SteadyNow();
    for (const auto& [ticket, order] :
         troubles_.now({TroubleEnd::Worker(WorkerId(0)), TroubleEnd::Worker(WorkerId(1))})) {
      if (met_) continue;
      met_ = {ticket, now + kUnderWay};
      troubles_.met(ticket);
      troubles_.waiting(ticket, 1);
    }
    if (!met_ || now < met_->second || std::exchange(arrived_, true)) return;
    troubles_.waiting(met_->first, -1);
  }

  void Cut() {
    const auto start = SteadyNow();
    if (kill_switch_ && kill_switch_->Strikes("echo.cut", start)) ::raise(SIGKILL);
    std::string bytes;
    AppendFixed(bytes, ++snapshot_);
    for (auto& worker : workers_) {
      const auto before = std::exchange(worker.offset_at_cut, worker.offset);
      AppendFixed(bytes, mode_ == "lossy" && &worker == &workers_[1] ? before : worker.offset);
      AppendBytes(bytes, worker.staged);
    }
    std::ofstream(StatePath() + ".new", std::ios::binary) << bytes;
    std::filesystem::rename(StatePath() + ".new", StatePath());
    for (std::uint16_t w = 0; w < kWorkers && mode_ != "lossy"; ++w) {
      workers_[w].egress->Commit(snapshot_, std::exchange(workers_[w].staged, {}),
                                 [](Status status) { status.OrDie(); });
      gateway_->status().Set(WorkerId(w), Counter::kUnitsDurable, workers_[w].units);
    }
    gateway_->Report(SnapshotReport{{{}, SnapshotIndex(snapshot_)}, true, start, SteadyNow(), bytes.size(), 0, {}});
  }

  const std::string mode_;
  const SutConfig config_;
  Loop loop_;
  std::array<Worker, kWorkers> workers_;
  std::uint32_t snapshot_ = 0;
  std::optional<KillSwitch> kill_switch_;
  std::optional<TroublePage> page_;
  PathFeed troubles_;
  std::optional<std::pair<TroubleTicket, SteadyTime>> met_;  // And when what met it arrives.
  bool arrived_ = false;
  std::unique_ptr<GatewayClient> gateway_;
};

}  // namespace
}  // namespace holdfast

int main(int, char** arguments) {
  const std::string mode = arguments[1];
  if (mode == "mute") {
    std::cerr << "I have nothing to say" << std::endl;
    ::pause();
  }
  std::ifstream file(arguments[2]);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  holdfast::EchoSystem(mode, holdfast::ParseSutConfig(text, arguments[2]).value()).Run();
}
