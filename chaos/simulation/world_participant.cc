// World: who takes part from outside. What is visible at the sink reaches it at once, and what it answers is in the
// ingress at once: its slowness is its own, and neither it nor the ingress dies of what befalls the cluster.
#include <algorithm>

#include "chaos/simulation/world.h"
#include "chaos/simulation/world_processes.h"

namespace holdfast {

void World::InviteParticipant() {
  sink_.ShowTo([this](const EgressRecord& record) {
    parts_.participant->Take(record, scheduler_.Now());
    AwaitParticipant();
  });
}

void World::AwaitParticipant() {
  const auto wake = parts_.participant->NextWake();
  if (!wake) return;
  const auto at = std::max(*wake, scheduler_.Now());
  if (participant_wakes_ && *participant_wakes_ <= at) return;
  participant_wakes_ = at;
  scheduler_.At(at, [this, at] { LetParticipantAct(at); });
}

void World::LetParticipantAct(SteadyTime at) {
  if (participant_wakes_ != at) return;  // Something else came up earlier.
  participant_wakes_.reset();
  calm_since_ = at;
  parts_.participant->Act(at, [this](std::uint64_t, PartitionId partition, const InputRecord& answer) {
    topic_.Answer(partition, answer);
    const auto end = topic_.offered(partition);
    scheduler_.Note("answer", end ^ Hash64(answer.value), [&] {
      return fmt::format("from outside, to '{}': partition {}, record {}", answer.key, partition, end - 1);
    });
    Offered(partition);
  });
  AwaitParticipant();
}

}  // namespace holdfast
