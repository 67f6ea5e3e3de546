#include "workloads/oracles/findings.h"

#include <fmt/format.h>

namespace holdfast {

std::string_view DamageName(Damage damage) {
  switch (damage) {
    case Damage::kMissing:
      return "missing";
    case Damage::kDuplicate:
      return "duplicate";
    case Damage::kOutOfOrder:
      return "out of order";
    case Damage::kPhantom:
      return "phantom";
    case Damage::kContradictory:
      return "contradictory";
    case Damage::kBrokenChain:
      return "broken chain";
    case Damage::kWrongState:
      return "wrong state";
    case Damage::kInconsistentLine:
      return "inconsistent line";
  }
  return "?";
}

std::uint64_t Findings::total() const {
  std::uint64_t total = 0;
  for (const auto& kind : kinds_) total += kind.count;
  return total;
}

Ledger Findings::LedgerOf(std::uint64_t expected, std::uint64_t seen) const {
  return {.expected = expected,
          .seen = seen,
          .missing = count(Damage::kMissing),
          .duplicate = count(Damage::kDuplicate),
          .out_of_order = count(Damage::kOutOfOrder),
          .phantom = count(Damage::kPhantom),
          .contradictory = count(Damage::kContradictory)};
}

std::string Findings::Text() const {
  std::string text;
  for (std::size_t i = 0; i < kinds_.size(); ++i) {
    const auto& kind = kinds_[i];
    if (kind.count == 0) continue;
    text += fmt::format("{}: {}\n", DamageName(static_cast<Damage>(i)), kind.count);
    for (const auto& sentence : kind.first) text += fmt::format("  {}\n", sentence);
    if (kind.count > kind.first.size()) text += fmt::format("  and {} more\n", kind.count - kind.first.size());
  }
  return text;
}

}  // namespace holdfast
