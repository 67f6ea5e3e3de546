// Puts the units of many instances in order. Outputs tell of them in any order, since one that leads to an
// output is told of long after it ran; versions say in which they ran. What comes before its turn is kept.
//
// What is told of a unit is a `Told` with a member `witness`, after the unit, whose `version` counts the units of its
// instance from 1 on.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace holdfast {

template <class Told>
class UnitOrder {
 public:
  using Witness = decltype(Told::witness);
  // kPast: a later one of the instance had its turn already. kSame, kOther: another one of this version waits for its
  // turn, or had it last.
  enum class Sight : std::uint8_t { kFirst, kPast, kSame, kOther };

  explicit UnitOrder(std::size_t instances) : latest_(instances) {}

  // Calls `apply(told)` for this unit and all that waited for it, if it is the next of its instance; keeps it for
  // later if it is not. Nothing but kFirst is kept or applied.
  template <class Apply>
  Sight Add(std::uint64_t instance, const Told& told, const Apply& apply) {
    auto& latest = latest_[instance];
    const auto version = told.witness.version;
    if (version < latest.version || version == 0) return Sight::kPast;
    if (version == latest.version) return told.witness == latest ? Sight::kSame : Sight::kOther;
    if (version == latest.version + 1) {
      Turn(instance, told, apply);
      for (auto next = waiting_.find({instance, latest.version + 1}); next != waiting_.end();
           next = waiting_.find({instance, latest.version + 1})) {
        TakeTurn(next, apply);
      }
      return Sight::kFirst;
    }
    const auto [place, added] = waiting_.try_emplace({instance, version}, told);
    if (added) return Sight::kFirst;
    return place->second.witness == told.witness ? Sight::kSame : Sight::kOther;
  }
  // Nothing more will be told: whatever still waits has its turn, though units before it are unknown.
  template <class Apply>
  void Finish(const Apply& apply) {
    while (!waiting_.empty()) {
      const auto next = waiting_.begin();
      const auto instance = next->first.first;
      TakeTurn(next, [&](const Told& told) { apply(instance, told); });
    }
  }
  // After the latest unit that had its turn.
  const Witness& latest(std::uint64_t instance) const { return latest_[instance]; }
  std::size_t instances() const { return latest_.size(); }

 private:
  using Waiting = std::map<std::pair<std::uint64_t, std::uint64_t>, Told>;  // By instance and version.

  template <class Apply>
  void Turn(std::uint64_t instance, const Told& told, const Apply& apply) {
    apply(told);
    latest_[instance] = told.witness;
  }
  template <class Apply>
  void TakeTurn(typename Waiting::iterator next, const Apply& apply) {
    const auto node = waiting_.extract(next);
    Turn(node.key().first, node.mapped(), apply);
  }

  std::vector<Witness> latest_;
  Waiting waiting_;
};

}  // namespace holdfast
