// An object store whose listings lag behind what was written, as those of some stores do: a name may be missing from
// them, though asking for the object by its name finds it. Everything else is the store's own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/ports/object_store.h"

namespace holdfast {

class StaleObjectStore final : public ObjectStore {
 public:
  // Gets what the store lists, and takes out what is not seen yet.
  using Forget = std::function<void(std::string_view prefix, std::vector<std::string>& names)>;

  StaleObjectStore(std::unique_ptr<ObjectStore> store, Forget forget)
      : store_(std::move(store)), forget_(std::move(forget)) {}

  Result<std::unique_ptr<ObjectWriter>> Create(std::string_view name) override { return store_->Create(name); }
  Result<std::string> Get(std::string_view name) override { return store_->Get(name); }
  Result<std::string> GetRange(std::string_view name, std::uint64_t offset, std::uint64_t size) override {
    return store_->GetRange(name, offset, size);
  }
  Result<std::vector<std::string>> List(std::string_view prefix) override {
    HOLDFAST_ASSIGN(auto names, store_->List(prefix));
    forget_(prefix, names);
    return names;
  }
  Status Delete(std::string_view name) override { return store_->Delete(name); }
  Status CompareAndSwap(std::string_view name, const std::optional<std::string>& expected,
                        std::string_view bytes) override {
    return store_->CompareAndSwap(name, expected, bytes);
  }

 private:
  const std::unique_ptr<ObjectStore> store_;
  const Forget forget_;
};

}  // namespace holdfast
