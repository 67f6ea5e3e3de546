#include "chaos/faults/delay_line.h"

namespace holdfast {

void DelayLine::Pass(SteadyTime due, std::function<void()> leave) {
  if (line_.empty() && due <= clock_.Now()) return leave();
  line_.push_back({due, std::move(leave)});
  if (line_.size() == 1) Await();
}

void DelayLine::Await() {
  after_(line_.front().due - clock_.Now(), [this] {
    // What leaves may cause more to come, which must queue up.
    while (!line_.empty() && line_.front().due <= clock_.Now()) {
      const auto thing = std::move(line_.front());
      thing.leave();
      line_.pop_front();
    }
    if (!line_.empty()) Await();
  });
}

}  // namespace holdfast
