// Troubles on paths as a test wants them, with what they met.
#pragma once

#include <map>
#include <mutex>

#include "chaos/faults/path_feed.h"

namespace holdfast {

class MadeUpFeed {
 public:
  TroubleTicket Begin(const TroubleOrder& order) {
    const std::lock_guard lock(mutex_);
    troubles_[++begun_] = order;
    return begun_;
  }
  void End(TroubleTicket ticket) {
    const std::lock_guard lock(mutex_);
    troubles_.erase(ticket);
  }
  int met(TroubleTicket ticket) {
    const std::lock_guard lock(mutex_);
    return met_[ticket];
  }
  int waiting(TroubleTicket ticket) {
    const std::lock_guard lock(mutex_);
    return waiting_[ticket];
  }
  PathFeed Feed() {
    return {.now =
                [this](const TroublePath& path) {
                  const std::lock_guard lock(mutex_);
                  std::vector<TroubleOnPath> found;
                  for (const auto& [ticket, order] : troubles_) {
                    if (order.path.Covers(path)) found.push_back({ticket, order});
                  }
                  return found;
                },
            .met =
                [this](TroubleTicket ticket) {
                  const std::lock_guard lock(mutex_);
                  ++met_[ticket];
                },
            .waiting =
                [this](TroubleTicket ticket, int more) {
                  const std::lock_guard lock(mutex_);
                  waiting_[ticket] += more;
                }};
  }

 private:
  std::mutex mutex_;
  std::map<TroubleTicket, TroubleOrder> troubles_;
  std::map<TroubleTicket, int> met_, waiting_;
  TroubleTicket begun_ = 0;
};

}  // namespace holdfast
