// How frames travel between the workers of one cluster, and control messages between a worker and the coordinator.
// Frames between two workers arrive in order, each at most once; a frame in flight is lost when either end dies.
// Control messages may be delayed and overtake each other. Arrivals are events on the receiver's loop; the host calls
// Worker::OnFrame and OnControl. Senders never block: queues behind this port are the transport's business and bounded
// by the protocol's back-pressure on ingress.
#pragma once

#include <string>

#include "core/base/ids.h"

namespace holdfast {

class Channel {
 public:
  virtual ~Channel() = default;
  // Sends one encoded frame (core/snapshot/frame.h) to another worker.
  virtual void Send(WorkerId to, std::string frame) = 0;
  // Sends one encoded control message (core/snapshot/control.h) to the coordinator.
  virtual void SendToCoordinator(std::string message) = 0;
};

// The coordinator's end.
class ControlBus {
 public:
  virtual ~ControlBus() = default;
  virtual void SendToWorker(WorkerId to, std::string message) = 0;
};

}  // namespace holdfast
