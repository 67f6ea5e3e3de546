#include "storage-backends/state/heap/cut_ledger.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"

namespace holdfast::heap {

namespace {
// More than a call can newly take, so that freeing keeps ahead of copying.
constexpr int kBlocksPerCollect = 16;
}  // namespace

CutLedger::Entry* CutLedger::Open() {
  auto entry = std::make_unique<Entry>();
  entry->version = newest_live_ = version_++;
  live_.push_back(std::move(entry));
  return live_.back().get();
}

void CutLedger::Return(Entry* entry) {
  entry->next_returned = returned_.load(std::memory_order_relaxed);
  while (!returned_.compare_exchange_weak(entry->next_returned, entry, std::memory_order_release,
                                          std::memory_order_relaxed)) {
  }
}

void CutLedger::Retire(Block* block) {
  if (Entry* keeper = NewestShowing(block->born, version_)) {
    keeper->retired.Push(block);
  } else {
    pool_.Give(block);
  }
}

void CutLedger::Collect() {
  NoteReturned();
  for (int budget = kBlocksPerCollect; budget > 0 && !going_.empty(); --budget) Release(*going_.back());
}

void CutLedger::CollectAll() {
  NoteReturned();
  while (!going_.empty()) Release(*going_.back());
}

void CutLedger::NoteReturned() {
  if (returned_.load(std::memory_order_relaxed) == nullptr) return;
  Entry* entry = returned_.exchange(nullptr, std::memory_order_acquire);
  while (entry != nullptr) {
    const auto found = std::find_if(live_.begin(), live_.end(), [&](const auto& live) { return live.get() == entry; });
    HOLDFAST_CHECK(found != live_.end(), "cut of version {} returned twice", entry->version);
    entry = std::exchange(entry->next_returned, nullptr);
    going_.push_back(std::move(*found));
    live_.erase(found);
  }
  newest_live_ = live_.empty() ? 0 : live_.back()->version;
}

// Passes one block on, or drops the entry when none is left. `gone` is the last in going_.
void CutLedger::Release(Entry& gone) {
  if (gone.retired.empty()) {
    going_.pop_back();
    return;
  }
  Block* block = gone.retired.Pop();
  if (Entry* keeper = NewestShowing(block->born, gone.version)) {
    keeper->retired.Push(block);
  } else {
    pool_.Give(block);
  }
}

CutLedger::Entry* CutLedger::NewestShowing(std::uint32_t born, std::uint32_t below) {
  for (auto entry = live_.rbegin(); entry != live_.rend(); ++entry) {
    if ((*entry)->version < below) return (*entry)->version >= born ? entry->get() : nullptr;
  }
  return nullptr;
}

}  // namespace holdfast::heap
