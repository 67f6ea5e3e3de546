// Where everything in a space-time diagram goes: a lane for each process, virtual time from left to right, and on them
// messages, cuts, lives and damage. Numbers and words only; svg.h turns them into a picture.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "chaos/diagram/damage.h"
#include "chaos/diagram/time_axis.h"
#include "chaos/simulation/sim_event.h"

namespace holdfast {

struct DiagramLane {
  SimPlace place;
  double y;
};

// Snapshots have colours by their index; what is before the first has colour 0.
using DiagramColour = std::uint32_t;

struct DiagramArrow {
  enum class Kind : unsigned char { kMessage, kInput, kMark, kPeer, kControl, kOutput };
  Kind kind{};
  std::uint64_t flight = 0;
  double x1, y1, x2, y2;
  DiagramColour colour = 0;
  bool dropped = false;
  std::optional<DamageKind> damage;
  std::string title;
};

// A stretch of a lane.
struct DiagramBand {
  enum class Kind : unsigned char { kDead, kRecovering, kUndone, kTrouble };
  Kind kind{};
  double x1, x2, y;
  std::string title;
};

// The cuts of one snapshot: a line from lane to lane, or a bar where a worker cuts alone.
struct DiagramCut {
  struct Point {
    double x, y;
  };
  SnapshotId snapshot;
  DiagramColour colour = 0;
  std::vector<Point> points;  // From the upper lane to the lower.
  bool complete = false;
  bool restored = false;  // Somebody went back to it.
};

struct DiagramGlyph {
  enum class Kind : unsigned char {
    kKill,
    kStart,
    kArmed,  // A fault that waits for its call.
    kError,
    kUnits,
    kRead,
    kCut,
    kStored,
    kTriggered,
    kComplete,
    kAborted,
    kRollback,
    kRestored,
    kRuns,
    kStopped,
    kCommit,
    kRepetition,
    kObjection,
  };
  Kind kind{};
  double x, y;
  DiagramColour colour = 0;
  std::string title;
  std::string label;  // Beside it; may be empty.
};

struct Diagram {
  std::vector<DiagramLane> lanes;
  std::vector<DiagramBand> bands;
  std::vector<DiagramCut> cuts;
  std::vector<DiagramArrow> arrows;
  std::vector<DiagramGlyph> glyphs;
  TimeAxis axis;
  double height = 0;

  // The lane of a place; null if it has none.
  const DiagramLane* LaneOf(SimPlace place) const;
};

// `events` in order; `begin` is the beginning of the run, `end` that of its verdict.
Diagram LayOut(const std::vector<SimEvent>& events, const std::vector<DamageMark>& damage, std::uint16_t workers,
               SteadyTime begin, SteadyTime end);

}  // namespace holdfast
