// One direction between two processes, or between a worker and the sink, and what befalls all that is sent there: each
// thing asks when it may leave, and whether twice. Without troubles it draws nothing.
#pragma once

#include <vector>

#include "chaos/faults/path_feed.h"
#include "core/base/random.h"

namespace holdfast {

class TroubledPath {
 public:
  // When a thing may leave, and who is to be told that it has.
  struct Leave {
    SteadyTime at;
    std::vector<TroubleTicket> later_by;  // The troubles without which it would leave at once.
  };
  enum class Fate : unsigned char { kDone, kRefused, kAnswerLost };

  // `feed` outlives it.
  TroubledPath(const PathFeed& feed, TroublePath path, Random random) : feed_(feed), path_(path), random_(random) {}

  // Of a thing that is sent now and keeps its order. Counts it as waiting if it is late: call Left.
  Leave Ordered(SteadyTime now);
  // Of a control message, which others may overtake: likewise.
  Leave Loose(SteadyTime now);
  void Left(const Leave& leave) const;
  // Whether a control message arrives twice.
  bool Twice();
  // What becomes of a call of the sink.
  Fate OfCall();

 private:
  Leave LeaveBy(const std::vector<TroubleOnPath>& troubles, SteadyTime now, bool loose);

  const PathFeed& feed_;
  const TroublePath path_;
  Random random_;
};

}  // namespace holdfast
