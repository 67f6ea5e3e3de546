// The rows of a heap backend as they stood: a copy of the directory's root. Reads without locks, because nothing it can
// reach is ever written again; hands its private copies back when destroyed, on any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/ports/state_backend.h"
#include "storage-backends/state/heap/block.h"
#include "storage-backends/state/heap/cut_ledger.h"

namespace holdfast::heap {

// Visits the rows below `root`, those of `table` only if one is given, by segment number and place in the segment.
Status VisitRows(const std::vector<Leaf*>& root, std::optional<TableId> table, const RowVisitor& visit);

class HeapCut : public StateCut {
 public:
  HeapCut(CutLedger& ledger, std::vector<Leaf*> root, std::uint64_t rows)
      : ledger_(ledger), entry_(ledger.Open()), root_(std::move(root)), rows_(rows) {}
  ~HeapCut() override { ledger_.Return(entry_); }
  HeapCut(const HeapCut&) = delete;
  HeapCut& operator=(const HeapCut&) = delete;

  Status ForEach(const RowVisitor& visit) const override { return VisitRows(root_, std::nullopt, visit); }
  std::uint64_t rows() const override { return rows_; }

 private:
  CutLedger& ledger_;
  CutLedger::Entry* entry_;
  std::vector<Leaf*> root_;
  std::uint64_t rows_;
};

}  // namespace holdfast::heap
