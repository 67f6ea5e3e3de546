// A schedule of faults, as it stands in a file: a list of steps, in the same words for simulated and for real
// processes.
//
//   - {at: 2s, do: kill, target: system, restart-after: 100ms}
//   - {id: freeze, at: 3s, every: 500ms, times: 3, do: pause, for: 50ms}  # at 3s, 3.5s and 4s
//   - {after: freeze, at: 10ms, do: kill}                                 # 10 ms after that step (its first) struck
//   - {at: 1s, when: {event: snapshot-complete, nth: 2}, do: kill}        # the second one from 1s on
//   - random: {faults: [kill, {do: pause, for: 50ms}], count: 5, between: [1s, 4s]}
//
// How a step is timed is the same everywhere and is read here; which verbs, targets and events there are differs, and
// is handed in as ScheduleWords. Reading expands: what comes out are plain steps without `every` and `random`, and
// WriteStep turns each into a line that reads back to it. What is random comes from the seed and the block's place in
// the list alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/config_tree.h"
#include "core/base/options.h"
#include "core/base/result.h"
#include "core/base/time.h"

namespace holdfast {

// Something that can be done.
struct ScheduleVerb {
  std::string name;
  OptionSet options{};                 // Besides those that all steps have.
  std::vector<std::string> targets{};  // Whom it can befall.
  std::string usual_target{};          // When none is given; empty: one must be given.
  std::string waiting_target{};        // The one among them, if any, that makes sense with `when` only.
  bool waits = false;                  // Takes `when`.
};

// Something that a step can wait for.
struct ScheduleEvent {
  std::string name;
  OptionSet options{};  // Besides `nth`.
};

struct ScheduleWords {
  std::vector<ScheduleVerb> verbs;
  std::vector<ScheduleEvent> events;   // The first is meant when none is given.
  std::vector<std::string> anchors{};  // What `after` may name besides steps.
  Duration longest{};                  // No time is longer.
};

struct ScheduleWhen {
  std::string event;
  std::uint64_t nth = 1;  // Counted from the step's `at`.
  OptionValues options{};
  ConfigPlace place{};
};

struct ScheduleStep {
  std::string id{};                    // Empty if none was given.
  std::string after{};                 // An anchor, or the id of a step further up; empty: the beginning.
  Duration at{};                       // Since then.
  std::optional<ScheduleWhen> when{};  // Strikes not before this.
  std::string verb{};
  std::string target{};
  OptionValues options{};  // The verb's.
  bool drawn = false;      // From a random block.
  ConfigPlace place{};
};

// The steps in the order written. Errors name the line, what was found there and what is known.
Result<std::vector<ScheduleStep>> ReadSchedule(const ConfigTree& list, const ScheduleWords& words, std::uint64_t seed);
// One line of the list, without the dash.
std::string WriteStep(const ScheduleStep& step);
// When each step is due, from the beginning, with anchors at 0. Refuses one that comes after a step that waits for an
// event, because nobody can know beforehand.
Result<std::vector<Duration>> PlanSteps(const std::vector<ScheduleStep>& steps);

}  // namespace holdfast
