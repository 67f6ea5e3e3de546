// Where a worker keeps its rows. One backend belongs to one worker and is called on its loop only; the loop is single-
// threaded, so there are no locks and no transactions: a unit's mutations are atomic because a cut is only ever taken
// between units. Durability is not the backend's business either: a cut is read by an uploader, and after a failure the
// rows are put back.
//
// The cut is the point of the interface: it must not stop the loop for longer than a moment, however many rows there
// are, and what it shows must never change, whatever the loop does next.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "core/base/result.h"
#include "core/model/row.h"

namespace holdfast {

// Called once per row; an error stops the walk and is returned by it. The views live until the call returns.
using RowVisitor = std::function<Status(const RowKey& key, std::string_view value)>;

// The rows as they stood when the cut was taken. Read by one thread at a time, any thread; may be destroyed on any
// thread; may outlive the backend's later cuts but not the backend itself.
class StateCut {
 public:
  virtual ~StateCut() = default;
  // Visits every row once, in no promised order.
  virtual Status ForEach(const RowVisitor& visit) const = 0;
  virtual std::uint64_t rows() const = 0;
};

struct StateSize {
  std::uint64_t rows = 0;
  std::uint64_t payload_bytes = 0;  // Keys and values.
  std::uint64_t memory_bytes = 0;   // What they cost in memory, snapshots' private copies included.
  std::uint64_t disk_bytes = 0;     // And on disk.
};

class StateBackend {
 public:
  virtual ~StateBackend() = default;

  // The value of the row, or nothing. The view stays valid until the next call of a non-const method.
  // A Put or Erase of the same key right after costs no second look-up.
  virtual Result<std::optional<std::string_view>> Get(const RowKey& key) = 0;
  // Makes the value of the row `value`. `value` must not be a view into this backend.
  virtual Status Put(const RowKey& key, std::string_view value) = 0;
  // Removes the row if it is there.
  virtual Status Erase(const RowKey& key) = 0;
  // A hint that the row will soon be asked for.
  virtual void Prefetch(const RowKey& key) = 0;
  // A hint, while there is no row, that so many will be put.
  virtual void Expect(std::uint64_t rows) = 0;

  // Freezes the rows as they stand. Several cuts may be alive at once.
  virtual Result<std::shared_ptr<const StateCut>> Cut() = 0;
  // Visits the present rows of one table, in no promised order. `visit` must not call the backend.
  virtual Status ForEachIn(TableId table, const RowVisitor& visit) = 0;
  // Removes every row. Live cuts keep theirs.
  virtual Status Clear() = 0;
  virtual StateSize size() const = 0;
};

}  // namespace holdfast
