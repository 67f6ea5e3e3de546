// Values past their expiry are never shown, but those of an address that nobody writes to any more would stay for ever.
// A snapshot visits every row anyway, away from the loop: rows it finds expired are noted, looked at once more on the
// loop, a few a turn, and erased. So they go with the first snapshot after their expiry, or a later one if there are
// many; without snapshots they stay.
//
// Removing an expired row is not an effect: it is not logged, and a recovery that brings the row back changes nothing.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/model/application.h"
#include "core/ports/state_backend.h"

namespace holdfast {

class ExpiredRows {
 public:
  struct Row {
    KeyGroup group;
    TableId table;
    std::string id;
  };
  // What one walk found: written by whoever walks, then read on the loop.
  using Found = std::vector<Row>;

  explicit ExpiredRows(const Application& application);

  // The rows of `cut`; walking them also adds to `found` those that have expired at `now`, up to a bound.
  std::shared_ptr<const StateCut> Watch(std::shared_ptr<const StateCut> cut, AppTime now,
                                        std::shared_ptr<Found> found) const;
  // Takes the place of what was found before.
  void Take(Found&& found) { rows_ = std::move(found); }
  void Clear() { rows_.clear(); }
  bool empty() const { return rows_.empty(); }
  // Looks at up to `budget` rows and erases those that are still expired. Returns how many it erased.
  Result<std::size_t> Sweep(StateBackend& state, AppTime now, std::size_t budget);

 private:
  std::shared_ptr<const std::vector<bool>> can_expire_;  // By table.
  Found rows_;
};

}  // namespace holdfast
