#include "core/runtime/inbox.h"

#include "core/base/check.h"
#include "core/base/mutation.h"
#include "core/model/envelope.h"

namespace holdfast {

void Inbox::Reset(WorldLine world_line) {
  world_line_ = world_line;
  peers_.assign(peers_.size(), {});
  collecting_.reset();
  late_.clear();
}

bool Inbox::Passes(const FrameHeader& header) {
  if (header.source.value >= peers_.size() || header.target != self_ || header.source == self_ ||
      (header.world_line != world_line_ && !HOLDFAST_MUTANT("old-world-line-admitted"))) {
    ++fenced_;
    return false;
  }
  auto& peer = peers_[header.source.value];
  if (header.incarnation < peer.incarnation) {
    ++fenced_;
    return false;
  }
  // A sender whose numbers are state continues them; any other begins anew.
  if (header.incarnation > peer.incarnation && gap_ != Gap::kRefuse) peer = {};
  peer.incarnation = header.incarnation;
  return true;
}

std::optional<MessageRun> Inbox::Admit(const FrameView& frame, std::shared_ptr<const std::string> keeper) {
  const auto& header = frame.header;
  auto& arrived = peers_[header.source.value].arrived[static_cast<std::size_t>(header.lane)];
  MessageRun run{std::move(keeper), frame.payload, {header.source, header.lane, header.first_sequence}, header.count};
  const auto last = header.first_sequence + header.count - 1;
  if (header.first_sequence > arrived + 1) {
    HOLDFAST_CHECK(gap_ != Gap::kImpossible, "worker {}: channel from {} jumps from {} to {}", self_, header.source,
                   arrived, header.first_sequence);
    if (gap_ == Gap::kRefuse && !HOLDFAST_MUTANT("gap-accepted")) return std::nullopt;
  } else {
    const auto seen = HOLDFAST_MUTANT("dedup-dropped") ? std::uint64_t{0} : arrived;
    const bool whole = HOLDFAST_MUTANT("dedup-by-frame") && last > arrived;
    for (; run.count > 0 && run.first.sequence <= seen && !whole; --run.count, ++run.first.sequence) {
      run.envelopes.remove_prefix(EnvelopeSize(run.envelopes));
      ++repeated_;
    }
    if (run.count == 0) return std::nullopt;
  }
  arrived = last;
  if (HOLDFAST_MUTANT("late-log-without-a-lane") && header.lane == Lane::kIngress) return run;
  if (collecting_ && header.colour < *collecting_) late_.push_back(run);
  return run;
}

void Inbox::NoteMark(WorkerId peer, SnapshotIndex index, const LanePositions& positions) {
  auto& marks = peers_[peer.value].marks;
  marks.emplace(index, positions);
  if (HOLDFAST_MUTANT("late-log-ends-at-first-mark")) collecting_.reset();
  while (marks.size() > 4) marks.erase(marks.begin());  // Only the newest snapshots can still be under way.
}

bool Inbox::Drained(SnapshotIndex index) const {
  for (std::uint16_t i = 0; i < peers_.size(); ++i) {
    if (WorkerId(i) == self_) continue;
    const auto mark = peers_[i].marks.find(index);
    if (mark == peers_[i].marks.end()) return false;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      if (peers_[i].arrived[lane] < mark->second[lane]) return false;
    }
  }
  return true;
}

std::vector<MessageRun> Inbox::TakeLate() {
  collecting_.reset();
  return std::exchange(late_, {});
}

void Inbox::NoteConsumed(const MessageSource& source) {
  auto& consumed = peers_[source.worker.value].consumed[static_cast<std::size_t>(source.lane)];
  HOLDFAST_CHECK(source.sequence == consumed + 1 || gap_ != Gap::kRefuse, "worker {} consumes {} of worker {} after {}",
                 self_, source.sequence, source.worker, consumed);
  consumed = source.sequence;
}

void Inbox::SetConsumed(WorkerId peer, const LanePositions& positions) {
  peers_[peer.value].consumed = positions;
  peers_[peer.value].arrived = positions;
}

std::string Inbox::WhatIsMissing(SnapshotIndex index) const {
  std::string text;
  for (std::uint16_t i = 0; i < peers_.size(); ++i) {
    if (WorkerId(i) == self_) continue;
    const auto mark = peers_[i].marks.find(index);
    if (mark == peers_[i].marks.end()) {
      text += fmt::format("worker {}: mark missing; ", i);
      continue;
    }
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      if (peers_[i].arrived[lane] < mark->second[lane]) {
        text +=
            fmt::format("worker {}: messages {} to {} missing; ", i, peers_[i].arrived[lane] + 1, mark->second[lane]);
      }
    }
  }
  return text;
}

}  // namespace holdfast
