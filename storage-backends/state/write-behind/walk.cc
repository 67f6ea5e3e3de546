#include "storage-backends/state/write-behind/walk.h"

#include <algorithm>

#include "storage-backends/state/write-behind/stored_key.h"

namespace holdfast::write_behind {
namespace {

using Layers = std::span<const Layer* const>;

bool KnownToAny(Layers layers, std::string_view key) {
  return std::any_of(layers.begin(), layers.end(), [&](const Layer* layer) { return layer->Find(key).has_value(); });
}

// What the layers know: of each row the newest news.
Status WalkLayers(Layers layers, const std::optional<TableId>& table, const RowVisitor& visit) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto newer = layers.subspan(i + 1);
    for (const auto& entry : layers[i]->Sorted()) {
      const auto key = LoadKey(entry.key);
      if (!entry.value.present || (table && key.table != *table) || KnownToAny(newer, entry.key)) continue;
      HOLDFAST_TRY(visit(key, entry.value.bytes));
    }
  }
  return {};
}

// Where rows of `table` may come next after a row of another table at `key`; false if nowhere.
bool NextPlace(const RowKey& key, TableId table, std::string& place) {
  if (key.table > table && key.group.value == 0xffff) return false;
  const auto group = key.table < table ? key.group.value : static_cast<std::uint16_t>(key.group.value + 1);
  StorePlace(KeyGroup(group), table, place);
  return true;
}

}  // namespace

Status WalkAll(Layers layers, const View& view, const RowVisitor& visit) {
  HOLDFAST_ASSIGN(const auto cursor, view.Walk());
  for (cursor->Seek({}); cursor->Valid(); cursor->Next()) {
    if (KnownToAny(layers, cursor->key())) continue;
    HOLDFAST_TRY(visit(LoadKey(cursor->key()), cursor->value()));
  }
  HOLDFAST_TRY(cursor->status());
  return WalkLayers(layers, std::nullopt, visit);
}

Status WalkTable(Layers layers, const View& view, TableId table, const RowVisitor& visit) {
  HOLDFAST_ASSIGN(const auto cursor, view.Walk());
  std::string place;
  StorePlace(KeyGroup(0), table, place);
  cursor->Seek(place);
  while (cursor->Valid()) {
    const auto key = LoadKey(cursor->key());
    if (key.table != table) {
      if (!NextPlace(key, table, place)) break;
      cursor->Seek(place);
      continue;
    }
    if (!KnownToAny(layers, cursor->key())) HOLDFAST_TRY(visit(key, cursor->value()));
    cursor->Next();
  }
  HOLDFAST_TRY(cursor->status());
  return WalkLayers(layers, table, visit);
}

}  // namespace holdfast::write_behind
