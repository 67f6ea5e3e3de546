// How to go on after the store has failed: which errors pass, and how long to wait before the next try. Twice as long
// after every failure, up to a bound, so that a full disk is asked now and then and not all the time. Without chance: a
// coordinator has no rivals to keep out of step with.
#pragma once

#include <algorithm>

#include "core/base/result.h"
#include "core/base/time.h"

namespace holdfast {

// True if the same call may succeed later without anybody changing the program: trouble of disk or network, or room
// that somebody may make.
inline bool Passes(const Error& error) {
  return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kExhausted ||
         error.code == ErrorCode::kInternal;
}

class Backoff {
 public:
  static constexpr Duration kFirst = std::chrono::milliseconds(10);
  static constexpr Duration kLongest = std::chrono::seconds(5);

  // The wait before the next try.
  Duration Next() {
    const auto wait = next_;
    next_ = std::min<Duration>(2 * next_, kLongest);
    return wait;
  }

 private:
  Duration next_ = kFirst;
};

}  // namespace holdfast
