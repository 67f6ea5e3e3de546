// A disk that ends the process when a call of a sync site begins for which a kill switch is armed: what was appended
// before is in the hands of the kernel, the sync has not happened. Works over any disk; only calls that sync cost
// anything, a look at the switch.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chaos/faults/kill_switch.h"
#include "core/ports/disk.h"

namespace holdfast {

// `disk` and `kill_switch` outlive it. As thread-safe as `disk`.
class KillingDisk final : public Disk {
 public:
  // `now` tells the time; `die` ends the process and does not return, except in tests.
  KillingDisk(Disk& disk, KillSwitch& kill_switch, std::function<SteadyTime()> now, std::function<void()> die)
      : disk_(disk), before_([&kill_switch, now = std::move(now), die = std::move(die)](SyncSite site) {
          if (kill_switch.Strikes(site, now())) die();
        }) {}

  Result<std::unique_ptr<DiskFile>> Create(std::string_view path) override;
  Result<std::string> Read(std::string_view path) override { return disk_.Read(path); }
  Result<std::string> ReadRange(std::string_view path, std::uint64_t offset, std::uint64_t size) override {
    return disk_.ReadRange(path, offset, size);
  }
  Result<std::uint64_t> Size(std::string_view path) override { return disk_.Size(path); }
  Status Rename(std::string_view from, std::string_view to) override { return disk_.Rename(from, to); }
  Status RenameNew(std::string_view from, std::string_view to) override { return disk_.RenameNew(from, to); }
  Status Remove(std::string_view path) override { return disk_.Remove(path); }
  Status Truncate(std::string_view path, std::uint64_t size) override { return disk_.Truncate(path, size); }
  Result<std::vector<std::string>> List(std::string_view folder) override { return disk_.List(folder); }
  Status MakeFolder(std::string_view folder) override { return disk_.MakeFolder(folder); }
  Status SyncDirectory(std::string_view folder, SyncSite site) override;
  Result<std::unique_ptr<DiskLock>> Lock(std::string_view path) override { return disk_.Lock(path); }

 private:
  Disk& disk_;
  const std::function<void(SyncSite)> before_;
};

}  // namespace holdfast
