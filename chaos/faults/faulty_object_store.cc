#include "chaos/faults/faulty_object_store.h"

#include <utility>

namespace holdfast {
namespace {

class FaultyWriter final : public ObjectWriter {
 public:
  FaultyWriter(std::unique_ptr<ObjectWriter> writer, std::string_view name, FaultInjector& faults)
      : writer_(std::move(writer)), name_(name), faults_(faults) {}

  Status Append(std::string_view bytes) override {
    return faults_.Write("append to", name_, [&] { return writer_->Append(bytes); });
  }
  Status Commit() override {
    return faults_.Write("commit", name_, [&] { return writer_->Commit(); });
  }

 private:
  const std::unique_ptr<ObjectWriter> writer_;
  const std::string name_;
  FaultInjector& faults_;
};

}  // namespace

Result<std::unique_ptr<ObjectWriter>> FaultyObjectStore::Create(std::string_view name) {
  HOLDFAST_ASSIGN(auto writer, faults_.Write("create", name, [&] { return store_.Create(name); }));
  return std::unique_ptr<ObjectWriter>(std::make_unique<FaultyWriter>(std::move(writer), name, faults_));
}

Result<std::string> FaultyObjectStore::Get(std::string_view name) {
  return faults_.Read("read", name, [&] { return store_.Get(name); });
}

Result<std::string> FaultyObjectStore::GetRange(std::string_view name, std::uint64_t offset, std::uint64_t size) {
  return faults_.Read("read", name, [&] { return store_.GetRange(name, offset, size); });
}

Result<std::vector<std::string>> FaultyObjectStore::List(std::string_view prefix) {
  return faults_.Read("list", prefix, [&] { return store_.List(prefix); });
}

Status FaultyObjectStore::Delete(std::string_view name) {
  return faults_.Write("delete", name, [&] { return store_.Delete(name); });
}

Status FaultyObjectStore::CompareAndSwap(std::string_view name, const std::optional<std::string>& expected,
                                         std::string_view bytes) {
  return faults_.Write("swap", name, [&] { return store_.CompareAndSwap(name, expected, bytes); });
}

}  // namespace holdfast
