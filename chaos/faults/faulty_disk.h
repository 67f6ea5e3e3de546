// A disk that fails, fills up or is slow when its injector says so. Works over any disk, real or simulated.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chaos/faults/fault_injector.h"
#include "core/ports/disk.h"

namespace holdfast {

// `disk` and `faults` outlive it. As thread-safe as `disk`.
class FaultyDisk final : public Disk {
 public:
  FaultyDisk(Disk& disk, FaultInjector& faults) : disk_(disk), faults_(faults) {}

  Result<std::unique_ptr<DiskFile>> Create(std::string_view path) override;
  Result<std::string> Read(std::string_view path) override;
  Result<std::string> ReadRange(std::string_view path, std::uint64_t offset, std::uint64_t size) override;
  Result<std::uint64_t> Size(std::string_view path) override;
  Status Rename(std::string_view from, std::string_view to) override;
  Status RenameNew(std::string_view from, std::string_view to) override;
  Status Remove(std::string_view path) override;
  Status Truncate(std::string_view path, std::uint64_t size) override;
  Result<std::vector<std::string>> List(std::string_view folder) override;
  Status MakeFolder(std::string_view folder) override;
  Status SyncDirectory(std::string_view folder, SyncSite site) override;
  Result<std::unique_ptr<DiskLock>> Lock(std::string_view path) override;

 private:
  Disk& disk_;
  FaultInjector& faults_;
};

}  // namespace holdfast
