// Work that may block (disk, upload) and must not stop the loop. In production a small thread per lane; in simulation
// the same closures run on the one thread, later in virtual time, so a cut that leaks is seen.
#pragma once

#include <cstddef>
#include <functional>

#include "core/base/result.h"

namespace holdfast {

class Background {
 public:
  // Jobs of one lane run one at a time, in the order given; lanes are independent of each other.
  enum class Lane : unsigned char { kLog, kUpload, kState, kSpill };
  static constexpr std::size_t kLanes = 4;

  virtual ~Background() = default;
  // Runs `work` away from the loop, then posts `done` with its outcome to the loop that called. Never calls either
  // before returning. If the process dies first, neither may ever run.
  virtual void Run(Lane lane, std::function<Status()> work, std::function<void(Status)> done) = 0;
};

}  // namespace holdfast
