// Channels between workers that are threads of one process: a lock-free queue per ordered pair, and a call to wake the
// receiver. Frames change hands without a copy.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "transports/channels/inproc/spsc_queue.h"

namespace holdfast {

class InprocNetwork {
 public:
  // `wake(w)` is called from the sender's thread after a frame was put into w's reach; it must not block.
  InprocNetwork(std::uint16_t workers, std::function<void(WorkerId)> wake);

  // Sender's thread only.
  void Send(WorkerId from, WorkerId to, std::string frame);
  // Receiver's thread only: the next frame from some peer, in turn; nothing if none is there.
  std::optional<std::string> Receive(WorkerId self);

 private:
  SpscQueue<std::string>& Queue(WorkerId from, WorkerId to) { return *queues_[from.value * workers_ + to.value]; }

  struct alignas(64) Turn {
    std::uint16_t next = 0;
  };
  std::uint16_t workers_;
  std::function<void(WorkerId)> wake_;
  std::vector<std::unique_ptr<SpscQueue<std::string>>> queues_;
  std::vector<Turn> turns_;  // By receiver: whose turn it is.
};

}  // namespace holdfast
