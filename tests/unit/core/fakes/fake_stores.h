// Object store and state backend as plain maps, and ways to make them misbehave.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ports/object_store.h"
#include "core/ports/state_backend.h"

namespace holdfast {

class FakeObjectStore : public ObjectStore {
 public:
  std::map<std::string, std::string, std::less<>> objects;
  // The next so many calls that change something fail with kUnavailable. With `but_done`, the change is made all the
  // same.
  int failures = 0;
  bool but_done = false;
  int read_failures = 0;  // The next so many reads fail with kUnavailable.
  bool lists_nothing = false;

  Result<std::unique_ptr<ObjectWriter>> Create(std::string_view name) override {
    return std::unique_ptr<ObjectWriter>(std::make_unique<Writer>(*this, name));
  }
  Result<std::string> Get(std::string_view name) override {
    if (read_failures > 0 && read_failures-- > 0) return MakeError(ErrorCode::kUnavailable, "the store is away");
    const auto found = objects.find(name);
    if (found == objects.end()) return MakeError(ErrorCode::kNotFound, "'{}' does not exist", name);
    return found->second;
  }
  Result<std::string> GetRange(std::string_view name, std::uint64_t offset, std::uint64_t size) override {
    HOLDFAST_ASSIGN(const auto bytes, Get(name));
    return offset >= bytes.size() ? std::string() : bytes.substr(offset, size);
  }
  Result<std::vector<std::string>> List(std::string_view prefix) override {
    if (lists_nothing) return std::vector<std::string>();
    std::vector<std::string> names;
    for (const auto& [name, bytes] : objects) {
      if (name.starts_with(prefix)) names.push_back(name);
    }
    return names;
  }
  Status Delete(std::string_view name) override {
    return Change([&] { objects.erase(std::string(name)); });
  }
  Status CompareAndSwap(std::string_view name, const std::optional<std::string>& expected,
                        std::string_view bytes) override {
    const auto found = objects.find(name);
    const auto present = found == objects.end() ? std::nullopt : std::optional(found->second);
    if (present != expected) return MakeError(ErrorCode::kRefused, "'{}' is not what was expected", name);
    return Change([&] { objects[std::string(name)] = bytes; });
  }

 private:
  class Writer final : public ObjectWriter {
   public:
    Writer(FakeObjectStore& store, std::string_view name) : store_(store), name_(name) {}
    Status Append(std::string_view bytes) override {
      bytes_ += bytes;
      return {};
    }
    Status Commit() override {
      if (store_.objects.contains(name_)) return MakeError(ErrorCode::kAlreadyExists, "'{}' exists", name_);
      return store_.Change([&] { store_.objects[name_] = bytes_; });
    }

   private:
    FakeObjectStore& store_;
    std::string name_;
    std::string bytes_;
  };

  template <class Make>
  Status Change(const Make& make) {
    const bool fails = failures > 0 && failures-- > 0;
    if (!fails || but_done) make();
    return fails ? Status(MakeError(ErrorCode::kUnavailable, "the store is away")) : Status();
  }
};

class FakeStateBackend final : public StateBackend {
 public:
  Result<std::optional<std::string_view>> Get(const RowKey& key) override {
    const auto found = rows_.find(KeyOf(key));
    return found == rows_.end() ? std::nullopt : std::optional<std::string_view>(found->second);
  }
  Status Put(const RowKey& key, std::string_view value) override {
    rows_[KeyOf(key)] = value;
    return {};
  }
  Status Erase(const RowKey& key) override {
    rows_.erase(KeyOf(key));
    return {};
  }
  void Prefetch(const RowKey&) override {}
  void Expect(std::uint64_t) override {}
  Result<std::shared_ptr<const StateCut>> Cut() override {
    return std::shared_ptr<const StateCut>(new FrozenRows(rows_));
  }
  Status ForEachIn(TableId table, const RowVisitor& visit) override {
    return Walk(rows_, [&](const RowKey& key, std::string_view value) {
      return key.table == table ? visit(key, value) : Status();
    });
  }
  Status Clear() override {
    rows_.clear();
    return {};
  }
  StateSize size() const override { return {rows_.size(), 0, 0}; }

  // How many rows a table has.
  std::size_t CountIn(TableId table) {
    std::size_t count = 0;
    ForEachIn(table, [&](const RowKey&, std::string_view) -> Status {
      ++count;
      return {};
    }).OrDie();
    return count;
  }

 private:
  struct Key {
    KeyGroup group;
    TableId table;
    std::string id;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  using Rows = std::map<Key, std::string>;
  static Key KeyOf(const RowKey& key) { return {key.group, key.table, std::string(key.id)}; }
  static Status Walk(const Rows& rows, const RowVisitor& visit) {
    for (const auto& [key, value] : rows) HOLDFAST_TRY(visit({key.group, key.table, key.id}, value));
    return {};
  }
  class FrozenRows final : public StateCut {
   public:
    explicit FrozenRows(Rows rows) : rows_(std::move(rows)) {}
    Status ForEach(const RowVisitor& visit) const override { return Walk(rows_, visit); }
    std::uint64_t rows() const override { return rows_.size(); }

   private:
    Rows rows_;
  };

  Rows rows_;
};

}  // namespace holdfast
