// A program as a table of steps: what will happen, known before it does. Drawn from a seed, encoded into the ingress
// record that starts it, and looked at by the oracle. A pure function of its arguments.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "workloads/random-programs/messages.h"

namespace holdfast::random_programs {

// The kinds of things a step does, drawn with these weights.
enum class Kind : std::uint8_t {
  kIncrement,
  kSend,
  kReply,
  kSelf,
  kDelay,
  kCancel,
  kAsync,
  kCycle,
  kEmit,
  kRetry,
  kPoison,
  kExpire,
  kClear,
  kLocker
};
inline constexpr std::size_t kKinds = 14;
struct KindInfo {
  std::string_view name;  // Of the option that gives its weight.
  std::uint32_t share;    // By default.
  std::string_view sentence;
};
extern const std::array<KindInfo, kKinds> kKindInfos;

struct ProgramOptions {
  std::uint64_t instances = 1000;
  std::uint16_t partitions = 4;
  std::uint32_t depth = 3;    // Of nested steps.
  std::uint32_t fan_out = 4;  // Most commands of a step.
  std::uint32_t max_steps = 24;
  std::array<std::uint32_t, kKinds> shares{};
  std::chrono::milliseconds max_delay{20};
  std::chrono::milliseconds lease{10};
  std::chrono::milliseconds idle{10};
  std::uint16_t max_parallelism = 128;
};
// The shares of kKindInfos.
std::array<std::uint32_t, kKinds> DefaultShares();

// A delay that no run outlives: whoever sets it cancels it.
inline constexpr std::chrono::milliseconds kFarAway = std::chrono::hours(1);

// An address, without its text.
struct Where {
  std::uint32_t function = 0;
  std::uint64_t instance = 0;
  friend auto operator<=>(const Where&, const Where&) = default;
};

enum class Arrival : std::uint8_t { kIngress, kMessage, kDelayed, kOutcome };
// What becomes of a step whose parent has run.
enum class Fate : std::uint8_t {
  kRuns,
  kDies,   // Fails for good: a dead letter, and no effect.
  kNever,  // Never runs, because it was cancelled or replaced as soon as it was sent, or its sender fails.
  kRaces,  // Runs unless the step `canceller` runs before it is due.
};

struct Node {
  std::uint32_t parent = 0;
  std::uint32_t place = 0;  // Among the messages of the parent.
  Where where{};
  Arrival arrival = Arrival::kMessage;
  Fate fate = Fate::kRuns;
  bool fails = false;           // An operation's outcome is failure.
  std::uint32_t hops = 0;       // Replies that follow, which are the next steps.
  std::int64_t delay = 0;       // Milliseconds.
  std::uint32_t canceller = 0;  // Of a step that races.
  std::uint32_t messages = 0;   // It sends.
  std::uint32_t notes = 0;      // It emits.
  // What it does, in this order. In commands that start a step, `step` is its number here and the text fields are
  // empty.
  std::vector<Command> commands{};
};

// Steps by number; a parent comes before its children.
using Program = std::vector<Node>;

Program DrawProgram(std::uint64_t seed, const ProgramOptions& options, PartitionId partition, std::uint64_t offset);
// The message that starts it.
std::string EncodeProgram(const Program& program, PartitionId partition, std::uint64_t offset);

// "instance-17"; a locker's is "locker-<instance>", and its instances are for one program each.
std::string IdOf(const Where& where);

}  // namespace holdfast::random_programs
