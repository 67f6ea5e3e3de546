#include "transports/channels/inproc/inproc_network.h"

namespace holdfast {

InprocNetwork::InprocNetwork(std::uint16_t workers, std::function<void(WorkerId)> wake)
    : workers_(workers), wake_(std::move(wake)), turns_(workers) {
  for (std::size_t i = 0; i < std::size_t{workers} * workers; ++i) {
    queues_.push_back(std::make_unique<SpscQueue<std::string>>());
  }
}

void InprocNetwork::Send(WorkerId from, WorkerId to, std::string frame) {
  Queue(from, to).Push(std::move(frame));
  wake_(to);
}

std::optional<std::string> InprocNetwork::Receive(WorkerId self) {
  auto& turn = turns_[self.value].next;
  for (std::uint16_t tried = 0; tried < workers_; ++tried) {
    const WorkerId from(turn);
    turn = static_cast<std::uint16_t>((turn + 1) % workers_);
    if (auto frame = Queue(from, self).Pop()) return frame;
  }
  return std::nullopt;
}

}  // namespace holdfast
