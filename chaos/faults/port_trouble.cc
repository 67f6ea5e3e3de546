#include "chaos/faults/port_trouble.h"

#include <algorithm>
#include <utility>

namespace holdfast {
namespace {

constexpr std::array<std::string_view, kPortTroubles> kNames{"disk-errors",     "disk-full",     "slow-disk",
                                                             "function-errors", "wrong-replies", "slow-functions",
                                                             "clock-forward",   "clock-back"};

std::size_t Place(PortTrouble trouble) { return static_cast<std::size_t>(trouble); }

PortTrouble TroubleOfDisk(Fault fault) {
  if (fault == Fault::kFull) return PortTrouble::kDiskFull;
  return fault == Fault::kSlow ? PortTrouble::kSlowDisk : PortTrouble::kDiskErrors;
}

// Chances must not add up to more than one: those who come first take what they want.
class Shares {
 public:
  double Take(double wanted) {
    const auto taken = std::min(wanted, left_);
    left_ -= taken;
    return taken;
  }

 private:
  double left_ = 1;
};

}  // namespace

PortTrouble TroubleOfFunctions(Fault fault) {
  if (fault == Fault::kWrongReply) return PortTrouble::kWrongReplies;
  return fault == Fault::kSlow ? PortTrouble::kSlowFunctions : PortTrouble::kFunctionErrors;
}

std::string_view PortTroubleName(PortTrouble trouble) { return kNames.at(Place(trouble)); }

std::optional<PortTrouble> PortTroubleNamed(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<PortTrouble>(found - kNames.begin());
}

struct TroublePage::Page {
  struct Entry {
    std::atomic<double> chance;  // 0: it does not hold.
    std::atomic<std::int64_t> by;
    std::atomic<std::uint64_t> met;
  };
  std::array<Entry, kPortTroubles> entries;
  std::atomic<std::int64_t> clock_ahead;
};
static_assert(std::atomic<double>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free);

Result<TroublePage> TroublePage::Map(const std::string& path, PageFile file) {
  HOLDFAST_ASSIGN(void* const page, MapSharedPage(path, sizeof(Page), file, "a page of troubles"));
  return TroublePage(static_cast<Page*>(page));  // All zero: nothing is wrong.
}

Result<TroublePage> TroublePage::Create(const std::string& path) { return Map(path, PageFile::kNew); }
Result<TroublePage> TroublePage::Open(const std::string& path) { return Map(path, PageFile::kThere); }

TroublePage::TroublePage(TroublePage&& other) noexcept { *this = std::move(other); }

TroublePage& TroublePage::operator=(TroublePage&& other) noexcept {
  std::swap(page_, other.page_);
  return *this;
}

TroublePage::~TroublePage() {
  if (page_ != nullptr) UnmapSharedPage(page_, sizeof(Page));
}

void TroublePage::Begin(PortTrouble trouble, TroubleSize size) {
  if (IsClockTrouble(trouble)) {
    page_->clock_ahead += (trouble == PortTrouble::kClockBack ? -size.by : size.by).count();
    return;
  }
  auto& entry = page_->entries[Place(trouble)];
  entry.by = size.by.count();
  entry.chance = size.chance;
}

void TroublePage::End(PortTrouble trouble) { page_->entries[Place(trouble)].chance = 0; }

std::uint64_t TroublePage::met(PortTrouble trouble) const { return page_->entries[Place(trouble)].met; }
void TroublePage::Met(PortTrouble trouble) { ++page_->entries[Place(trouble)].met; }
Duration TroublePage::clock_ahead() const { return Duration(page_->clock_ahead); }

TroubleSize TroublePage::SizeOf(PortTrouble trouble) const {
  const auto& entry = page_->entries[Place(trouble)];
  return {entry.chance, Duration(entry.by)};
}

FaultFeed TroublePage::OfDisk() {
  const auto now = [this] {
    Shares shares;
    FaultChances chances;
    chances.fail = shares.Take(SizeOf(PortTrouble::kDiskErrors).chance);
    chances.full = shares.Take(SizeOf(PortTrouble::kDiskFull).chance);
    const auto slow = SizeOf(PortTrouble::kSlowDisk);
    chances.slow = shares.Take(slow.chance);
    chances.delay = slow.by;
    return chances;
  };
  return {now, [this](Fault fault) { Met(TroubleOfDisk(fault)); }};
}

// What a function met is told by its endpoint, which spares some calls.
FaultFeed TroublePage::OfFunctions() {
  const auto now = [this] {
    Shares shares;
    FaultChances chances;
    chances.lose_answer = shares.Take(SizeOf(PortTrouble::kFunctionErrors).chance);
    chances.wrong_reply = shares.Take(SizeOf(PortTrouble::kWrongReplies).chance);
    const auto slow = SizeOf(PortTrouble::kSlowFunctions);
    chances.slow = shares.Take(slow.chance);
    chances.delay = slow.by;
    return chances;
  };
  return {now, [](Fault) {}};
}

AppTime TroubledClock::AppNow() const {
  const auto ahead = page_.clock_ahead();
  const auto before = last_ahead_.exchange(ahead.count());
  if (before != ahead.count()) {
    page_.Met(before < ahead.count() ? PortTrouble::kClockForward : PortTrouble::kClockBack);
  }
  return clock_.AppNow() + std::chrono::floor<std::chrono::milliseconds>(ahead);
}

}  // namespace holdfast
