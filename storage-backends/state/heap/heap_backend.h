// Rows in the memory of the process: a hash index over versioned segments (row_store.h). A cut costs a copy of the
// directory's root, microseconds at any number of rows; each segment written afterwards is copied once, and the copies
// come back when the cut is destroyed. The index is not part of a cut: it is rebuilt as rows are put back.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/ports/state_backend.h"
#include "storage-backends/state/heap/row_index.h"
#include "storage-backends/state/heap/row_store.h"
#include "storage-backends/state/registry.h"

namespace holdfast {

struct HeapOptions {
  // Whether the kernel may back a large state with huge pages: random access is faster, but whenever the state grows by
  // another two mebibytes the loop waits for the kernel to clear them all at once.
  bool huge_pages = true;

  static OptionSet Declared();
  static HeapOptions From(const OptionValues& values);
};

// Called on the loop only; its cuts may be read and destroyed on any thread, and must all be gone before it is.
// Equal histories of calls walk their rows in equal order.
class HeapBackend : public StateBackend {
 public:
  explicit HeapBackend(const HeapOptions& options = {});

  Result<std::optional<std::string_view>> Get(const RowKey& key) override;
  // kInvalidArgument for an id beyond 65535 bytes, kExhausted beyond 32 GiB of rows.
  Status Put(const RowKey& key, std::string_view value) override;
  Status Erase(const RowKey& key) override;
  void Prefetch(const RowKey& key) override;
  void Expect(std::uint64_t rows) override;

  Result<std::shared_ptr<const StateCut>> Cut() override;
  Status ForEachIn(TableId table, const RowVisitor& visit) override;
  Status Clear() override;
  StateSize size() const override;

 private:
  // The key looked up last, so that writing it needs no second look-up. A row that is there is recognised by the key
  // stored in it; of one that is not there the key is kept here. Forgotten when a position or a row may have moved.
  struct Remembered {
    heap::RowIndex::Position position;  // No lane: nothing is remembered.
    const char* row = nullptr;          // Null: the key is not there.
    KeyGroup group;
    TableId table;
    std::string id;
  };

  void LookUp(const RowKey& key);
  bool Remembers(const RowKey& key) const;
  void Remember(const heap::RowIndex::Position& position, const char* row);
  Error Full() const;
  Status Insert(const RowKey& key, std::string_view value);
  Status Replace(const RowKey& key, std::string_view value);
  Status Move(const RowKey& key, std::string_view value);

  // Keys on their way into the cache: their index lines were asked for, their rows will be.
  static constexpr std::size_t kPrefetchStages = 4;

  heap::RowStore store_;
  heap::RowIndex index_;
  Remembered last_;
  std::array<std::uint32_t, kPrefetchStages> prefetched_{};
  std::size_t next_prefetched_ = 0;
  std::uint64_t rows_ = 0;
  std::uint64_t payload_bytes_ = 0;
};

void RegisterHeapBackend(StateBackendRegistry& backends);

}  // namespace holdfast
