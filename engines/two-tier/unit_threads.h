// The threads of a service that handle messages: each has a session of the database and function objects of its own.
// An address belongs to one of them, so its messages are handled one after the other, and while one waits for another
// attempt those behind it wait, too.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "engines/two-tier/unit_runner.h"

namespace holdfast::two_tier {

class UnitThread {
 public:
  using Done = std::function<void(Result<UnitOutcome>)>;  // Called from the thread; never with kFailed.

  explicit UnitThread(std::unique_ptr<UnitRunner> runner);
  // What is not begun yet is dropped.
  ~UnitThread();
  // From any thread.
  void Add(UnitInput input, Done done);
  // Calls `task` from the thread, when no unit is under way that began before now.
  void AfterPresentUnit(std::function<void()> task);

 private:
  struct Job {
    UnitInput input{};
    Done done{};
    std::function<void()> task{};  // In place of a unit.
  };
  void Push(Job job);
  // Messages of an address whose first one failed and will be tried again.
  struct Parked {
    std::deque<Job> jobs;
    SteadyTime due;
  };
  void Work();
  bool Next(Job& job, std::string& address, bool& again);
  void Settle(Job job, const std::string& address, bool again, Result<UnitOutcome> outcome);

  const std::unique_ptr<UnitRunner> runner_;
  std::unordered_map<std::string, Parked> parked_;  // Of the thread.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace holdfast::two_tier
