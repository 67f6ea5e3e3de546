#include "chaos/faults/trouble_page.h"

#include <algorithm>
#include <array>
#include <utility>

namespace holdfast {
namespace {

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

PortTrouble TroubleOfDisk(Fault fault) {
  if (fault == Fault::kFull) return PortTrouble::kDiskFull;
  return fault == Fault::kSlow ? PortTrouble::kSlowDisk : PortTrouble::kDiskErrors;
}

}  // namespace

// A trouble that holds or has held. The testbed writes all but what is counted, and `holds` last.
struct TroublePage::Slot {
  std::atomic<bool> holds;
  std::atomic<PortTrouble> trouble;
  std::atomic<TroublePath> path;
  std::atomic<TroubleTicket> ticket;  // 0: never used.
  std::atomic<std::uint64_t> life;    // In which it began.
  std::atomic<double> chance;
  std::atomic<std::int64_t> by;
  std::atomic<std::int64_t> until;
  std::atomic<std::uint64_t> met, waiting, lost;

  bool Is(PortTrouble kind) const { return ticket != 0 && trouble == kind; }
};
static_assert(std::atomic<double>::is_always_lock_free && std::atomic<TroublePath>::is_always_lock_free);

// A file of zeros: nothing is wrong, and nothing ever was.
struct TroublePage::Page {
  static constexpr std::size_t kSlots = 64;
  std::array<Slot, kSlots> slots;     // A ticket's slot is its number's remainder.
  std::atomic<TroubleTicket> newest;  // 0: none yet.
  std::atomic<std::uint64_t> life;
  std::atomic<std::int64_t> clock_ahead;

  Slot& SlotOf(TroubleTicket ticket) { return slots[ticket % kSlots]; }
};

Result<TroublePage> TroublePage::Map(const std::string& path, PageFile file) {
  HOLDFAST_ASSIGN(void* const page, MapSharedPage(path, sizeof(Page), file, "a page of troubles"));
  return TroublePage(static_cast<Page*>(page));
}

Result<TroublePage> TroublePage::Create(const std::string& path) { return Map(path, PageFile::kNew); }
Result<TroublePage> TroublePage::Open(const std::string& path) { return Map(path, PageFile::kThere); }

TroublePage::TroublePage(Page* page) : page_(page), life_(page->life) {}

TroublePage::TroublePage(TroublePage&& other) noexcept { *this = std::move(other); }

TroublePage& TroublePage::operator=(TroublePage&& other) noexcept {
  std::swap(page_, other.page_);
  std::swap(life_, other.life_);
  return *this;
}

TroublePage::~TroublePage() {
  if (page_ != nullptr) UnmapSharedPage(page_, sizeof(Page));
}

// ---- the testbed ---------------------------------------------------------------------------------------------------

Result<TroubleTicket> TroublePage::Begin(const TroubleOrder& order) {
  auto ticket = page_->newest + 1;
  while (page_->SlotOf(ticket).holds || page_->SlotOf(ticket).waiting > 0) {
    if (++ticket > page_->newest + Page::kSlots) {
      return MakeError(ErrorCode::kExhausted, "{} troubles hold already, the most there can be", Page::kSlots);
    }
  }
  auto& slot = page_->SlotOf(ticket);
  slot.trouble = order.trouble;
  slot.path = order.path;
  slot.life = page_->life.load();
  slot.chance = order.size.chance;
  slot.by = order.size.by.count();
  slot.until = order.until.nanos;
  slot.met = slot.waiting = slot.lost = 0;
  slot.ticket = ticket;
  slot.holds = true;
  // Last: whoever sees the clock set finds the slot.
  if (order.trouble == PortTrouble::kClockForward) page_->clock_ahead += order.size.by.count();
  if (order.trouble == PortTrouble::kClockBack) page_->clock_ahead -= order.size.by.count();
  page_->newest = ticket;
  return ticket;
}

TroublePage::Slot* TroublePage::Find(TroubleTicket ticket) const {
  auto& slot = page_->SlotOf(ticket);
  return slot.ticket == ticket ? &slot : nullptr;
}

void TroublePage::End(TroubleTicket ticket) {
  if (auto* slot = Find(ticket)) slot->holds = false;
}

std::uint64_t TroublePage::met(TroubleTicket ticket) const {
  const auto* slot = Find(ticket);
  return slot == nullptr ? 0 : slot->met.load();
}

std::uint64_t TroublePage::waiting(TroubleTicket ticket) const {
  const auto* slot = Find(ticket);
  return slot == nullptr ? 0 : slot->waiting.load();
}

std::uint64_t TroublePage::lost(TroubleTicket ticket) const {
  const auto* slot = Find(ticket);
  return slot == nullptr ? 0 : slot->lost.load();
}

void TroublePage::NewLife() {
  for (auto& slot : page_->slots) slot.lost += slot.waiting.exchange(0);
  ++page_->life;
}

// ---- the process ---------------------------------------------------------------------------------------------------

// What one of them befell that is just over is counted for the newest of its kind.
void TroublePage::Met(PortTrouble trouble) {
  Slot* newest = nullptr;
  bool counted = false;
  for (auto& slot : page_->slots) {
    if (!slot.Is(trouble)) continue;
    if (newest == nullptr || slot.ticket > newest->ticket) newest = &slot;
    if (!slot.holds) continue;
    ++slot.met;
    counted = true;
  }
  if (!counted && newest != nullptr) ++newest->met;
}

Duration TroublePage::clock_ahead() const { return Duration(page_->clock_ahead); }

TroubleSize TroublePage::SizeOf(PortTrouble trouble) const {
  TroubleSize sum{.chance = 0};
  for (const auto& slot : page_->slots) {
    if (!slot.Is(trouble) || !slot.holds) continue;
    sum.chance += slot.chance;
    sum.by = std::max(sum.by, Duration(slot.by));
  }
  return sum;
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

FaultFeed TroublePage::OfReplies() {
  const auto now = [this] {
    return FaultChances{.lose_answer = std::min(1.0, SizeOf(PortTrouble::kDropReplies).chance)};
  };
  return {now, [this](Fault) { Met(PortTrouble::kDropReplies); }};
}

std::vector<TroubleOnPath> TroublePage::On(const TroublePath& path) const {
  std::vector<TroubleOnPath> found;
  for (const auto& slot : page_->slots) {
    if (!slot.holds || !slot.path.load().Covers(path)) continue;
    const auto trouble = slot.trouble.load();
    if (!IsChannelTrouble(trouble) && !IsSinkTrouble(trouble)) continue;
    if (trouble == PortTrouble::kHold && slot.life != life_) continue;
    found.push_back({slot.ticket, {trouble, {slot.chance, Duration(slot.by)}, slot.path, {slot.until}}});
  }
  return found;
}

PathFeed TroublePage::OfPaths() {
  return {.now = [this](const TroublePath& path) { return On(path); },
          .met =
              [this](TroubleTicket ticket) {
                if (auto* slot = Find(ticket)) ++slot->met;
              },
          .waiting =
              [this](TroubleTicket ticket, int more) {
                if (auto* slot = Find(ticket)) slot->waiting += static_cast<std::uint64_t>(more);
              }};
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
