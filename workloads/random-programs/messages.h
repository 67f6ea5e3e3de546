// The messages of random programs, and the witness every instance keeps.
//
// A program is a tree of steps. A step is one unit: it carries out a list of commands at its address, and some of these
// start further steps, which carry their own commands with them. Steps are numbered within their program.
//
// A witness is a hash chain over everything its address has handled: (version, chain), where version counts the units
// and chain folds them in, each on top of the one before:
//
//   chain(0) = Hash64("<function>/<id>")
//   chain(n) = Hash64(the eight-byte little-endian words: chain(n - 1), partition, offset, step, attempt, outcome,
//                     version and chain of the sender, place, due, now)
//
// The sender's witness travels with every message, and every unit emits a receipt with both. So whoever sees the
// receipts knows for each unit which history of its address, and which of its sender, it stands on.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/bytes.h"
#include "core/model/context.h"

namespace holdfast::random_programs {

struct Witness {
  std::uint64_t version = 0;
  std::uint64_t chain = 0;
  friend bool operator==(const Witness&, const Witness&) = default;
  HOLDFAST_MESSAGE("random-programs/Witness", version, chain)
};

// Names a step: where its program stands in the ingress, and its number there. The first step is number 0.
struct StepId {
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;
  std::uint32_t step = 0;
  friend auto operator<=>(const StepId&, const StepId&) = default;
  HOLDFAST_MESSAGE("random-programs/StepId", partition, offset, step)
};

// Why a step runs, and on whose word.
struct Origin {
  Witness sender;           // After the unit that sent it; version 0 for a record of the ingress.
  std::uint32_t place = 0;  // The how-manyth message of that unit it is.
  std::int64_t due = 0;     // Application time before which it must not run; 0 if it was not delayed.
  HOLDFAST_MESSAGE("random-programs/Origin", sender, place, due)
};

enum class Verb : std::uint8_t {
  kAdd = 1,     // number: what is added to the count.
  kSend,        // To `target`.
  kReply,       // To the caller, with `hops`: so many more replies follow, to and fro, numbered on from `step`.
  kSendSelf,    //
  kSendAfter,   // To `target` after `delay`; cancellable by `token` unless it is 0.
  kCancel,      // token
  kStartAsync,  // number: 1 if the operation fails. The commands are carried out when the outcome is known.
  kNote,        // number: of the note within its step. Emits a Note.
  kLease,       // Sets the value that expires some time after it was written.
  kIdle,        // Sets the value that expires some time after the last unit.
  kClear,       // Clears both.
  kFail,        // number: how many attempts fail before this command lets the step through; kAlways for all.
  kPut,         // Lockers only: puts an item in.
  kTake,        // Takes it out, which leaves nothing of the address.
  kLook,        // Only reads.
};
inline constexpr std::uint64_t kAlways = ~std::uint64_t{0};

struct Command {
  std::uint32_t verb = 0;
  std::uint64_t number = 0;
  std::uint32_t step = 0;  // The step it starts.
  std::uint32_t target_function = 0;
  std::string_view target_id{};
  std::int64_t delay = 0;  // Milliseconds.
  std::uint32_t token = 0;
  std::uint32_t hops = 0;
  std::string_view commands{};  // Of the step it starts.
  HOLDFAST_MESSAGE("random-programs/Command", verb, number, step, target_function, target_id, delay, token, hops,
                   commands)
};

// Lists of commands are their encodings one after the other, each with its length before it.
inline void AppendCommand(std::string& commands, const Command& command) {
  std::string bytes;
  Codec<Command>::Encode(command, bytes);
  AppendBytes(commands, bytes);
}
// Takes the first command off the list; false if there is none, or it does not parse.
inline bool TakeCommand(ByteReader& commands, Command& command) {
  command = {};
  return !commands.AtEnd() && Codec<Command>::Decode(commands.Bytes(), command) && commands.ok();
}

// Carry out these commands.
struct Step {
  StepId id;
  Origin origin{};
  std::uint32_t hops = 0;
  std::string_view commands{};
  HOLDFAST_MESSAGE("random-programs/Step", id, origin, hops, commands)
};

// An operation outside the worker. Its outcome is a step.
struct ErrandRequest {
  StepId id;
  Origin origin{};
  std::uint32_t attempt = 0;
  bool fails = false;
  std::string_view commands{};
  HOLDFAST_MESSAGE("random-programs/ErrandRequest", id, origin, attempt, fails, commands)
};
struct ErrandResponse {
  StepId id;  // Of the request.
  HOLDFAST_MESSAGE("random-programs/ErrandResponse", id)
};
struct Errand {
  static constexpr std::string_view kName = "random-programs/errand";
  using Request = ErrandRequest;
  using Response = ErrandResponse;
};

// What each unit tells of itself.
enum class Outcome : std::uint8_t { kMessage = 0, kSuccess, kFailure, kUnknown };
struct Receipt {
  StepId id;
  std::uint32_t attempt = 0;  // Of an operation: how often it was started before this outcome, less one.
  std::uint32_t outcome = 0;
  std::string_view function;
  std::string_view self;
  std::uint32_t caller_function = 0;  // kNoFunction for the ingress.
  std::string_view caller;
  Origin origin{};
  std::int64_t now = 0;
  Witness witness{};       // After this unit; a locker has none.
  std::int64_t count = 0;  // After this unit.
  std::int64_t lease = 0;  // What the two expiring values were before this unit: the version that wrote them, or 0
  std::int64_t idle = 0;   // if they are gone.
  std::int64_t item = 0;   // What a locker held before this unit: the step that put it there, or 0.
  HOLDFAST_MESSAGE("random-programs/Receipt", id, attempt, outcome, function, self, caller_function, caller, origin,
                   now, witness, count, lease, idle, item)
};
// An extra record of a step.
struct Note {
  StepId id;
  std::uint32_t number = 0;
  Witness witness;  // After the unit it belongs to.
  HOLDFAST_MESSAGE("random-programs/Note", id, number, witness)
};

inline constexpr std::string_view kPrograms = "random-programs/programs";
// Both keyed by the id of the instance.
inline constexpr Egress<Receipt> kReceipts{"random-programs/receipts"};
inline constexpr Egress<Note> kNotes{"random-programs/notes"};

// The function types, by their numbers in commands. The first two do all that is said above; a locker keeps one item,
// and no witness, so that nothing is left of it once the item is taken.
inline constexpr std::string_view kFunctions[] = {"random-programs/alpha", "random-programs/beta",
                                                  "random-programs/locker"};
inline constexpr std::uint32_t kLockerFunction = 2;

}  // namespace holdfast::random_programs
