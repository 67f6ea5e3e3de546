#include "workloads/fraud-detection/witness.h"

#include "core/base/hash.h"

namespace holdfast::fraud_detection {

std::uint64_t HashWords(std::initializer_list<std::uint64_t> words) {
  return Hash64({reinterpret_cast<const char*>(words.begin()), words.size() * sizeof(std::uint64_t)});
}

Witness LinkNumber(const std::optional<Witness>& before, const Context& ctx, std::uint64_t deed, std::uint64_t first,
                   std::uint64_t second) {
  const auto at = ctx.Now().millis;
  const auto chain = before ? before->chain : Hash64(ctx.self().id);
  return {before ? before->version + 1 : 1, HashWords({chain, deed, first, second, static_cast<std::uint64_t>(at)}),
          at};
}

}  // namespace holdfast::fraud_detection
