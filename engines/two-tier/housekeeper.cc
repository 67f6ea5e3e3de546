#include "engines/two-tier/housekeeper.h"

#include <algorithm>

#include "engines/steady_now.h"

namespace holdfast::two_tier {

namespace {

using namespace std::chrono_literals;

constexpr Duration kSearchInterval = 1s;
constexpr Duration kSweepInterval = 1s;
constexpr std::size_t kMostRows = 1000;
constexpr std::size_t kAllRows = 1'000'000;

AppTime ApplicationTime() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

}  // namespace

Housekeeper::Housekeeper(Options options, std::unique_ptr<DatabaseSession> session, Listener listener)
    : options_(options),
      session_(std::move(session)),
      listener_(std::move(listener)),
      next_sweep_(SteadyNow() + kSweepInterval),
      thread_([this] { Work(); }) {}

Housekeeper::~Housekeeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Housekeeper::Delivered(MessageId id) {
  const std::lock_guard lock(mutex_);
  wishes_.delivered.push_back(id);
}

void Housekeeper::EgressWaits() {
  {
    const std::lock_guard lock(mutex_);
    wishes_.egress = true;
  }
  changed_.notify_one();
}

void Housekeeper::EgressAcknowledged(std::uint64_t position) {
  {
    const std::lock_guard lock(mutex_);
    acknowledged_ = position;
    wishes_.egress = true;
  }
  changed_.notify_one();
}

void Housekeeper::Search(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  wishes_.search = number;
  wishes_.egress = true;
}

void Housekeeper::Work() {
  const auto wanted = [this] { return stopping_ || (wishes_.egress && acknowledged_); };
  for (;;) {
    Wishes wishes;
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, options_.poll, wanted);
      if (stopping_) return;
      std::swap(wishes, wishes_);
    }
    const auto status = Tidy(wishes);
    if (status.ok()) continue;
    if (status.error().code != ErrorCode::kUnavailable) return listener_.failed(status.error());
    const std::lock_guard lock(mutex_);  // All once more.
    wishes_.delivered.insert(wishes_.delivered.end(), wishes.delivered.begin(), wishes.delivered.end());
    wishes_.egress |= wishes.egress;
    wishes_.search = std::max({wishes_.search, wishes.search, kFirstSearch});
    if (stopping_) return;
  }
}

Status Housekeeper::Tidy(Wishes& wishes) {
  if (wishes.egress) HOLDFAST_TRY(MoveEgress());
  if (!wishes.delivered.empty()) {
    HOLDFAST_TRY(session_->DeleteOutbox(wishes.delivered));
    listener_.deleted(std::move(wishes.delivered));
    wishes.delivered.clear();
  }
  HOLDFAST_TRY(FindRows(wishes.search));
  return SweepNowAndThen();
}

Status Housekeeper::MoveEgress() {
  std::optional<std::uint64_t> acknowledged;
  {
    const std::lock_guard lock(mutex_);
    acknowledged = acknowledged_;
  }
  if (!acknowledged) return {};  // The acknowledgement will ask again.
  HOLDFAST_ASSIGN(auto batch, session_->NextEgress(options_.owner, *acknowledged));
  if (batch.records.empty()) return {};
  {
    const std::lock_guard lock(mutex_);
    acknowledged_.reset();
  }
  listener_.egress(std::move(batch));
  return {};
}

Status Housekeeper::FindRows(std::uint64_t search) {
  const auto now = ApplicationTime();
  HOLDFAST_ASSIGN(auto due, session_->ReadOutbox(options_.owner, true, now, kMostRows));
  if (!due.empty()) listener_.found(std::move(due));
  if (!options_.outbox || (search == 0 && SteadyNow() < next_search_)) return {};
  const auto most = search == 0 ? kMostRows : kAllRows;
  HOLDFAST_ASSIGN(auto left, session_->ReadOutbox(options_.owner, false, now, most));
  if (!left.empty()) listener_.found(std::move(left));
  if (search != 0) listener_.searched(search);
  next_search_ = SteadyNow() + kSearchInterval;
  return {};
}

Status Housekeeper::SweepNowAndThen() {
  if (options_.owner != 0 || SteadyNow() < next_sweep_) return {};
  HOLDFAST_TRY(session_->Sweep(ApplicationTime()));
  next_sweep_ = SteadyNow() + kSweepInterval;
  return {};
}

}  // namespace holdfast::two_tier
