// What an oracle found: how often each kind of damage, and the first few places of each in words.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

// The count of every visible record against what was offered. Each offered record is seen or missing; each visible
// record is the first of its identity, or a duplicate, or contradictory, or a phantom.
struct Ledger {
  std::uint64_t expected = 0;       // Records that must become visible, because their cause was offered.
  std::uint64_t seen = 0;           // Of these, how many became visible at least once.
  std::uint64_t missing = 0;        // Of these, how many did not: expected = seen + missing.
  std::uint64_t duplicate = 0;      // Visible again, with the same content.
  std::uint64_t out_of_order = 0;   // Visible after one that must follow it.
  std::uint64_t phantom = 0;        // Nothing that was offered explains them.
  std::uint64_t contradictory = 0;  // The content is not the one that was due, or not the one visible before.
  friend bool operator==(const Ledger&, const Ledger&) = default;
};

enum class Damage : std::uint8_t {
  kMissing,
  kDuplicate,
  kOutOfOrder,
  kPhantom,
  kContradictory,
  kBrokenChain,
  kWrongState,
  kInconsistentLine,  // A recovery line is no state that a failure-free execution could have passed through.
};
inline constexpr std::size_t kDamageKinds = 8;

// "missing", "out of order", ...
std::string_view DamageName(Damage damage);

class Findings {
 public:
  static constexpr std::size_t kKeptSentences = 5;

  // Counts one; the sentence is asked for only while there is room for it.
  template <class MakeSentence>
  void Add(Damage damage, const MakeSentence& make_sentence) {
    auto& kind = kinds_[static_cast<std::size_t>(damage)];
    if (kind.count++ < kKeptSentences) kind.first.push_back(make_sentence());
  }
  std::uint64_t count(Damage damage) const { return kinds_[static_cast<std::size_t>(damage)].count; }
  // The first few, in the order found.
  const std::vector<std::string>& first(Damage damage) const { return kinds_[static_cast<std::size_t>(damage)].first; }
  std::uint64_t total() const;
  bool none() const { return total() == 0; }
  // Of a run from which so many records were expected, and so many of these seen.
  Ledger LedgerOf(std::uint64_t expected, std::uint64_t seen) const;
  // Every kind that occurred with its count and first sentences, one per line; empty if none().
  std::string Text() const;

 private:
  struct Kind {
    std::uint64_t count = 0;
    std::vector<std::string> first;
  };
  std::array<Kind, kDamageKinds> kinds_;
};

}  // namespace holdfast
