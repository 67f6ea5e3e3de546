// Disks to run a contract on, each made anew per test.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "chaos/simulation/disk/sim_disk.h"
#include "storage-backends/durable/posix-disk/posix_disk.h"
#include "tests/support/temporary_folder.h"

namespace holdfast::contract {

class DiskRig {
 public:
  virtual ~DiskRig() = default;
  virtual Disk& disk() = 0;
};

using DiskRigFactory = std::function<std::unique_ptr<DiskRig>()>;

class SimDiskRig final : public DiskRig {
 public:
  SimDisk& disk() override { return disk_; }

 private:
  SimDisk disk_;
};

// A folder of its own, removed with the rig.
class PosixDiskRig final : public DiskRig {
 public:
  Disk& disk() override { return *disk_; }
  const std::string& root() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<Disk> disk_ = OpenPosixDisk(folder_.path()).value();
};

template <class Rig>
DiskRigFactory MakeDiskRig() {
  return [] { return std::make_unique<Rig>(); };
}

// Puts `bytes` into a new file.
inline void WriteFile(Disk& disk, std::string_view path, std::string_view bytes) {
  auto file = disk.Create(path);
  ASSERT_TRUE(file.ok()) << file.error().message;
  ASSERT_TRUE((*file)->Append(bytes).ok());
  ASSERT_TRUE((*file)->Sync("test").ok());
}

}  // namespace holdfast::contract
