// A write-behind layer: the rows written since the layer before it was sealed, and those erased. A database on disk is
// slow to write and quick to write in bulk, so units write into the open layer, and a sealed layer goes to the database
// in one piece, in the background. Whoever reads looks in the layers first, newest first.
//
// Owned by one thread while open. Once nobody writes to it any more, any number of threads may read it.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/hash.h"

namespace holdfast::write_behind {

class Layer {
 public:
  // What a layer knows of a row: that it is there with these bytes, or that it is gone.
  struct Value {
    std::string_view bytes;
    bool present = false;
  };
  struct Entry {
    std::string_view key;
    Value value;
  };

  Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  // Nothing if this layer does not know the row. The view stays valid until the row is written again.
  std::optional<Value> Find(std::string_view key) const;
  void Put(std::string_view key, std::string_view value);
  void Erase(std::string_view key);

  bool empty() const { return rows_.empty(); }
  // Memory taken: what was written, replaced values that did not fit their old place included, and the index.
  std::uint64_t bytes() const;
  // Every row the layer knows, sorted by key: databases take sorted rows best.
  std::vector<Entry> Sorted() const;

 private:
  static constexpr std::uint32_t kErased = 0xffffffff;
  struct Slot {
    const char* bytes = nullptr;
    std::uint32_t size = kErased;
    std::uint32_t room = 0;
  };
  struct Hash {
    using is_avalanching = void;
    std::size_t operator()(std::string_view key) const { return Hash64(key); }
  };

  Slot& SlotOf(std::string_view key);
  char* Allocate(std::size_t bytes);
  std::string_view Copy(std::string_view bytes);

  boost::unordered_flat_map<std::string_view, Slot, Hash> rows_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t free_ = 0;  // Bytes left in the last block.
  char* next_ = nullptr;
  std::uint64_t allocated_ = 0;
};

}  // namespace holdfast::write_behind
