// An object store that fails, fills up, is slow, or loses the answer of a call it carried out, when its injector says
// so. Works over any store.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chaos/faults/fault_injector.h"
#include "core/ports/object_store.h"

namespace holdfast {

// `store` and `faults` outlive it and its writers. As thread-safe as `store`.
class FaultyObjectStore final : public ObjectStore {
 public:
  FaultyObjectStore(ObjectStore& store, FaultInjector& faults) : store_(store), faults_(faults) {}

  Result<std::unique_ptr<ObjectWriter>> Create(std::string_view name) override;
  Result<std::string> Get(std::string_view name) override;
  Result<std::string> GetRange(std::string_view name, std::uint64_t offset, std::uint64_t size) override;
  Result<std::vector<std::string>> List(std::string_view prefix) override;
  Status Delete(std::string_view name) override;
  Status CompareAndSwap(std::string_view name, const std::optional<std::string>& expected,
                        std::string_view bytes) override;

 private:
  ObjectStore& store_;
  FaultInjector& faults_;
};

}  // namespace holdfast
