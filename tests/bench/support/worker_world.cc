#include "tests/bench/support/worker_world.h"

#include <utility>

#include "workloads/greeter/messages.h"

namespace holdfast::bench {

void Mailbox::Post(std::function<void()> action) {
  const std::lock_guard lock(mutex_);
  actions_.push_back(std::move(action));
  full_.store(true, std::memory_order_release);
  posted_.notify_one();
}

std::vector<std::function<void()>> Mailbox::Take() {
  const std::lock_guard lock(mutex_);
  full_.store(false, std::memory_order_relaxed);
  return std::exchange(actions_, {});
}

void Mailbox::Wait() {
  std::unique_lock lock(mutex_);
  posted_.wait(lock, [this] { return !actions_.empty(); });
}

ThreadBackground::ThreadBackground(Mailbox& mailbox) : mailbox_(mailbox) {
  for (std::size_t lane = 0; lane < kLanes; ++lane)
    threads_[lane] = std::thread([this, lane] { Serve(queues_[lane]); });
}

ThreadBackground::~ThreadBackground() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  for (auto& queue : queues_) queue.changed.notify_one();
  for (auto& thread : threads_) thread.join();
}

void ThreadBackground::Run(Lane lane, std::function<Status()> work, std::function<void(Status)> done) {
  auto& queue = queues_[static_cast<std::size_t>(lane)];
  const std::lock_guard lock(mutex_);
  queue.jobs.push_back({std::move(work), std::move(done)});
  queue.changed.notify_one();
}

void ThreadBackground::Serve(Queue& queue) {
  for (std::unique_lock lock(mutex_);;) {
    queue.changed.wait(lock, [&] { return over_ || !queue.jobs.empty(); });
    if (queue.jobs.empty()) return;
    auto job = std::move(queue.jobs.front());
    queue.jobs.pop_front();
    lock.unlock();
    auto status = job.work();
    job.work = nullptr;  // What it holds goes here, not on the loop.
    mailbox_.Post([done = std::move(job.done), status = std::move(status)] { done(status); });
    lock.lock();
  }
}

void InlineBackground::Run(Lane, std::function<Status()> work, std::function<void(Status)> done) {
  mailbox_.Post([done = std::move(done), status = work()] { done(status); });
}

VisitTape::VisitTape(const greeter::GreeterInput& input) {
  const auto users = input.options().users;
  std::vector<std::size_t> ends;  // Of keys and values, in turn.
  const auto add = [&](const InputRecord& record) {
    bytes.append(record.key);
    ends.push_back(bytes.size());
    bytes.append(record.value);
    ends.push_back(bytes.size());
  };
  InputRecord record;
  for (std::uint64_t user = 0; user < users; ++user) {
    record.key = input.UserId(user);
    record.value.clear();
    Codec<greeter::Visit>::Encode({0, user, record.key, input.AddressId(input.AddressOf(user)), {}}, record.value);
    add(record);
  }
  for (std::uint64_t offset = 0; offset < users; ++offset) {
    input.Record(PartitionId(0), offset, record);
    add(record);
  }
  const std::string_view all(bytes);
  for (std::size_t i = 0, begin = 0; i < ends.size(); begin = ends[i + 1], i += 2) {
    records.push_back({0, 0, all.substr(begin, ends[i] - begin), all.substr(ends[i], ends[i + 1] - ends[i])});
  }
  loop = users;
}

void TapeIngress::Seek(PartitionId, std::uint64_t offset) {
  next_ = offset == kFromReleased ? 0 : offset;
  HOLDFAST_CHECK(next_ == 0, "the tape is played once, from its beginning, not from {}", next_);
}

std::span<const IngressRecord> TapeIngress::Poll(PartitionId, std::size_t max) {
  const auto some = std::span(tape_.records).subspan(place_, std::min(max, tape_.records.size() - place_));
  for (auto& record : some) record.offset = next_++;
  place_ += some.size();
  if (place_ == tape_.records.size()) place_ = tape_.loop;
  return some;
}

void CountingEgress::Fence(EgressFence, std::function<void(Result<std::uint64_t>)> done) {
  mailbox_.Post([this, done = std::move(done)] { done(position_); });
}

void CountingEgress::Commit(std::uint64_t position, EgressBytes records, Callback done) {
  HOLDFAST_CHECK(position > position_, "a commit of {} after {}", position, position_);
  position_ = position;
  bytes_ += records.size();
  mailbox_.Post([done = std::move(done)] { done({}); });
}

}  // namespace holdfast::bench
