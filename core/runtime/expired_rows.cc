#include "core/runtime/expired_rows.h"

#include <algorithm>

#include "core/model/record.h"

namespace holdfast {
namespace {

constexpr std::size_t kMostFound = 1 << 16;  // In one walk: some megabytes.

bool CanExpire(const FunctionSpec& function) {
  return std::any_of(function.states.begin(), function.states.end(),
                     [](const StateSpec& state) { return state.expire.mode != Expire::Mode::kNever; });
}

class WatchedCut final : public StateCut {
 public:
  WatchedCut(std::shared_ptr<const StateCut> cut, std::shared_ptr<const std::vector<bool>> can_expire, AppTime now,
             std::shared_ptr<ExpiredRows::Found> found)
      : cut_(std::move(cut)), can_expire_(std::move(can_expire)), now_(now), found_(std::move(found)) {}

  Status ForEach(const RowVisitor& visit) const override {
    return cut_->ForEach([&](const RowKey& key, std::string_view value) {
      Look(key, value);
      return visit(key, value);
    });
  }
  std::uint64_t rows() const override { return cut_->rows(); }

 private:
  void Look(const RowKey& key, std::string_view value) const {
    if (key.table.value >= can_expire_->size() || !(*can_expire_)[key.table.value]) return;
    if (found_->size() >= kMostFound || !IsExpired(value, now_)) return;
    found_->push_back({key.group, key.table, std::string(key.id)});
  }

  const std::shared_ptr<const StateCut> cut_;
  const std::shared_ptr<const std::vector<bool>> can_expire_;
  const AppTime now_;
  const std::shared_ptr<ExpiredRows::Found> found_;
};

}  // namespace

ExpiredRows::ExpiredRows(const Application& application) {
  std::vector<bool> can_expire;
  for (const auto& function : application.functions()) can_expire.push_back(CanExpire(function));
  can_expire_ = std::make_shared<const std::vector<bool>>(std::move(can_expire));
}

std::shared_ptr<const StateCut> ExpiredRows::Watch(std::shared_ptr<const StateCut> cut, AppTime now,
                                                   std::shared_ptr<Found> found) const {
  if (std::find(can_expire_->begin(), can_expire_->end(), true) == can_expire_->end()) return cut;
  return std::make_shared<WatchedCut>(std::move(cut), can_expire_, now, std::move(found));
}

Result<std::size_t> ExpiredRows::Sweep(StateBackend& state, AppTime now, std::size_t budget) {
  std::size_t erased = 0;
  for (; budget > 0 && !rows_.empty(); --budget, rows_.pop_back()) {
    const auto& row = rows_.back();
    const RowKey key{row.group, row.table, row.id};
    HOLDFAST_ASSIGN(const auto value, state.Get(key));
    if (!value || !IsExpired(*value, now)) continue;
    HOLDFAST_TRY(state.Erase(key));
    ++erased;
  }
  return erased;
}

}  // namespace holdfast
