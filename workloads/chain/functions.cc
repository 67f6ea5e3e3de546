#include "workloads/chain/functions.h"

#include <array>
#include <charconv>

#include "core/base/hash.h"

namespace holdfast::chain {
namespace {

template <class... Words>
std::uint64_t HashOfWords(Words... words) {
  const std::array<std::uint64_t, sizeof...(Words)> all{static_cast<std::uint64_t>(words)...};
  return Hash64({reinterpret_cast<const char*>(all.data()), sizeof all});
}

Branch BranchOf(const Walk& walk) {
  return {PartitionId(static_cast<std::uint16_t>(walk.partition)), walk.offset, walk.branch};
}

}  // namespace

void Root::On(Context& ctx, const Start& start) {
  ctx.Set(join, {});
  Branch branch{PartitionId(static_cast<std::uint16_t>(start.partition)), start.offset, 0};
  for (; branch.branch < routes_->options().fan_out; ++branch.branch) {
    const auto hash = HashOfWords(start.partition, start.offset, branch.branch);
    ctx.Send(To<Hop>(Routes::HopId(routes_->First(branch))),
             Walk{start.partition, start.offset, branch.branch, 1, hash, start.payload});
  }
}

Status Root::On(Context& ctx, const Answer& answer) {
  auto joined = ctx.Get(join);
  if (!joined) {
    return MakeError(ErrorCode::kInvalidArgument, "{}: branch {} answers, but nobody waits for it", ctx.self().id,
                     answer.branch);
  }
  joined->answers += 1;
  joined->steps += answer.steps;
  joined->digest += answer.hash;
  if (joined->answers < routes_->options().fan_out) {
    ctx.Set(join, *joined);
    return {};
  }
  ctx.Clear(join);
  ctx.Emit(kOutcomes, ctx.self().id, {answer.partition, answer.offset, *joined});
  return {};
}

Status Hop::On(Context& ctx, const Walk& walk) {
  const auto id = ctx.self().id;
  std::uint64_t number = 0;
  const auto digits = id.substr(std::min<std::size_t>(id.size(), 4));
  if (std::from_chars(digits.data(), digits.data() + digits.size(), number).ec != std::errc()) {
    return MakeError(ErrorCode::kInvalidArgument, "a walk came to '{}', which is no hop", id);
  }
  auto mine = ctx.Get(tally).value_or(Tally{});
  mine.visits += 1;
  mine.digest += HashOfWords(walk.partition, walk.offset, walk.branch, walk.step);
  ctx.Set(tally, mine);
  const auto hash = HashOfWords(walk.hash, Hash64(id), walk.step, Hash64(walk.payload));
  const auto branch = BranchOf(walk);
  if (walk.step >= routes_->options().hops) {
    ctx.Send(To<Root>(Routes::RootId(branch.partition, walk.offset)),
             Answer{walk.partition, walk.offset, walk.branch, walk.step, hash});
    return {};
  }
  ctx.Send(To<Hop>(Routes::HopId(routes_->Next(branch, walk.step + 1, number))),
           Walk{walk.partition, walk.offset, walk.branch, walk.step + 1, hash, walk.payload});
  return {};
}

}  // namespace holdfast::chain
