#include "chaos/faults/killing_disk.h"

namespace holdfast {
namespace {

class KillingFile final : public DiskFile {
 public:
  KillingFile(std::unique_ptr<DiskFile> file, const std::function<void(SyncSite)>& before)
      : file_(std::move(file)), before_(before) {}

  Status Append(std::string_view bytes) override { return file_->Append(bytes); }
  Status Sync(SyncSite site) override {
    before_(site);
    return file_->Sync(site);
  }

 private:
  const std::unique_ptr<DiskFile> file_;
  const std::function<void(SyncSite)>& before_;
};

}  // namespace

Result<std::unique_ptr<DiskFile>> KillingDisk::Create(std::string_view path) {
  HOLDFAST_ASSIGN(auto file, disk_.Create(path));
  return std::unique_ptr<DiskFile>(std::make_unique<KillingFile>(std::move(file), before_));
}

Status KillingDisk::SyncDirectory(std::string_view folder, SyncSite site) {
  before_(site);
  return disk_.SyncDirectory(folder, site);
}

}  // namespace holdfast
