// A gateway handler that writes down what it is told, and a folder and loop to run a gateway in a test.
#pragma once

#include <stdlib.h>

#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"
#include "transports/connectors/unix/gateway_client.h"
#include "transports/connectors/unix/gateway_server.h"

namespace holdfast {

class RecordingHandler : public GatewayHandler {
 public:
  void OnConnected(GatewayPeer& connected) override { peer = &connected; }
  void OnSubscribe(GatewayPeer&, PartitionId partition, std::uint64_t offset) override {
    subscribed.emplace_back(partition, offset);
  }
  void OnRelease(GatewayPeer&, PartitionId partition, std::uint64_t offset) override {
    released.emplace_back(partition, offset);
  }
  Result<std::uint64_t> OnFence(GatewayPeer&, WorkerId, EgressFence fence) override {
    if (fence < lowest) return MakeError(ErrorCode::kFenced, "too old");
    return position;
  }
  Status OnCommit(GatewayPeer&, WorkerId stream, EgressFence, std::uint64_t at, std::string_view records) override {
    committed.push_back(fmt::format("{}@{}:{}", stream, at, records));
    return {};
  }
  void OnEmit(GatewayPeer&, WorkerId, EgressFence, std::string_view records) override { emitted += records; }
  void OnSnapshot(GatewayPeer&, const SnapshotReport& report) override { snapshots.push_back(report); }
  void OnInstant(GatewayPeer&, const InstantReport& report) override { instants.push_back(report); }
  void OnNote(GatewayPeer&, const NoteReport& report) override { notes.push_back(report); }
  void OnDisconnected(GatewayPeer&, const Error& why) override {
    peer = nullptr;
    disconnected.push_back(why);
  }

  GatewayPeer* peer = nullptr;
  std::vector<std::pair<PartitionId, std::uint64_t>> subscribed, released;
  EgressFence lowest;
  std::uint64_t position = 0;
  std::vector<std::string> committed;
  std::string emitted;
  std::vector<SnapshotReport> snapshots;
  std::vector<InstantReport> instants;
  std::vector<NoteReport> notes;
  std::vector<Error> disconnected;
};

// A worker's loop reduced to its mailbox, run by the test's thread.
class Mailbox {
 public:
  LoopHooks hooks() {
    return {.wake = [this] { ++wakes; },
            .post =
                [this](std::function<void()> work) {
                  const std::lock_guard lock(mutex_);
                  work_.push_back(std::move(work));
                }};
  }
  void RunPosted() {
    while (true) {
      std::function<void()> work;
      {
        const std::lock_guard lock(mutex_);
        if (work_.empty()) return;
        work = std::move(work_.front());
        work_.pop_front();
      }
      work();
    }
  }
  std::atomic<int> wakes{0};

 private:
  std::mutex mutex_;
  std::deque<std::function<void()>> work_;
};

}  // namespace holdfast
