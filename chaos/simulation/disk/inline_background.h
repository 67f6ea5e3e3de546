// Background work on the caller's own thread, when told: the loop, the worker thread and the post between them in one
// object, for tests and small simulations. Work runs in the order given; so do the answers.
#pragma once

#include <deque>
#include <functional>
#include <utility>

#include "core/ports/background.h"

namespace holdfast {

class InlineBackground final : public Background {
 public:
  void Run(Lane, std::function<Status()> work, std::function<void(Status)> done) override {
    jobs_.push_back({std::move(work), std::move(done)});
  }

  bool idle() const { return jobs_.empty(); }
  // Runs the oldest job and its answer; false if there is none. If the work throws, its answer never comes.
  bool RunOne() {
    if (jobs_.empty()) return false;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    job.done(job.work());
    return true;
  }
  // Runs until nothing is left, also what the answers start.
  void RunAll() {
    while (RunOne()) {
    }
  }
  // The process dies: what has not run never will.
  void Drop() { jobs_.clear(); }

 private:
  struct Job {
    std::function<Status()> work;
    std::function<void(Status)> done;
  };
  std::deque<Job> jobs_;
};

}  // namespace holdfast
