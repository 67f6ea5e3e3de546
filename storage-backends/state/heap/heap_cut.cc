#include "storage-backends/state/heap/heap_cut.h"

#include "storage-backends/state/heap/row_record.h"

namespace holdfast::heap {

namespace {

Status VisitRow(const char* row, std::optional<TableId> table, const RowVisitor& visit) {
  const auto header = HeaderOf(row);
  if (header.value_bytes == kFreeSlot) return {};
  if (table && header.table != table->value) return {};
  return visit(KeyOf(row), ValueOf(row));
}

Status VisitSegment(const Segment& segment, std::optional<TableId> table, const RowVisitor& visit) {
  for (std::size_t offset = kRowsOffset; offset < segment.end; offset += segment.slot_bytes) {
    HOLDFAST_TRY(VisitRow(segment.at(offset), table, visit));
  }
  return {};
}

}  // namespace

Status VisitRows(const std::vector<Leaf*>& root, std::optional<TableId> table, const RowVisitor& visit) {
  for (const Leaf* leaf : root) {
    for (const auto& place : leaf->places) {
      const Block* block = place.block;
      if (block == nullptr) continue;
      if (block->kind == BlockKind::kSegment) {
        HOLDFAST_TRY(VisitSegment(*static_cast<const Segment*>(block), table, visit));
      } else {
        HOLDFAST_TRY(VisitRow(reinterpret_cast<const char*>(block) + kRowsOffset, table, visit));
      }
    }
  }
  return {};
}

}  // namespace holdfast::heap
