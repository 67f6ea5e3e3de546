// Named, immutable, durable objects: snapshot parts and manifests. Calls block; they are made from Background jobs or
// at start-up. Names use '/' and are made of [a-z0-9._-] parts.
//
// Errors a caller can act on: kNotFound; kAlreadyExists; kUnavailable (try again); kExhausted (make room); kDataLoss.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace holdfast {

// An object being written. Nothing of it is visible before Commit; destroying it uncommitted leaves nothing visible.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  virtual Status Append(std::string_view bytes) = 0;
  // After success the object is visible and survives any crash. Call once, last.
  virtual Status Commit() = 0;
};

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  // Begins a new object; Commit fails with kAlreadyExists if the name was taken meanwhile.
  virtual Result<std::unique_ptr<ObjectWriter>> Create(std::string_view name) = 0;
  virtual Result<std::string> Get(std::string_view name) = 0;
  // Up to `size` bytes from `offset`; fewer only at the object's end.
  virtual Result<std::string> GetRange(std::string_view name, std::uint64_t offset, std::uint64_t size) = 0;
  // Names that begin with `prefix` (a folder path ending in '/', or empty), sorted.
  virtual Result<std::vector<std::string>> List(std::string_view prefix) = 0;
  // Durable when it returns; success also when there was none.
  virtual Status Delete(std::string_view name) = 0;
  // The one way to overwrite: makes the content `bytes` if it is `expected` now (nothing = absent), durably, or answers
  // kRefused. Atomic among all users of the store. After any other error the outcome is unknown: read again.
  virtual Status CompareAndSwap(std::string_view name, const std::optional<std::string>& expected,
                                std::string_view bytes) = 0;
};

}  // namespace holdfast
