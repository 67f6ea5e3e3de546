// What a state backend is compared with: the same calls made on a sorted map.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/ports/state_backend.h"

namespace holdfast::contract {

// A key that owns its id, and rows as a test wants them: sorted, whatever order the backend walks in.
using ModelKey = std::tuple<std::uint16_t, std::uint16_t, std::string>;  // Group, table, id.
using Model = std::map<ModelKey, std::string>;

inline RowKey AsRowKey(const ModelKey& key) {
  return {KeyGroup(std::get<0>(key)), TableId(std::get<1>(key)), std::get<2>(key)};
}
inline RowKey Key(std::string_view id) { return {KeyGroup(1), TableId(2), id}; }

// Reads all a cut or a table shows. A row seen twice is a failure.
inline RowVisitor CollectInto(Model& rows) {
  return [&rows](const RowKey& key, std::string_view value) -> Status {
    const bool fresh =
        rows.emplace(ModelKey{key.group.value, key.table.value, std::string(key.id)}, std::string(value)).second;
    EXPECT_TRUE(fresh) << "row '" << key.id << "' visited twice";
    return {};
  };
}
inline Model RowsOf(const StateCut& cut) {
  Model rows;
  EXPECT_TRUE(cut.ForEach(CollectInto(rows)).ok());
  EXPECT_EQ(cut.rows(), rows.size());
  return rows;
}

// One random history of calls, checked step by step against a sorted map.
class RandomHistory {
 public:
  RandomHistory(StateBackend& backend, std::uint64_t seed, std::size_t ids)
      : backend_(backend), random_(seed), ids_(ids) {}

  const Model& model() const { return model_; }
  Random& random() { return random_; }

  void Step() {
    const ModelKey key = SomeKey();
    switch (random_.Below(8)) {
      case 0:
        CheckGet(SomeKey());
        break;
      case 1:
        CheckGet(key);
        [[fallthrough]];
      case 2:
        backend_.Erase(AsRowKey(key)).OrDie();
        model_.erase(key);
        break;
      case 3:  // What is remembered of one key must not be used for another.
        CheckGet(SomeKey());
        Put(key);
        break;
      case 4:
        Put(key);
        CheckGet(key);
        break;
      default:
        CheckGet(key);
        Put(key);
    }
    if (random_.Chance(0.2)) backend_.Prefetch(AsRowKey(SomeKey()));
  }
  void Clear() {
    backend_.Clear().OrDie();
    model_.clear();
  }
  void CheckSize() const {
    std::uint64_t payload = 0;
    for (const auto& [key, value] : model_) payload += std::get<2>(key).size() + value.size();
    EXPECT_EQ(backend_.size().rows, model_.size());
    EXPECT_EQ(backend_.size().payload_bytes, payload);
  }

 private:
  ModelKey SomeKey() {
    const auto number = random_.Below(ids_);
    // A tenth of the ids is long, and the same ids stand in several tables and groups.
    const std::string id =
        number % 10 == 0 ? std::string(40 + number % 300, 'k') + std::to_string(number) : std::to_string(number);
    return {static_cast<std::uint16_t>(random_.Below(2)), static_cast<std::uint16_t>(random_.Below(3)), id};
  }
  std::string SomeValue() {
    const std::uint64_t kind = random_.Below(100);
    const std::uint64_t bytes = kind < 70 ? random_.Below(64) : kind < 98 ? random_.Below(1000) : random_.Below(40'000);
    return std::string(bytes, static_cast<char>('a' + random_.Below(26)));
  }
  void Put(const ModelKey& key) {
    std::string value = SomeValue();
    backend_.Put(AsRowKey(key), value).OrDie();
    model_[key] = std::move(value);
  }
  void CheckGet(const ModelKey& key) {
    const auto found = backend_.Get(AsRowKey(key)).value();
    const auto expected = model_.find(key);
    ASSERT_EQ(found.has_value(), expected != model_.end());
    if (found) {
      ASSERT_EQ(*found, expected->second);
    }
  }

  StateBackend& backend_;
  Random random_;
  std::size_t ids_;
  Model model_;
};

// The seeds of a random test: those from 1 to `count`, or the one in HOLDFAST_SEED.
inline std::vector<std::uint64_t> Seeds(std::uint64_t count) {
  if (const char* seed = std::getenv("HOLDFAST_SEED")) return {std::strtoull(seed, nullptr, 10)};
  std::vector<std::uint64_t> seeds(count);
  for (std::uint64_t i = 0; i < count; ++i) seeds[i] = i + 1;
  return seeds;
}

}  // namespace holdfast::contract
