// Worker: what it holds and what it waits for, for people who find it stuck.
#include <algorithm>

#include "core/runtime/worker.h"

namespace holdfast {

// What would be handled next, and when.
std::string Worker::DescribeNext() const {
  std::string text;
  if (queue_.ready() > 0) {
    MessageSource source;
    auto bytes = queue_.Front(source);
    EnvelopeView next;
    if (TakeEnvelope(bytes, next)) {
      const auto& functions = application_->functions();
      const auto known = next.target.type.value < functions.size();
      text += fmt::format("; next is a message to {} '{}'", known ? functions[next.target.type.value].name : "nobody",
                          next.target.id);
    }
  }
  if (const auto next = delayed_.Next(); next && delayed_.pending() > 0) {
    const auto left = (next->due - ports_.clock.AppNow()).count();
    text += left > 0 ? fmt::format("; the next delayed message is due in {} ms", left)
                     : fmt::format("; a delayed message is {} ms overdue", -left);
  }
  return text;
}

std::string Worker::Describe() const {
  static constexpr std::string_view kPhases[] = {"booting", "restored", "running", "stopped"};
  auto text = fmt::format(
      "worker {} {}{}: world-line {}, incarnation {}, {} queued, {} addresses waiting for a retry, {} delayed, {} "
      "operations",
      options_.self, kPhases[static_cast<int>(phase_)], paused_ ? " (paused)" : "", world_line_, incarnation_,
      queue_.messages(), parking_.addresses(), delayed_.pending(), async_pending_);
  text += DescribeNext();
  if (queue_.ready() < queue_.messages())
    text += fmt::format("; {} queued messages spilled", queue_.messages() - queue_.ready());
  if (awaiting_marks_)
    text += fmt::format("; cut {} waits for {}", *awaiting_marks_, inbox_.WhatIsMissing(*awaiting_marks_));
  if (log_ && log_durable_ < log_->tail()) text += fmt::format("; log durable to {} of {}", log_durable_, log_->tail());
  if (gate_.bytes() > 0) text += fmt::format("; {} bytes of output held back", gate_.bytes());
  if (outbox_.retained_bytes() > 0) text += fmt::format("; {} bytes kept for peers", outbox_.retained_bytes());
  if (std::find(pressed_.begin(), pressed_.end(), true) != pressed_.end()) text += "; held back by a peer";
  if (restore_failures_ > 0)
    text += fmt::format("; failed {} times in a row, the last: {}", restore_failures_, trouble_);
  if (sink_failures_ > 0)
    text += fmt::format("; the sink failed {} times in a row, the last: {}", sink_failures_, trouble_);
  if (!reason_.empty()) text += "; " + reason_;
  return text;
}

}  // namespace holdfast
