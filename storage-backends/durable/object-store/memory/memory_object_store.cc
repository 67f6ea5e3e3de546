#include "storage-backends/durable/object-store/memory/memory_object_store.h"

#include <utility>

#include "storage-backends/durable/object-store/object_name.h"

namespace holdfast {

class MemoryObjectWriter final : public ObjectWriter {
 public:
  MemoryObjectWriter(MemoryObjectStore& store, std::string_view name) : store_(store), name_(name) {}

  Status Append(std::string_view bytes) override {
    bytes_.append(bytes);
    return {};
  }
  Status Commit() override { return store_.Commit(name_, std::move(bytes_)); }

 private:
  MemoryObjectStore& store_;
  const std::string name_;
  std::string bytes_;
};

namespace {

Error NoObject(std::string_view name) { return MakeError(ErrorCode::kNotFound, "there is no object '{}'", name); }

}  // namespace

Result<std::unique_ptr<ObjectWriter>> MemoryObjectStore::Create(std::string_view name) {
  HOLDFAST_TRY(CheckObjectName(name));
  return std::unique_ptr<ObjectWriter>(std::make_unique<MemoryObjectWriter>(*this, name));
}

Status MemoryObjectStore::Commit(const std::string& name, std::string bytes) {
  const std::lock_guard lock(mutex_);
  if (objects_.try_emplace(name, std::move(bytes)).second) return {};
  return MakeError(ErrorCode::kAlreadyExists, "object '{}' exists", name);
}

Result<std::string> MemoryObjectStore::Get(std::string_view name) { return GetRange(name, 0, std::string::npos); }

Result<std::string> MemoryObjectStore::GetRange(std::string_view name, std::uint64_t offset, std::uint64_t size) {
  HOLDFAST_TRY(CheckObjectName(name));
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(name);
  if (found == objects_.end()) return NoObject(name);
  return offset >= found->second.size() ? std::string() : found->second.substr(offset, size);
}

Result<std::vector<std::string>> MemoryObjectStore::List(std::string_view prefix) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (auto at = objects_.lower_bound(prefix); at != objects_.end() && at->first.starts_with(prefix); ++at) {
    names.push_back(at->first);
  }
  return names;
}

Status MemoryObjectStore::Delete(std::string_view name) {
  HOLDFAST_TRY(CheckObjectName(name));
  const std::lock_guard lock(mutex_);
  if (const auto found = objects_.find(name); found != objects_.end()) objects_.erase(found);
  return {};
}

Status MemoryObjectStore::CompareAndSwap(std::string_view name, const std::optional<std::string>& expected,
                                         std::string_view bytes) {
  HOLDFAST_TRY(CheckObjectName(name));
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(name);
  const bool matches = found == objects_.end() ? !expected.has_value() : expected == found->second;
  if (!matches) return MakeError(ErrorCode::kRefused, "object '{}' is not what was expected: read it again", name);
  objects_.insert_or_assign(std::string(name), std::string(bytes));
  return {};
}

void RegisterMemoryObjectStore(ObjectStoreRegistry& stores) {
  stores.Add({.kind = PartKind::kObjectStore,
              .name = "memory",
              .sentence = "Objects in a map of the process: the floor that durable stores are measured against.",
              .guarantee = "Objects last as long as the process."},
             [](Disk&, const std::string&, const OptionValues&) {
               return Result<std::unique_ptr<ObjectStore>>(std::make_unique<MemoryObjectStore>());
             });
}

}  // namespace holdfast
