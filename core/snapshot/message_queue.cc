#include "core/snapshot/message_queue.h"

#include <algorithm>
#include <cstring>

#include "core/base/check.h"
#include "core/model/envelope.h"

namespace holdfast {
namespace {

constexpr std::size_t kBufferBytes = 64 << 10;

}  // namespace

// Append-only: bytes below `used` never change, so frozen runs may be read while the loop writes behind them.
struct MessageQueue::Buffer {
  explicit Buffer(std::size_t size) : data(new char[size]), capacity(size) {}
  std::unique_ptr<char[]> data;
  std::size_t capacity;
  std::size_t used = 0;
};

void MessageQueue::PushRun(MessageRun run) {
  if (run.count == 0) return;
  messages_ += run.count;
  bytes_ += run.envelopes.size();
  runs_.push_back(std::move(run));
}

void MessageQueue::PushLocal(std::string_view envelope) {
  if (!open_ || open_->capacity - open_->used < envelope.size()) {
    open_ = std::make_shared<Buffer>(std::max(kBufferBytes, envelope.size()));
  }
  char* to = open_->data.get() + open_->used;
  std::memcpy(to, envelope.data(), envelope.size());
  open_->used += envelope.size();
  ++messages_;
  bytes_ += envelope.size();
  if (!runs_.empty()) {
    auto& last = runs_.back();
    const bool continues = last.keeper == open_ && last.envelopes.data() + last.envelopes.size() == to;
    if (continues) {
      last.envelopes = {last.envelopes.data(), last.envelopes.size() + envelope.size()};
      ++last.count;
      return;
    }
  }
  runs_.push_back({open_, {to, envelope.size()}, {self_, Lane::kFunction, 0}, 1});
}

std::string_view MessageQueue::Front(MessageSource& source) const {
  HOLDFAST_CHECK(!empty(), "Front of an empty queue");
  const auto& run = runs_.front();
  source = run.first;
  return run.envelopes.substr(0, EnvelopeSize(run.envelopes));
}

void MessageQueue::Pop() {
  HOLDFAST_CHECK(!empty(), "Pop of an empty queue");
  auto& run = runs_.front();
  const auto size = EnvelopeSize(run.envelopes);
  run.envelopes.remove_prefix(size);
  bytes_ -= size;
  --messages_;
  if (peeked_ > 0) --peeked_;
  if (run.first.worker != self_) ++run.first.sequence;
  if (--run.count > 0) return;
  runs_.pop_front();
  if (peek_run_ > 0) --peek_run_;
}

std::string_view MessageQueue::Peek() {
  if (peeked_ == messages_) return {};
  if (peeked_ == 0) {
    peek_run_ = 0;
    peek_at_ = runs_.front().envelopes.data();
  }
  if (peek_at_ == runs_[peek_run_].envelopes.data() + runs_[peek_run_].envelopes.size()) {
    peek_at_ = runs_[++peek_run_].envelopes.data();
  }
  const auto& run = runs_[peek_run_].envelopes;
  const auto rest = run.substr(static_cast<std::size_t>(peek_at_ - run.data()));
  const auto size = EnvelopeSize(rest);
  peek_at_ += size;
  ++peeked_;
  return rest.substr(0, size);
}

// Splits the run in which the first `bytes` bytes end, so that they end with a run; returns how many runs they are.
std::size_t MessageQueue::CutBehind(std::uint64_t bytes) {
  std::uint64_t before = 0;
  std::size_t runs = 0;
  for (; runs < runs_.size() && before < bytes; ++runs) {
    auto rest = runs_[runs];
    while (rest.count > 0 && before < bytes) {
      const auto size = EnvelopeSize(rest.envelopes);
      before += size;
      rest.envelopes.remove_prefix(size);
      --rest.count;
      if (rest.first.worker != self_) ++rest.first.sequence;
    }
    if (rest.count == 0) continue;
    auto& run = runs_[runs];
    run.envelopes.remove_suffix(rest.envelopes.size());
    run.count -= rest.count;
    runs_.insert(runs_.begin() + static_cast<std::ptrdiff_t>(runs) + 1, std::move(rest));
  }
  return runs;
}

std::vector<MessageRun> MessageQueue::TakeRuns(std::size_t begin, std::size_t end) {
  const auto from = runs_.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto to = runs_.begin() + static_cast<std::ptrdiff_t>(end);
  std::vector<MessageRun> taken(std::make_move_iterator(from), std::make_move_iterator(to));
  runs_.erase(from, to);
  for (const auto& run : taken) {
    messages_ -= run.count;
    bytes_ -= run.envelopes.size();
  }
  peeked_ = 0;
  return taken;
}

std::vector<MessageRun> MessageQueue::Take(std::uint64_t bytes) { return TakeRuns(0, CutBehind(bytes)); }

std::vector<MessageRun> MessageQueue::SplitOff(std::uint64_t keep) {
  const auto kept = CutBehind(keep);
  return TakeRuns(kept, runs_.size());
}

void MessageQueue::Clear() {
  runs_.clear();
  open_.reset();
  messages_ = 0;
  bytes_ = 0;
  peeked_ = 0;
}

}  // namespace holdfast
