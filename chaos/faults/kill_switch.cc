#include "chaos/faults/kill_switch.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

namespace holdfast {

struct KillSwitch::Page {
  enum class OrderState : std::uint32_t { kFree, kArmed, kStruck };

  struct Order {
    std::atomic<OrderState> state;
    std::atomic<std::uint64_t> left;
    std::atomic<std::int64_t> struck_at;
    std::uint64_t number;
    std::array<char, 48> site;
  };
  std::array<Order, kOrders> orders;
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

Result<KillSwitch> KillSwitch::Map(const std::string& path, PageFile file) {
  HOLDFAST_ASSIGN(void* const page, MapSharedPage(path, sizeof(Page), file, "a kill switch"));
  return KillSwitch(static_cast<Page*>(page));  // All zero: all orders are free.
}

Result<KillSwitch> KillSwitch::Create(const std::string& path) { return Map(path, PageFile::kNew); }
Result<KillSwitch> KillSwitch::Open(const std::string& path) { return Map(path, PageFile::kThere); }

KillSwitch::KillSwitch(KillSwitch&& other) noexcept { *this = std::move(other); }

KillSwitch& KillSwitch::operator=(KillSwitch&& other) noexcept {
  std::swap(page_, other.page_);
  std::swap(orders_, other.orders_);
  return *this;
}

KillSwitch::~KillSwitch() {
  if (page_ != nullptr) UnmapSharedPage(page_, sizeof(Page));
}

Result<std::size_t> KillSwitch::Arm(SyncSite site, std::uint64_t nth) {
  using enum Page::OrderState;
  const auto free = std::ranges::find_if(page_->orders, [](const Page::Order& o) { return o.state == kFree; });
  if (free == page_->orders.end()) {
    return MakeError(ErrorCode::kExhausted, "more than {} faults wait for a call of a sync site", kOrders);
  }
  HOLDFAST_CHECK(site.size() < free->site.size() && nth > 0, "call {} of {}", nth, site);
  free->site.fill('\0');
  std::ranges::copy(site, free->site.begin());
  free->left = nth;
  free->number = orders_;
  free->state = kArmed;
  return orders_++;
}

void KillSwitch::Disarm() {
  using enum Page::OrderState;
  for (auto& order : page_->orders) {
    auto armed = kArmed;
    order.state.compare_exchange_strong(armed, kFree);
  }
}

bool KillSwitch::Strikes(SyncSite site, SteadyTime now) {
  using enum Page::OrderState;
  bool strikes = false;
  for (auto& order : page_->orders) {
    if (order.state != kArmed || site != order.site.data()) continue;
    if (order.left.fetch_sub(1) != 1) continue;
    order.struck_at = now.nanos;
    auto armed = kArmed;
    strikes = order.state.compare_exchange_strong(armed, kStruck) || strikes;
  }
  return strikes;
}

std::optional<KillSwitch::Strike> KillSwitch::TakeStrike() {
  using enum Page::OrderState;
  for (auto& order : page_->orders) {
    if (order.state != kStruck) continue;
    const Strike strike{order.number, SteadyTime{order.struck_at}};
    order.state = kFree;
    return strike;
  }
  return std::nullopt;
}

}  // namespace holdfast
