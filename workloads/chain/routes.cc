#include "workloads/chain/routes.h"

#include <fmt/format.h>

#include "core/model/envelope.h"

namespace holdfast::chain {

Routes::Routes(std::uint64_t seed, const RouteOptions& options)
    : seed_(Mix64(seed ^ 0xc4a1)), options_(options), chooser_(options.instances, options.skew) {
  if (options.locality == 0 || options.near_is_same_instance) return;
  by_group_.resize(options.max_parallelism);
  for (std::uint64_t hop = 0; hop < options.instances; ++hop) {
    by_group_[KeyGroupOf(HopId(hop), options.max_parallelism).value].push_back(static_cast<std::uint32_t>(hop));
  }
}

Random Routes::Draws(const Branch& branch, std::uint32_t step) const {
  const auto record = Mix64(std::uint64_t{branch.partition.value} << 48 ^ branch.offset);
  return Random(Mix64(seed_ ^ Mix64(record ^ (std::uint64_t{branch.branch} << 32 | step))));
}

std::uint64_t Routes::Neighbour(std::string_view id, Random& random) const {
  const auto& group = by_group_[KeyGroupOf(id, options_.max_parallelism).value];
  return group.empty() ? chooser_.Choose(random) : group[random.Below(group.size())];
}

std::uint64_t Routes::First(const Branch& branch) const {
  auto random = Draws(branch, 1);
  const bool stays = random.Below(100) < options_.locality;
  if (!stays || options_.near_is_same_instance) return chooser_.Choose(random);
  return Neighbour(RootId(branch.partition, branch.offset), random);
}

std::uint64_t Routes::Next(const Branch& branch, std::uint32_t step, std::uint64_t from) const {
  auto random = Draws(branch, step);
  if (random.Below(100) >= options_.locality) return chooser_.Choose(random);
  return options_.near_is_same_instance ? from : Neighbour(HopId(from), random);
}

std::string Routes::HopId(std::uint64_t hop) {
  const fmt::format_int digits(hop);
  return std::string("hop-").append(digits.data(), digits.size());
}

std::string Routes::RootId(PartitionId partition, std::uint64_t offset) {
  return fmt::format("root-{}-{}", partition.value, offset);
}

}  // namespace holdfast::chain
