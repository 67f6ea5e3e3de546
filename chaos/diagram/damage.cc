#include "chaos/diagram/damage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace holdfast {
namespace {

// One direction between two workers, in one lane.
struct Stream {
  SimPlace from;
  SimPlace to;
  std::size_t lane = 0;
  friend auto operator<=>(const Stream&, const Stream&) = default;
};

struct Message {
  SimFacts facts;
  std::optional<std::size_t> arrived;  // Which event; nothing while it is under way, or if it was dropped.
  std::uint64_t last = 0;              // Sequence number, of those that were news.

  std::uint64_t first() const { return facts.header.first_sequence; }
  Stream stream() const { return {facts.place, facts.peer, static_cast<std::size_t>(facts.header.lane)}; }
};

struct Output {
  SimPlace from;
  std::uint64_t position;
  std::uint64_t flight;
};

std::string Numbers(const Message& message) {
  const auto& header = message.facts.header;
  const auto last = header.first_sequence + header.count - 1;
  const auto lane = header.lane == Lane::kIngress ? "ingress" : "function";
  if (last == header.first_sequence) return fmt::format("{} message {}", lane, last);
  return fmt::format("{} messages {} to {}", lane, header.first_sequence, last);
}

std::string Route(const Message& message) {
  return fmt::format("{} from {} to {}", Numbers(message), PlaceName(message.facts.place),
                     PlaceName(message.facts.peer));
}

class Reader {
 public:
  explicit Reader(const std::vector<SimEvent>& events) : events_(events) {
    logs_ = std::ranges::any_of(
        events, [](const auto& event) { return event.facts.fact == SimFact::kRestored && event.facts.count > 0; });
  }

  std::vector<DamageMark> Read() {
    for (at_ = 0; at_ < events_.size(); ++at_) Take(events_[at_].facts);
    return std::move(marks_);
  }

 private:
  void Take(const SimFacts& facts) {
    switch (facts.fact) {
      case SimFact::kFrame:
        return Send(facts);
      case SimFact::kControl:
        if (facts.control == ControlKind::kUploaded) stored_.try_emplace({facts.place, facts.snapshot}, at_);
        return;
      case SimFact::kArrived:
        return Arrive(facts);
      case SimFact::kCut:
        cuts_.try_emplace({facts.place, facts.snapshot}, at_);
        return;
      case SimFact::kRollback:
        if (!logs_) RollBack(facts.snapshot);
        return;
      case SimFact::kRestored:
        if (logs_) UndoOutput(facts.place, facts.position, "its log ends at");
        return;
      case SimFact::kChannel:
        return RestoreChannel(facts);
      case SimFact::kKill:
        return Forget(facts.place);
      case SimFact::kCommit:
        if (facts.count > 0) outputs_.push_back({facts.peer, facts.position, newest_output_});
        return;
      case SimFact::kObjection:
        return Mark(DamageKind::kObjection, newest_output_, events_[at_].text);
      default:
        return;
    }
  }

  void Send(const SimFacts& facts) {
    const auto kind = facts.header.kind;
    if (kind == FrameKind::kAck || kind == FrameKind::kResume) acknowledgements_.emplace(facts.flight, facts);
    if (kind != FrameKind::kData) return;
    const auto& message = messages_.try_emplace(facts.flight, Message{facts, std::nullopt, 0}).first->second;
    auto& sent = sent_[message.stream()];
    sent = std::max(sent, message.first() + facts.header.count - 1);
  }

  void Arrive(const SimFacts& facts) {
    if (facts.place.role == SimRole::kSink) newest_output_ = facts.flight;
    if (const auto found = acknowledgements_.find(facts.flight); found != acknowledgements_.end()) {
      return Acknowledge(found->second);
    }
    const auto found = messages_.find(facts.flight);
    if (found == messages_.end()) return;
    auto& message = found->second;
    message.arrived = at_;
    message.last = facts.header.first_sequence + facts.header.count - 1;
    auto& taken = taken_[message.stream()];
    taken = std::max(taken, message.last);
  }

  // The sender of messages drops what their receiver says it has.
  void Acknowledge(const SimFacts& facts) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      auto& dropped = dropped_[{facts.peer, facts.place, lane}];
      dropped = std::max(dropped, facts.positions[lane]);
    }
  }

  // What a dead process knew counts no more; what it still knows, its recovery will tell.
  void Forget(SimPlace dead) {
    std::erase_if(sent_, [&](const auto& entry) { return entry.first.from == dead; });
    std::erase_if(dropped_, [&](const auto& entry) { return entry.first.from == dead; });
    std::erase_if(taken_, [&](const auto& entry) { return entry.first.to == dead; });
  }

  // Everybody goes back to one line: where did each message stand to it?
  void RollBack(SnapshotId line) {
    UndoOutput({}, line.Packed(), "all go back to");
    if (line == SnapshotId{}) return;
    for (const auto& [flight, message] : messages_) {
      const auto& header = message.facts.header;
      if (header.world_line != line.world_line) continue;
      const auto stored = stored_.find({message.facts.peer, line});
      const auto cut = cuts_.find({message.facts.peer, line});
      const bool sent_inside = header.colour < line.index;
      if (!sent_inside && message.arrived && cut != cuts_.end() && *message.arrived < cut->second) {
        Mark(DamageKind::kOrphan, flight,
             fmt::format("{} was taken before the cut of {} and sent after the cut of {}, to which all go back",
                         Route(message), PlaceName(message.facts.peer), line));
      }
      if (sent_inside && stored != stored_.end() && message.arrived.value_or(at_) > stored->second) {
        Mark(DamageKind::kLost, flight,
             fmt::format("{} was sent before the cut of {} and was in no part of it: {} stored its part without it",
                         Route(message), line, PlaceName(message.facts.peer)));
      }
    }
  }

  // Where workers recover alone, each tells where its channels stand.
  void RestoreChannel(const SimFacts& facts) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const Stream out{facts.place, facts.peer, lane};
      const Stream in{facts.peer, facts.place, lane};
      sent_[out] = facts.sent[lane];
      taken_[in] = facts.positions[lane];
      FindOrphans(out);
      FindOrphans(in);
      const auto dropped = dropped_.find(in);
      if (dropped != dropped_.end() && dropped->second > taken_[in]) FindLost(in, taken_[in], dropped->second);
    }
  }

  void FindOrphans(const Stream& stream) {
    const auto sent = sent_.find(stream);
    const auto taken = taken_.find(stream);
    if (sent == sent_.end() || taken == taken_.end() || taken->second <= sent->second) return;
    MarkAll(stream, sent->second, taken->second, DamageKind::kOrphan, [&](const Message& message) {
      return fmt::format("{}: {} has taken up to {}, but {} was taken back to where it had sent {}", Route(message),
                         PlaceName(stream.to), taken->second, PlaceName(stream.from), sent->second);
    });
  }

  void FindLost(const Stream& stream, std::uint64_t taken, std::uint64_t dropped) {
    MarkAll(stream, taken, dropped, DamageKind::kLost, [&](const Message& message) {
      return fmt::format("{}: {} was told that up to {} was durable at {}, and dropped it; restored, {} knows {}",
                         Route(message), PlaceName(stream.from), dropped, PlaceName(stream.to), PlaceName(stream.to),
                         taken);
    });
  }

  // The messages of a stream that arrived and have numbers above `low`, up to `high`.
  template <class Sentence>
  void MarkAll(const Stream& stream, std::uint64_t low, std::uint64_t high, DamageKind kind, const Sentence& sentence) {
    for (const auto& [flight, message] : messages_) {
      if (message.stream() != stream || !message.arrived || message.last <= low || message.first() > high) continue;
      Mark(kind, flight, sentence(message));
    }
  }

  // `worker` is nobody if all go back.
  void UndoOutput(SimPlace worker, std::uint64_t kept, std::string_view back_to) {
    for (const auto& output : outputs_) {
      if (output.position <= kept || (worker.role != SimRole::kNobody && output.from != worker)) continue;
      const auto name = [&](std::uint64_t position) {
        return logs_ ? fmt::format("record {}", position) : fmt::format("snapshot {}", SnapshotId::Unpack(position));
      };
      Mark(DamageKind::kUndoneOutput, output.flight,
           fmt::format("output of {} for {} is visible, but {} {}", PlaceName(output.from), name(output.position),
                       back_to, kept == 0 ? "the beginning" : name(kept)));
    }
  }

  void Mark(DamageKind kind, std::uint64_t flight, std::string sentence) {
    if (flight != 0 && !marked_.insert({kind, flight}).second) return;
    std::ranges::replace(sentence, '\n', ';');
    marks_.push_back({kind, flight, events_[at_].time, std::move(sentence)});
  }

  const std::vector<SimEvent>& events_;
  bool logs_ = false;  // Workers recover alone, from logs.
  std::size_t at_ = 0;
  std::map<std::uint64_t, Message> messages_;           // By flight.
  std::map<std::uint64_t, SimFacts> acknowledgements_;  // By flight.
  std::map<std::pair<SimPlace, SnapshotId>, std::size_t> cuts_;
  std::map<std::pair<SimPlace, SnapshotId>, std::size_t> stored_;
  std::map<Stream, std::uint64_t> sent_;     // As the living sender knows.
  std::map<Stream, std::uint64_t> taken_;    // As the living receiver knows.
  std::map<Stream, std::uint64_t> dropped_;  // By the sender, because the receiver had them.
  std::vector<Output> outputs_;
  std::uint64_t newest_output_ = 0;
  std::set<std::pair<DamageKind, std::uint64_t>> marked_;
  std::vector<DamageMark> marks_;
};

}  // namespace

std::string_view DamageKindName(DamageKind kind) {
  switch (kind) {
    case DamageKind::kOrphan:
      return "orphan";
    case DamageKind::kLost:
      return "lost";
    case DamageKind::kUndoneOutput:
      return "undone output";
    case DamageKind::kObjection:
      return "wrong output";
  }
  return "?";
}

std::vector<DamageMark> FindDamage(const std::vector<SimEvent>& events) { return Reader(events).Read(); }

}  // namespace holdfast
