#include "workloads/random-programs/run_of_program.h"

namespace holdfast::random_programs {

RunOfProgram::RunOfProgram(Program program) : program_(std::move(program)), runs_(program_.size()) {
  for (std::uint32_t step = 0; step < program_.size(); ++step) {
    const auto& node = program_[step];
    const bool sent = step == 0 || (runs_[node.parent].counted && program_[node.parent].fate == Fate::kRuns);
    if (node.fate == Fate::kRaces) {
      races_.push_back(step);
      ++undecided_;
    } else if (sent && node.fate != Fate::kNever) {
      runs_[step].counted = true;
      expected_ += 1 + (node.fate == Fate::kRuns ? node.notes : 0);
    }
  }
}

void RunOfProgram::CountRace(std::uint32_t step) {
  if (runs_[step].counted) return;
  runs_[step].counted = true;
  expected_ += 1 + program_[step].notes;
}

bool RunOfProgram::Claim(std::uint32_t step, const Witness& witness) {
  auto& known = runs_[step].witness;
  if (!known) known = witness;
  return *known == witness;
}

std::optional<bool> RunOfProgram::CancelledInTime(std::uint32_t step) const {
  const auto& node = program_[step];
  const auto& sent = runs_[node.parent].now;
  const auto& cancelled = runs_[node.canceller].now;
  if (!sent || !cancelled) return std::nullopt;
  return *cancelled < *sent + node.delay;
}

std::vector<std::uint32_t> RunOfProgram::DecideRaces() {
  std::vector<std::uint32_t> forbidden;
  for (std::size_t i = 0; undecided_ > 0 && i < races_.size(); ++i) {
    auto& race = runs_[races_[i]];
    const auto in_time = race.race_decided ? std::nullopt : CancelledInTime(races_[i]);
    // Cancelled too late, it runs or not: then only its running decides.
    if (!in_time || (!*in_time && !race.seen)) continue;
    race.race_decided = true;
    --undecided_;
    if (*in_time && race.counted) forbidden.push_back(races_[i]);
  }
  return forbidden;
}

}  // namespace holdfast::random_programs
