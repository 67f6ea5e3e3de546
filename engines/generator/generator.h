// Offers the records of an input when they are due, whatever the system does: an open loop. The system under test pulls
// (it subscribes to a partition from an offset, as often as it likes), and the generator walks the partition from
// there: a record leaves at its intended instant, or at once if that has passed, which is how a restarted system
// catches up. Since both the record and its instant are pure functions of its place, a replay costs no memory.
//
// It also keeps what latencies need. A response time counts from the intended instant, so it needs only the schedule; a
// service time counts from the first actual sending, of which four bytes per record are kept. Its own punctuality is
// measured apart, on records of partitions that are up to date: after a subscription or a lack of room a partition has
// to catch up first, which is nobody's lateness but the system's.
//
// With rate `max` there are no instants: records leave as long as fewer than `in_flight` of them are under way.
//
// Knows no clock and no wire: whoever carries the records says what time it is. One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "results/record/histogram.h"
#include "workloads/load/arrival_schedule.h"
#include "workloads/load/closed_loop.h"
#include "workloads/load/input.h"

namespace holdfast {

inline constexpr SteadyTime kNotDue{std::numeric_limits<std::int64_t>::max()};

class Generator {
 public:
  struct Options {
    std::shared_ptr<const Input> input;
    ArrivalSchedule schedule;
    Duration warm_up{};           // Punctuality counts from here on.
    Duration end{};               // Records due at or after it are not offered.
    std::uint64_t in_flight = 0;  // With rate `max` only.
    // The same as `input`, if somebody outside answers: answers are due as soon as they are there. The schedule is of
    // the other partitions.
    std::shared_ptr<ClosedLoopInput> loop{};
  };
  // Appends one record as the system's gateway wants it.
  using Encoder = std::function<void(std::string&, const InputRecord&)>;
  // Records of one partition with consecutive offsets.
  struct Batch {
    PartitionId partition;
    std::uint64_t first = 0;
    std::uint32_t count = 0;
    std::string records;
    std::vector<std::int64_t> due;  // Nanoseconds from zero; empty with rate `max`.
    bool up_to_date = false;        // The partition was, when these records fell due.
  };

  explicit Generator(Options options);

  // Sets the instant from which schedules count. Until then nothing is due.
  void Begin(SteadyTime zero) { zero_ = zero; }
  std::optional<SteadyTime> zero() const { return zero_; }

  // The system wants the records of `partition` from `offset` on, and has room for them.
  void Subscribe(PartitionId partition, std::uint64_t offset);
  // The system has no room for `partition`, or had none until now.
  void Blocked(PartitionId partition) { partitions_[partition.value].up_to_date = false; }
  // The system has gone, with everything that was under way.
  void Unsubscribe();
  // True once every partition has been subscribed to.
  bool subscribed() const;

  // When the next record of `partition` should leave; kNotDue if none will before something else happens. `taken`: how
  // many records the system has taken since it connected.
  SteadyTime NextDue(PartitionId partition, std::uint64_t taken) const;
  // Puts the records due at `now` into `batch`, as many as make `max_bytes` or exceed it by the last one. False if
  // none.
  bool Take(PartitionId partition, SteadyTime now, std::uint64_t taken, std::size_t max_bytes, const Encoder& encode,
            Batch& batch);
  // `batch` has left.
  void Sent(const Batch& batch, SteadyTime now);

  std::uint16_t partitions() const { return static_cast<std::uint16_t>(partitions_.size()); }
  // Those that are offered. Behind them stand those of answers.
  std::uint16_t offered_partitions() const { return loop() ? loop()->offered_partitions() : partitions(); }
  // Where answers from outside go; null if nobody answers.
  const std::shared_ptr<ClosedLoopInput>& loop() const { return options_.loop; }
  // One past the last offset that ever left. The sums are of what is offered.
  std::uint64_t SentEnd(PartitionId partition) const { return partitions_[partition.value].sent; }
  std::uint64_t sent() const;
  // How many records there are to offer in all; 0 with rate `max`, and for answers.
  std::uint64_t ToOffer(PartitionId partition) const { return partitions_[partition.value].end; }
  std::uint64_t to_offer() const;
  // True once all of them have left.
  bool Done(SteadyTime now) const;

  // How long the record that has waited longest to leave for the first time is overdue: because the system has no room
  // for it. Zero while the system is away, or catches up, and with rate `max`.
  Duration Behind(SteadyTime now) const;

  // When the record was intended, from zero. Requires a timed schedule.
  Duration Intended(PartitionId partition, std::uint64_t offset) { return options_.schedule.At(partition, offset); }
  bool timed() const { return options_.schedule.timed(); }
  // How long after that it left for the first time, in steps of 100 ns up to seven minutes; nothing if it never did.
  std::optional<Duration> FirstSent(PartitionId partition, std::uint64_t offset) const;
  // How late records left by the generator's own fault, in nanoseconds, from the end of the warm-up on.
  const Histogram& lag() const { return lag_; }

 private:
  static constexpr std::size_t kPage = 1 << 16;
  using Page = std::array<std::uint32_t, kPage>;
  struct Partition {
    bool subscribed = false;
    std::uint64_t next = 0;                         // Offset to send next.
    std::uint64_t sent = 0;                         // One past the highest ever sent.
    std::uint64_t end = 0;                          // One past the last to offer.
    std::int64_t next_due = 0;                      // Of `next`, if below `end`.
    bool up_to_date = false;                        // Nothing due was left behind since the system last had room.
    std::vector<std::unique_ptr<Page>> first_sent;  // Delay in steps plus one; 0 is "not sent".
  };

  bool HoldsAnswers(PartitionId partition) const { return partition.value >= offered_partitions(); }
  // Nothing of the partition is left to send: what left once is sent again whenever it is asked for.
  bool Over(PartitionId partition, SteadyTime now) const;
  void MoveTo(PartitionId partition, std::uint64_t offset);
  void NoteFirstSent(Partition& partition, std::uint64_t offset, std::int64_t delay);

  Options options_;
  std::optional<SteadyTime> zero_;
  std::vector<Partition> partitions_;
  std::uint64_t under_way_ = 0;  // Sent since the system connected.
  InputRecord record_;
  Histogram lag_;
};

}  // namespace holdfast
