// The world around one measured worker: every port as cheap as it can be and still do its work. Records are made before
// the measurement and handed out as views; what leaves is counted; jobs run on real threads.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/ports/async_runner.h"
#include "core/ports/background.h"
#include "core/ports/clock.h"
#include "core/ports/egress.h"
#include "core/ports/ingress.h"
#include "tests/bench/support/cpu_time.h"
#include "workloads/greeter/application.h"

namespace holdfast::bench {

// What other threads post to the worker's loop.
class Mailbox {
 public:
  void Post(std::function<void()> action);
  // True if something was posted and not taken yet: one load.
  bool full() const { return full_.load(std::memory_order_acquire); }
  std::vector<std::function<void()>> Take();
  // Returns once something is there.
  void Wait();

 private:
  std::mutex mutex_;
  std::condition_variable posted_;
  std::vector<std::function<void()>> actions_;
  std::atomic<bool> full_{false};
};

// One thread per lane.
class ThreadBackground final : public Background {
 public:
  explicit ThreadBackground(Mailbox& mailbox);
  ~ThreadBackground() override;
  void Run(Lane lane, std::function<Status()> work, std::function<void(Status)> done) override;

 private:
  struct Job {
    std::function<Status()> work;
    std::function<void(Status)> done;
  };
  struct Queue {
    std::deque<Job> jobs;
    std::condition_variable changed;
  };
  void Serve(Queue& queue);

  Mailbox& mailbox_;
  std::mutex mutex_;
  bool over_ = false;
  Queue queues_[kLanes];
  std::thread threads_[kLanes];
};

// Does every job at once, on the loop: what a count of instructions needs to come out the same twice.
class InlineBackground final : public Background {
 public:
  explicit InlineBackground(Mailbox& mailbox) : mailbox_(mailbox) {}
  void Run(Lane lane, std::function<Status()> work, std::function<void(Status)> done) override;

 private:
  Mailbox& mailbox_;
};

class SystemClock final : public Clock {
 public:
  SteadyTime Now() const override { return {WallTime().count()}; }
  AppTime AppNow() const override { return {ClockTime(CLOCK_REALTIME).count() / 1'000'000}; }
};

// Ingress records made beforehand: once a first visit of every user, in the order of their numbers, then, from `loop`
// on, as many visits as the workload draws them. Rows come to lie in the order of the first, so the second meets them
// in none.
struct VisitTape {
  explicit VisitTape(const greeter::GreeterInput& input);

  std::string bytes;
  std::vector<IngressRecord> records;
  std::size_t loop = 0;
};

// The one partition of a worker: the tape, then its loop again and again.
class TapeIngress final : public Ingress {
 public:
  explicit TapeIngress(VisitTape& tape) : tape_(tape) {}
  void Seek(PartitionId partition, std::uint64_t offset) override;
  std::span<const IngressRecord> Poll(PartitionId partition, std::size_t max) override;
  void Release(PartitionId, std::uint64_t) override {}

 private:
  VisitTape& tape_;
  std::size_t place_ = 0;
  std::uint64_t next_ = 0;
};

class CountingEgress final : public EgressSink {
 public:
  explicit CountingEgress(Mailbox& mailbox) : mailbox_(mailbox) {}
  void Fence(EgressFence fence, std::function<void(Result<std::uint64_t>)> done) override;
  void Commit(std::uint64_t position, EgressBytes records, Callback done) override;
  void Emit(EgressPiece records) override { bytes_ += records.bytes().size(); }
  std::uint64_t bytes() const { return bytes_; }

 private:
  Mailbox& mailbox_;
  std::uint64_t position_ = 0;
  std::uint64_t bytes_ = 0;
};

class NoAsync final : public AsyncRunner {
 public:
  void Start(AsyncOperationId, std::string, std::function<void(Result<std::string>)>) override {}
};

}  // namespace holdfast::bench
