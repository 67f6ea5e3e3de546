#include "chaos/faults/faulty_disk.h"

#include <utility>

namespace holdfast {
namespace {

class FaultyFile final : public DiskFile {
 public:
  FaultyFile(std::unique_ptr<DiskFile> file, std::string_view path, FaultInjector& faults)
      : file_(std::move(file)), path_(path), faults_(faults) {}

  Status Append(std::string_view bytes) override {
    return faults_.Write("append to", path_, [&] { return file_->Append(bytes); });
  }
  Status Sync(SyncSite site) override {
    return faults_.Write("sync", path_, [&] { return file_->Sync(site); });
  }

 private:
  const std::unique_ptr<DiskFile> file_;
  const std::string path_;
  FaultInjector& faults_;
};

}  // namespace

Result<std::unique_ptr<DiskFile>> FaultyDisk::Create(std::string_view path) {
  HOLDFAST_ASSIGN(auto file, faults_.Write("create", path, [&] { return disk_.Create(path); }));
  return std::unique_ptr<DiskFile>(std::make_unique<FaultyFile>(std::move(file), path, faults_));
}

Result<std::string> FaultyDisk::Read(std::string_view path) {
  return faults_.Read("read", path, [&] { return disk_.Read(path); });
}

Result<std::string> FaultyDisk::ReadRange(std::string_view path, std::uint64_t offset, std::uint64_t size) {
  return faults_.Read("read", path, [&] { return disk_.ReadRange(path, offset, size); });
}

Result<std::uint64_t> FaultyDisk::Size(std::string_view path) {
  return faults_.Read("read", path, [&] { return disk_.Size(path); });
}

Status FaultyDisk::Rename(std::string_view from, std::string_view to) {
  return faults_.Write("rename", from, [&] { return disk_.Rename(from, to); });
}

Status FaultyDisk::RenameNew(std::string_view from, std::string_view to) {
  return faults_.Write("rename", from, [&] { return disk_.RenameNew(from, to); });
}

Status FaultyDisk::Remove(std::string_view path) {
  return faults_.Write("remove", path, [&] { return disk_.Remove(path); });
}

Status FaultyDisk::Truncate(std::string_view path, std::uint64_t size) {
  return faults_.Write("cut", path, [&] { return disk_.Truncate(path, size); });
}

Result<std::vector<std::string>> FaultyDisk::List(std::string_view folder) {
  return faults_.Read("list", folder, [&] { return disk_.List(folder); });
}

Status FaultyDisk::MakeFolder(std::string_view folder) {
  return faults_.Write("make folder", folder, [&] { return disk_.MakeFolder(folder); });
}

Status FaultyDisk::SyncDirectory(std::string_view folder, SyncSite site) {
  return faults_.Write("sync folder", folder, [&] { return disk_.SyncDirectory(folder, site); });
}

Result<std::unique_ptr<DiskLock>> FaultyDisk::Lock(std::string_view path) {
  return faults_.Write("lock", path, [&] { return disk_.Lock(path); });
}

}  // namespace holdfast
