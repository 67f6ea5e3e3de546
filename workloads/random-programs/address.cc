#include "workloads/random-programs/address.h"

#include "core/base/hash.h"

namespace holdfast::random_programs {
namespace {

// The words follow each other in memory as the definition wants them: eight bytes each, little-endian.
std::uint64_t ChainOf(std::initializer_list<std::uint64_t> words) {
  return Hash64({reinterpret_cast<const char*>(words.begin()), words.size() * sizeof(std::uint64_t)});
}

}  // namespace

Witness Address::After(const Receipt& receipt) const {
  auto before = witness.chain;
  if (witness.version == 0) before = Hash64(std::string(receipt.function) + "/" + std::string(receipt.self));
  const auto& origin = receipt.origin;
  return {witness.version + 1,
          ChainOf({before, receipt.id.partition, receipt.id.offset, receipt.id.step, receipt.attempt, receipt.outcome,
                   origin.sender.version, origin.sender.chain, origin.place, static_cast<std::uint64_t>(origin.due),
                   static_cast<std::uint64_t>(receipt.now)})};
}

void Address::Apply(const Node& node, const Receipt& receipt, const ProgramOptions& options) {
  const auto now = receipt.now;
  const auto version = static_cast<std::int64_t>(receipt.witness.version);
  if (idle.At(now) != 0) idle.expiry = now + options.idle.count();
  // What has expired is gone with the next unit, also if the clock is set back after it.
  if (lease.At(now) == 0) lease = {};
  if (idle.At(now) == 0) idle = {};
  last_unit = now;
  if (static_cast<Outcome>(receipt.outcome) == Outcome::kUnknown) return;
  for (const auto& command : node.commands) {
    switch (static_cast<Verb>(command.verb)) {
      case Verb::kAdd:
        count += static_cast<std::int64_t>(command.number);
        break;
      case Verb::kLease:
        lease = {version, now + options.lease.count()};
        break;
      case Verb::kIdle:
        idle = {version, now + options.idle.count()};
        break;
      case Verb::kClear:
        lease = idle = {};
        break;
      default:
        break;
    }
  }
}

}  // namespace holdfast::random_programs
