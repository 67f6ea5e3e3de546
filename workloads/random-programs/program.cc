#include "workloads/random-programs/program.h"

#include <algorithm>
#include <string>

namespace holdfast::random_programs {
namespace {

// An instance sends to so many that follow it, so that the pairs stay few however many instances there are.
constexpr std::uint64_t kNeighbours = 8;

class Writer {
 public:
  Writer(std::uint64_t seed, const ProgramOptions& options, PartitionId partition, std::uint64_t offset)
      : options_(options), random_(Mix64(Mix64(seed) ^ (std::uint64_t{partition.value} << 48 ^ offset))) {
    lockers_ = (std::uint64_t{partition.value} << 48 | offset) << 8;
    for (const auto share : options_.shares) shares_ += share;
  }

  Program Write(PartitionId partition) {
    nodes_.reserve(16);
    const auto room = (options_.instances - partition.value + options_.partitions - 1) / options_.partitions;
    nodes_.push_back(
        {.where = {0, random_.Below(room) * options_.partitions + partition.value}, .arrival = Arrival::kIngress});
    Fill(0, options_.depth);
    return std::move(nodes_);
  }

 private:
  Node& At(std::uint32_t step) { return nodes_[step]; }
  bool Full() const { return nodes_.size() >= options_.max_steps; }
  Where Self(std::uint32_t step) const { return nodes_[step].where; }
  Where Neighbour(std::uint32_t step) {
    const auto instance = (Self(step).instance + random_.Below(kNeighbours + 1)) % options_.instances;
    return {static_cast<std::uint32_t>(random_.Below(2)), instance};
  }
  std::int64_t Delay() { return random_.Between(0, options_.max_delay.count()); }

  // A child of `parent`, started by `command`, which goes to the end of its commands.
  std::uint32_t Add(std::uint32_t parent, Where where, Arrival arrival, Command command) {
    const auto step = static_cast<std::uint32_t>(nodes_.size());
    command.step = step;
    nodes_.push_back(
        {.parent = parent, .place = At(parent).messages++, .where = where, .arrival = arrival, .delay = command.delay});
    Do(parent, command);
    return step;
  }
  static Command Of(Verb verb, std::uint64_t number = 0, std::int64_t delay = 0, std::uint32_t token = 0) {
    return {.verb = static_cast<std::uint32_t>(verb), .number = number, .delay = delay, .token = token};
  }
  void Do(std::uint32_t step, const Command& command) {
    auto& commands = At(step).commands;
    if (commands.empty()) commands.reserve(4);
    commands.push_back(command);
  }
  void AddNote(std::uint32_t step) { Do(step, Of(Verb::kNote, At(step).notes++)); }
  // Something to see it by.
  void Mark(std::uint32_t step) {
    Do(step, Of(Verb::kAdd, 1 + random_.Below(9)));
    AddNote(step);
  }

  std::uint32_t Send(std::uint32_t parent, Where where) {
    const auto verb = where == Self(parent) && random_.Chance(0.5) ? Verb::kSendSelf : Verb::kSend;
    return Add(parent, where, Arrival::kMessage, Of(verb));
  }
  std::uint32_t Reply(std::uint32_t parent) {
    return Add(parent, CallerOf(parent), Arrival::kMessage, Of(Verb::kReply));
  }
  std::uint32_t SendAfter(std::uint32_t parent, Where where, std::int64_t delay, std::uint32_t token = 0) {
    return Add(parent, where, Arrival::kDelayed, Of(Verb::kSendAfter, 0, delay, token));
  }
  // An outcome comes from the address itself.
  Where CallerOf(std::uint32_t step) const {
    const auto& node = nodes_[step];
    return node.arrival == Arrival::kOutcome ? node.where : nodes_[node.parent].where;
  }

  void Fill(std::uint32_t step, std::uint32_t depth) {
    const auto commands = 1 + random_.Below(options_.fan_out);
    for (std::uint64_t i = 0; i < commands; ++i) Draw(step, depth);
  }
  void FillIfDeep(std::uint32_t step, std::uint32_t depth) {
    if (depth > 1) Fill(step, depth - 1);
  }

  void Draw(std::uint32_t step, std::uint32_t depth) {
    if (shares_ == 0) return;
    auto draw = random_.Below(shares_);
    std::size_t kind = 0;
    while (draw >= options_.shares[kind]) draw -= options_.shares[kind++];
    const bool leaf = depth == 0 || Full();
    switch (static_cast<Kind>(kind)) {
      case Kind::kIncrement:
        return Do(step, Of(Verb::kAdd, 1 + random_.Below(9)));
      case Kind::kEmit:
        return AddNote(step);
      case Kind::kRetry:
        return Retry(step);
      case Kind::kClear:
        return Do(step, Of(Verb::kClear));
      default:
        if (!leaf) DrawStep(static_cast<Kind>(kind), step, depth);
    }
  }
  void DrawStep(Kind kind, std::uint32_t step, std::uint32_t depth) {
    switch (kind) {
      case Kind::kSend:
        return FillIfDeep(Send(step, Neighbour(step)), depth);
      case Kind::kReply:
        if (step != 0) FillIfDeep(Reply(step), depth);
        return;
      case Kind::kSelf:
        return FillIfDeep(Send(step, Self(step)), depth);
      case Kind::kDelay:
        return FillIfDeep(SendAfter(step, random_.Chance(0.5) ? Self(step) : Neighbour(step), Delay()), depth);
      case Kind::kCancel:
        return Cancel(step);
      case Kind::kAsync:
        return Async(step, depth);
      case Kind::kCycle:
        return Cycle(step);
      case Kind::kPoison:
        return Poison(step);
      case Kind::kExpire:
        return Expire(step);
      case Kind::kLocker:
        return UseLocker(step);
      default:
        return;
    }
  }

  // Once a step, and twice at most: one failure more would be the last.
  void Retry(std::uint32_t step) {
    const auto fails = [](const Command& command) { return static_cast<Verb>(command.verb) == Verb::kFail; };
    if (std::ranges::any_of(At(step).commands, fails)) return;
    Do(step, Of(Verb::kFail, 1 + random_.Below(2)));
  }

  void Async(std::uint32_t step, std::uint32_t depth) {
    const bool fails = random_.Chance(0.3);
    const auto child = Add(step, Self(step), Arrival::kOutcome, Of(Verb::kStartAsync, fails));
    At(child).fails = fails;
    FillIfDeep(child, depth);
  }

  // To and fro, without commands.
  void Cycle(std::uint32_t step) {
    const auto hops = static_cast<std::uint32_t>(random_.Between(1, 5));
    auto last = Send(step, Neighbour(step));
    At(step).commands.back().hops = At(last).hops = hops;
    for (auto left = hops; left > 0; --left) {
      const auto next = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back({.parent = last, .place = 0, .where = CallerOf(last), .hops = left - 1});
      At(last).messages = 1;
      last = next;
    }
  }

  void Poison(std::uint32_t step) {
    const auto child = Send(step, Neighbour(step));
    At(child).fate = Fate::kDies;
    Mark(child);
    const auto unsent = random_.Chance(0.5) ? Send(child, Self(child)) : SendAfter(child, Self(child), Delay());
    At(unsent).fate = Fate::kNever;
    Mark(unsent);
    Do(child, Of(Verb::kFail, kAlways));
  }

  // A value that expires, and somebody to look before and after.
  void Expire(std::uint32_t step) {
    const bool lease = random_.Chance(0.5);
    Do(step, Of(lease ? Verb::kLease : Verb::kIdle));
    const auto life = (lease ? options_.lease : options_.idle).count();
    SendAfter(step, Self(step), std::max<std::int64_t>(0, life - random_.Between(1, 3)));
    SendAfter(step, Self(step), life + random_.Between(0, 2));
  }

  void UseLocker(std::uint32_t step) {
    const Where locker{kLockerFunction, lockers_++};
    for (const auto verb : {Verb::kPut, Verb::kLook, Verb::kTake, Verb::kLook}) {
      Do(Send(step, locker), Of(verb));
    }
  }

  void Cancel(std::uint32_t step) {
    const auto token = ++tokens_;
    const auto to = random_.Chance(0.5) ? Self(step) : Neighbour(step);
    switch (random_.Below(5)) {
      case 0: {  // At once.
        const auto child = SendAfter(step, to, random_.Chance(0.3) ? kFarAway.count() : Delay(), token);
        At(child).fate = Fate::kNever;
        Mark(child);
        return Do(step, Of(Verb::kCancel, 0, 0, token));
      }
      case 1: {  // Replaced by another of the same name.
        const auto child = SendAfter(step, to, random_.Chance(0.3) ? kFarAway.count() : Delay(), token);
        At(child).fate = Fate::kNever;
        Mark(child);
        return Mark(SendAfter(step, to, Delay(), token));
      }
      case 2: {  // By a stranger, who knows the name in vain.
        const auto child = SendAfter(step, to, Delay(), token);
        Mark(child);
        const auto other = Neighbour(step);
        if (other.instance == Self(step).instance) return;
        return Do(Send(step, other), Of(Verb::kCancel, 0, 0, token));
      }
      default:  // By a later unit, or two.
        return CancelLater(step, to, token);
    }
  }

  void CancelLater(std::uint32_t step, Where to, std::uint32_t token) {
    const auto child = SendAfter(step, to, random_.Chance(0.5) ? kFarAway.count() : Delay(), token);
    At(child).fate = Fate::kRaces;
    Mark(child);
    // Tokens are scoped to the sender's id: its other function type may cancel as well.
    const Where own{static_cast<std::uint32_t>(random_.Below(2)), Self(step).instance};
    std::uint32_t canceller = 0;
    switch (random_.Below(3)) {
      case 0:
        canceller = Send(step, own);
        break;
      case 1:
        canceller = Reply(Send(step, Neighbour(step)));
        break;
      default:
        canceller = SendAfter(step, own, Delay());
    }
    Do(canceller, Of(Verb::kCancel, 0, 0, token));
    At(child).canceller = canceller;
  }

  const ProgramOptions& options_;
  Random random_;
  std::uint64_t shares_ = 0;
  std::uint64_t lockers_;
  std::uint32_t tokens_ = 0;
  Program nodes_;
};

std::string EncodeCommands(const Program& program, std::uint32_t step) {
  std::string out;
  for (auto command : program[step].commands) {
    std::string id;
    std::string commands;
    if (command.step != 0) {
      const auto& child = program[command.step];
      id = IdOf(child.where);
      commands = EncodeCommands(program, command.step);
      command.target_function = child.where.function;
      command.target_id = id;
      command.commands = commands;
    }
    AppendCommand(out, command);
  }
  return out;
}

}  // namespace

const std::array<KindInfo, kKinds> kKindInfos = {{
    {"increment", 8, "adding to the count"},
    {"send", 6, "sending a step to another instance"},
    {"reply", 3, "sending a step to the caller"},
    {"self", 2, "sending a step to the same instance"},
    {"delay", 3, "sending a step after a delay"},
    {"cancel", 2, "a delayed step that is cancelled or replaced, now, later or too late"},
    {"async", 2, "an operation outside, with a step for its outcome"},
    {"cycle", 1, "a step that goes to and fro a few times"},
    {"emit", 3, "an extra egress record"},
    {"retry", 1, "failing once or twice before success"},
    {"poison", 1, "sending a step that fails for good"},
    {"expire", 1, "a value that expires, and two delayed steps that look"},
    {"clear", 1, "clearing the values that expire"},
    {"locker", 1, "an instance that is used once and leaves no state"},
}};

std::array<std::uint32_t, kKinds> DefaultShares() {
  std::array<std::uint32_t, kKinds> shares{};
  for (std::size_t kind = 0; kind < kKinds; ++kind) shares[kind] = kKindInfos[kind].share;
  return shares;
}

Program DrawProgram(std::uint64_t seed, const ProgramOptions& options, PartitionId partition, std::uint64_t offset) {
  return Writer(seed, options, partition, offset).Write(partition);
}

std::string EncodeProgram(const Program& program, PartitionId partition, std::uint64_t offset) {
  const auto commands = EncodeCommands(program, 0);
  std::string out;
  Codec<Step>::Encode({.id = {partition.value, offset, 0}, .commands = commands}, out);
  return out;
}

std::string IdOf(const Where& where) {
  // A simulated run asks for a thousand: not formatted.
  std::string id(where.function == kLockerFunction ? "locker-" : "instance-");
  return id += std::to_string(where.instance);
}

}  // namespace holdfast::random_programs
