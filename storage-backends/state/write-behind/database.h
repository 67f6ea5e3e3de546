// What a write-behind backend needs of the database below its layers: an ordered map on disk that can be read by one
// thread while another writes to it, and frozen in a moment. Whatever is in it is scratch: a recovery begins with an
// empty one, so nothing is ever synced.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "core/base/result.h"
#include "storage-backends/state/write-behind/layer.h"

namespace holdfast::write_behind {

// Walks the rows of a frozen database in the order of their keys. Used by one thread at a time.
class Cursor {
 public:
  virtual ~Cursor() = default;
  // To the first row whose key is not below `key`.
  virtual void Seek(std::string_view key) = 0;
  // Requires Valid().
  virtual void Next() = 0;
  // False at the end, and after an error.
  virtual bool Valid() const = 0;
  // Valid until the cursor moves.
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
  virtual Status status() const = 0;
};

// The rows as they stood. May be read and destroyed on any thread; keeps what it needs of the database alive.
class View {
 public:
  virtual ~View() = default;
  virtual Result<std::unique_ptr<Cursor>> Walk() const = 0;
};

struct DatabaseSize {
  std::uint64_t memory_bytes = 0;
  std::uint64_t disk_bytes = 0;
};

// Removes its files when it and all its views are gone.
class Database {
 public:
  virtual ~Database() = default;
  // Loop only. The view stays valid until the next Get or Refresh.
  virtual Result<std::optional<std::string_view>> Get(std::string_view key) = 0;
  // Any thread, one call at a time, also while the loop reads. After an error the content is unknown.
  virtual Status Apply(const Layer& layer) = 0;
  // Loop only: later calls of Get see all that was applied before.
  virtual Status Refresh() = 0;
  // Loop only. Holds at least what was applied before the last Refresh, and nothing begun after this call.
  virtual Result<std::unique_ptr<View>> Freeze() = 0;
  virtual DatabaseSize size() const = 0;
};

}  // namespace holdfast::write_behind
