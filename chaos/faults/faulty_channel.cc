#include "chaos/faults/faulty_channel.h"

#include <memory>
#include <utility>

namespace holdfast {

void FaultyControlPath::Pass(std::string message, const std::function<void(std::string message)>& send) {
  for (int copies = path_.Twice() ? 2 : 1; copies > 0; --copies) {
    const auto now = timing_.clock.Now();
    auto leave = path_.Loose(now);
    auto copy = copies == 1 ? std::move(message) : message;
    if (leave.at <= now) {
      send(std::move(copy));
      continue;
    }
    const auto delay = leave.at - now;
    timing_.after(delay, [this, send, leave = std::move(leave), copy = std::move(copy)] {
      send(copy);
      path_.Left(leave);
    });
  }
}

FaultyChannel::FaultyChannel(Channel& inner, WorkerId self, std::uint16_t workers, PathFeed feed, Timing timing,
                             Random random)
    : inner_(inner),
      feed_(std::move(feed)),
      timing_(std::move(timing)),
      to_coordinator_(feed_, {TroubleEnd::Worker(self), TroubleEnd::Coordinator()}, timing_, random.Fork()) {
  for (std::uint16_t to = 0; to < workers; ++to) {
    const TroublePath path{TroubleEnd::Worker(self), TroubleEnd::Worker(WorkerId(to))};
    to_workers_.push_back({TroubledPath(feed_, path, random.Fork()), DelayLine(timing_.clock, timing_.after)});
  }
}

void FaultyChannel::Send(WorkerId to, std::string frame) {
  auto& [path, line] = to_workers_[to.value];
  const auto now = timing_.clock.Now();
  auto leave = path.Ordered(now);
  if (leave.at <= now && line.waiting() == 0) return inner_.Send(to, std::move(frame));
  const auto at = leave.at;
  // An action can be copied, a frame should not be.
  const auto held = std::make_shared<std::string>(std::move(frame));
  line.Pass(at, [this, to, &path, leave = std::move(leave), held] {
    inner_.Send(to, std::move(*held));
    path.Left(leave);
  });
}

void FaultyChannel::SendToCoordinator(std::string message) {
  to_coordinator_.Pass(std::move(message), [this](std::string due) { inner_.SendToCoordinator(std::move(due)); });
}

FaultyControlBus::FaultyControlBus(ControlBus& inner, std::uint16_t workers, PathFeed feed, Timing timing,
                                   Random random)
    : inner_(inner), feed_(std::move(feed)), timing_(std::move(timing)) {
  for (std::uint16_t to = 0; to < workers; ++to) {
    const TroublePath path{TroubleEnd::Coordinator(), TroubleEnd::Worker(WorkerId(to))};
    to_workers_.emplace_back(feed_, path, timing_, random.Fork());
  }
}

void FaultyControlBus::SendToWorker(WorkerId to, std::string message) {
  to_workers_[to.value].Pass(std::move(message),
                             [this, to](std::string due) { inner_.SendToWorker(to, std::move(due)); });
}

}  // namespace holdfast
