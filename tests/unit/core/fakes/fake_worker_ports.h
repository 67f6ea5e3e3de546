// The world of one worker, in memory and in the hands of a test: a clock that stands still, channels that keep what was
// sent, an ingress and a sink that are lists.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/ports/async_runner.h"
#include "core/ports/channel.h"
#include "core/ports/clock.h"
#include "core/ports/egress.h"
#include "core/ports/ingress.h"
#include "core/snapshot/control.h"

namespace holdfast {

class FakeClock final : public Clock {
 public:
  SteadyTime steady{1'000'000'000};
  AppTime app{10'000};
  SteadyTime Now() const override { return steady; }
  AppTime AppNow() const override { return app; }
  void Advance(Duration duration) {
    steady = steady + duration;
    app = app + std::chrono::duration_cast<std::chrono::milliseconds>(duration);
  }
};

class FakeChannel final : public Channel {
 public:
  std::vector<std::pair<WorkerId, std::string>> frames;
  std::vector<ControlMessage> reports;  // To the coordinator.
  void Send(WorkerId to, std::string frame) override { frames.emplace_back(to, std::move(frame)); }
  void SendToCoordinator(std::string message) override { reports.push_back(DecodeControl(message).value()); }
};

// One partition.
class FakeIngress final : public Ingress {
 public:
  std::vector<std::pair<std::string, std::string>> records;  // Key and value, by offset.
  std::uint64_t next = 0;
  std::uint64_t released = 0;
  void Seek(PartitionId, std::uint64_t offset) override { next = offset == kFromReleased ? released : offset; }
  std::span<const IngressRecord> Poll(PartitionId, std::size_t max) override {
    views_.clear();
    for (; views_.size() < max && next < records.size(); ++next) {
      views_.push_back({next, 0, records[next].first, records[next].second});
    }
    return views_;
  }
  void Release(PartitionId, std::uint64_t offset) override { released = std::max(released, offset); }

 private:
  std::vector<IngressRecord> views_;
};

// Answers at once, on the stack of the call.
class FakeSink final : public EgressSink {
 public:
  std::vector<std::string> visible;  // The records' values.
  std::uint64_t committed = 0;
  // The next so many calls fail, and so many others are carried out, and their answer is lost.
  int failures = 0;
  int fenced = 0;  // Fences that are refused.
  int lost_answers = 0;
  void Fence(EgressFence, std::function<void(Result<std::uint64_t>)> done) override {
    if (failures > 0 && failures-- > 0) return done(MakeError(ErrorCode::kUnavailable, "the sink is away"));
    if (fenced > 0 && fenced-- > 0) return done(MakeError(ErrorCode::kFenced, "a newer incarnation was here"));
    done(committed);
  }
  void Commit(std::uint64_t position, EgressBytes records, Callback done) override {
    if (failures > 0 && failures-- > 0) return done(MakeError(ErrorCode::kUnavailable, "the sink is away"));
    if (lost_answers > 0 && lost_answers-- > 0) {
      return Commit(position, std::move(records),
                    [&](const Status&) { done(MakeError(ErrorCode::kUnavailable, "no answer")); });
    }
    if (position > committed) Emit(EgressPiece(records.Joined()));
    committed = std::max(committed, position);
    done({});
  }
  void Emit(EgressPiece records) override {
    std::string_view rest = records.bytes();
    EgressRecord record;
    while (TakeEgressRecord(rest, record)) visible.emplace_back(record.value);
  }
};

class FakeAsync final : public AsyncRunner {
 public:
  struct Operation {
    std::string request;
    std::function<void(Result<std::string>)> done;
  };
  std::vector<Operation> started;
  void Start(AsyncOperationId, std::string request, std::function<void(Result<std::string>)> done) override {
    started.push_back({std::move(request), std::move(done)});
  }
};

}  // namespace holdfast
