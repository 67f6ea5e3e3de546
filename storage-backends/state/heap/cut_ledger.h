// Who still needs an old block. Every cut ends a version; a block is shared while a live cut is at least as new as the
// block. A block that leaves the present state is hung on the newest live cut that shows it; when that cut goes, the
// block moves on to the next older cut that shows it, or is free. (File systems call these dead lists.) So nothing is
// counted per block, and a block that no live cut has seen is free at once.
//
// Owned by the loop, except Return: a reader on any thread drops a cut with one exchange, and the loop picks it up when
// it next needs memory, a few blocks at a time.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "storage-backends/state/heap/block.h"
#include "storage-backends/state/heap/block_pool.h"

namespace holdfast::heap {

class CutLedger {
 public:
  // A live cut, as the ledger sees it.
  struct Entry {
    std::uint32_t version = 0;
    BlockList retired;  // Blocks for which this is the newest cut that shows them.
    Entry* next_returned = nullptr;
  };

  explicit CutLedger(BlockPool& pool) : pool_(pool) {}

  // The version blocks are born into now.
  std::uint32_t version() const { return version_; }
  bool Shared(std::uint32_t born) const { return born <= newest_live_; }

  // Ends the present version and keeps it until Return(entry).
  Entry* Open();
  // Any thread; `entry` must not be used afterwards.
  void Return(Entry* entry);
  // Takes over a block that the present state no longer contains.
  void Retire(Block* block);
  // Notes returned cuts and frees a bounded number of blocks they kept.
  void Collect();

  // Cuts neither returned nor noted as returned.
  std::size_t live() const { return live_.size(); }
  // The same, freeing everything that was kept: for the backend's end.
  void CollectAll();

 private:
  void NoteReturned();
  void Release(Entry& gone);
  Entry* NewestShowing(std::uint32_t born, std::uint32_t below);

  BlockPool& pool_;
  std::uint32_t version_ = 1;
  std::uint32_t newest_live_ = 0;
  std::vector<std::unique_ptr<Entry>> live_;   // Oldest first.
  std::vector<std::unique_ptr<Entry>> going_;  // Returned, with blocks still to be passed on.
  std::atomic<Entry*> returned_{nullptr};
};

}  // namespace holdfast::heap
