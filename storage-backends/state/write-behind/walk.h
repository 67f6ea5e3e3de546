// Walks layers and the database below them as one: each row once, as its newest layer knows it.
#pragma once

#include <memory>
#include <span>

#include "core/ports/state_backend.h"
#include "storage-backends/state/write-behind/database.h"

namespace holdfast::write_behind {

// `layers` are given oldest first. Visits every row.
Status WalkAll(std::span<const Layer* const> layers, const View& view, const RowVisitor& visit);
// Only the rows of one table; passes over those of others without reading them.
Status WalkTable(std::span<const Layer* const> layers, const View& view, TableId table, const RowVisitor& visit);

}  // namespace holdfast::write_behind
