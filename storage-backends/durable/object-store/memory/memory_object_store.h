// Objects in a map: durable as long as the store lives. For tests, and as the floor that durable stores are measured
// against.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/ports/object_store.h"
#include "storage-backends/durable/registries.h"

namespace holdfast {

// Thread-safe. Writers must not outlive the store.
class MemoryObjectStore final : public ObjectStore {
 public:
  Result<std::unique_ptr<ObjectWriter>> Create(std::string_view name) override;
  Result<std::string> Get(std::string_view name) override;
  Result<std::string> GetRange(std::string_view name, std::uint64_t offset, std::uint64_t size) override;
  Result<std::vector<std::string>> List(std::string_view prefix) override;
  Status Delete(std::string_view name) override;
  Status CompareAndSwap(std::string_view name, const std::optional<std::string>& expected,
                        std::string_view bytes) override;

 private:
  friend class MemoryObjectWriter;
  Status Commit(const std::string& name, std::string bytes);

  std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> objects_;
};

void RegisterMemoryObjectStore(ObjectStoreRegistry& stores);

}  // namespace holdfast
