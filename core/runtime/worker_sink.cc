// Worker: the sink cannot be reached for a while, or its answer is lost. Nothing needs to be undone: what was released
// stays in the gate until the sink says that it has it. So the worker goes on, asks now and then, and commits the rest.
#include <algorithm>

#include "core/runtime/worker.h"

namespace holdfast {

void Worker::SinkRefused(const Error& error) {
  if (phase_ == Phase::kStopped || restore_at_) return;  // A restore asks the sink anyway.
  if (error.code != ErrorCode::kUnavailable) return Stop(error.message);
  if (++sink_failures_ > options_.max_restore_failures) {
    return Stop(
        fmt::format("gave up the sink after {} failures in a row, the last: {}", sink_failures_, error.message));
  }
  trouble_ = error.message;
  const auto doublings = std::min<std::uint32_t>(sink_failures_ - 1, 20);
  const auto wait = options_.first_restore_wait * (std::int64_t{1} << doublings);
  rejoin_sink_at_ = ports_.clock.Now() + std::min(wait, options_.longest_restore_wait);
}

void Worker::RejoinSink() {
  if (!rejoin_sink_at_ || *rejoin_sink_at_ > ports_.clock.Now()) return;
  rejoin_sink_at_.reset();
  const auto joined = [this](const Result<std::uint64_t>& confirmed) {
    if (!confirmed.ok()) return SinkRefused(confirmed.error());
    sink_failures_ = 0;
    gate_.Resume(*confirmed);
  };
  ports_.egress.Fence({world_line_, incarnation_}, Guarded(joined));
}

}  // namespace holdfast
