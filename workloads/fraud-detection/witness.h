// What every lasting state of fraud detection keeps, in both its variants, so that whoever sees the outputs can put the
// units of an instance in order.
//
// A witness is a hash chain over all units of its instance: (version, chain, at), where version counts the units, chain
// folds them in, each on top of the one before, and `at` is the application time of the latest:
//
//   chain(0) = Hash64(the instance's id)
//   chain(n) = Hash64(the eight-byte little-endian words: chain(n - 1), what unit n did, two numbers, its time)
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>

#include "core/model/context.h"

namespace holdfast::fraud_detection {

struct Witness {
  std::uint64_t version = 0;
  std::uint64_t chain = 0;
  std::int64_t at = 0;
  friend bool operator==(const Witness&, const Witness&) = default;
  HOLDFAST_MESSAGE("fraud-detection/Witness", version, chain, at)
};

// Names a transaction, or a confirmation: where it stands in the ingress.
struct Place {
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
  HOLDFAST_MESSAGE("fraud-detection/Place", partition, offset)
};

// The hash of these words, eight bytes each, little-endian.
std::uint64_t HashWords(std::initializer_list<std::uint64_t> words);

Witness LinkNumber(const std::optional<Witness>& before, const Context& ctx, std::uint64_t deed, std::uint64_t first,
                   std::uint64_t second);
// The witness of the instance after the present unit, which did `deed`.
template <class Deed>
Witness Link(const std::optional<Witness>& before, const Context& ctx, Deed deed, std::uint64_t first,
             std::uint64_t second) {
  return LinkNumber(before, ctx, static_cast<std::uint64_t>(deed), first, second);
}

}  // namespace holdfast::fraud_detection
