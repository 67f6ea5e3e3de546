#include "engines/two-tier/unit_threads.h"

#include <algorithm>

#include "engines/steady_now.h"

namespace holdfast::two_tier {

namespace {

using namespace std::chrono_literals;

std::string AddressOf(std::string_view envelope) {
  EnvelopeView message;
  TakeEnvelope(envelope, message);
  return fmt::format("{}/{}", message.target.type, message.target.id);
}

AppTime ApplicationNow() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

}  // namespace

UnitThread::UnitThread(std::unique_ptr<UnitRunner> runner) : runner_(std::move(runner)), thread_([this] { Work(); }) {}

UnitThread::~UnitThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void UnitThread::Add(UnitInput input, Done done) { Push({.input = std::move(input), .done = std::move(done)}); }

void UnitThread::AfterPresentUnit(std::function<void()> task) { Push({.task = std::move(task)}); }

void UnitThread::Push(Job job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
}

void UnitThread::Work() {
  Job job;
  std::string address;
  for (bool again = false; Next(job, address, again);) {
    auto outcome = runner_->Run(job.input, ApplicationNow());
    Settle(std::move(job), address, again, std::move(outcome));
  }
}

// A message that is to be tried again comes first.
bool UnitThread::Next(Job& job, std::string& address, bool& again) {
  const auto sooner = [](const auto& a, const auto& b) { return a.second.due < b.second.due; };
  for (;;) {
    const auto first = std::min_element(parked_.begin(), parked_.end(), sooner);
    again = first != parked_.end() && first->second.due <= SteadyNow();
    if (again) {
      job = std::move(first->second.jobs.front());
      first->second.jobs.pop_front();
      address = first->first;
      return true;
    }
    std::unique_lock lock(mutex_);
    const auto ready = [this] { return stopping_ || !jobs_.empty(); };
    if (first == parked_.end()) {
      changed_.wait(lock, ready);
    } else if (!changed_.wait_for(lock, first->second.due - SteadyNow(), ready)) {
      continue;
    }
    if (stopping_) return false;
    job = std::move(jobs_.front());
    jobs_.pop_front();
    if (job.task) {
      lock.unlock();
      job.task();
      continue;
    }
    address = AddressOf(job.input.envelope);
    const auto parked = parked_.find(address);
    if (parked == parked_.end()) return true;
    parked->second.jobs.push_back(std::move(job));
  }
}

void UnitThread::Settle(Job job, const std::string& address, bool again, Result<UnitOutcome> outcome) {
  const bool failed = outcome.ok() && outcome->kind == UnitOutcome::Kind::kFailed;
  if (failed) {
    auto& parked = parked_[address];
    parked.jobs.push_front(std::move(job));
    parked.due = SteadyNow() + outcome->retry_after;
    return;
  }
  if (again) {
    auto& parked = parked_.at(address);
    parked.due = SteadyNow();
    if (parked.jobs.empty()) parked_.erase(address);
  }
  job.done(std::move(outcome));
}

}  // namespace holdfast::two_tier
