#include "workloads/suite/runner/drain.h"

#include <algorithm>

namespace holdfast {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLongest = 60s;
constexpr Duration kShortestQuiet = 300ms;
// One may have begun before the last output; that the next one brought nothing either is no accident.
constexpr std::ptrdiff_t kTellingSnapshots = 3;

}  // namespace

Drain::Drain(std::optional<Duration> interval, bool held, SteadyTime begun, Duration pause)
    : held_(held), quiet_(QuietTime(interval)), give_up_(begun + pause + kLongest) {}

// Output may be held back for a whole snapshot interval.
Duration Drain::QuietTime(std::optional<Duration> interval) {
  return std::max(kShortestQuiet, interval.value_or(Duration::zero()) * 5 / 4);
}

Drain::Step Drain::Next(const Sight& sight) const {
  if (sight.now >= give_up_) return Step::kGiveUp;
  if (sight.recovering) return Step::kWait;
  const auto quiet = sight.now - sight.quiet_since;
  if (sight.all_came && quiet > quiet_) return Step::kAllCame;
  return quiet > 2 * quiet_ + 2s && Telling(sight) ? Step::kGiveUp : Step::kWait;
}

bool Drain::Telling(const Sight& sight) const {
  const auto ended = std::ranges::count_if(
      sight.snapshots, [&](const EngineSnapshot& snapshot) { return snapshot.end > sight.quiet_since; });
  return !held_ || ended >= kTellingSnapshots;
}

}  // namespace holdfast
