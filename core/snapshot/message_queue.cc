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
  if (run.first.worker != self_) ++run.first.sequence;
  if (--run.count == 0) runs_.pop_front();
}

void MessageQueue::Clear() {
  runs_.clear();
  open_.reset();
  messages_ = 0;
  bytes_ = 0;
}

}  // namespace holdfast
