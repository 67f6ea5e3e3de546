#include "storage-backends/durable/sync_sites.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "chaos/simulation/disk/inline_background.h"
#include "chaos/simulation/disk/sim_disk.h"
#include "storage-backends/durable/append-log/filesystem/filesystem_append_log.h"
#include "storage-backends/durable/object-store/filesystem/filesystem_object_store.h"

namespace holdfast {
namespace {

class SiteCollector final : public DiskObserver {
 public:
  Status BeforeCall(const DiskCall& call) override {
    const bool syncs = call.op == DiskOp::kSyncFile || call.op == DiskOp::kSyncDirectory;
    if (syncs) seen.emplace(call.site);
    return {};
  }
  std::set<std::string> seen;
};

TEST(SyncSitesTest, TheListNamesExactlyTheSitesThatAreUsed) {
  SimDisk disk;
  SiteCollector sites;
  disk.set_observer(&sites);
  const auto objects = OpenFilesystemObjectStore(disk).value();
  ASSERT_TRUE(objects->Create("x/a").value()->Commit().ok());
  ASSERT_TRUE(objects->CompareAndSwap("b", std::nullopt, "bytes").ok());
  ASSERT_TRUE(objects->Delete("x/a").ok());
  InlineBackground background;
  const auto logs = MakeFilesystemAppendLogStore(disk, background);
  const auto log = logs->Open(WorkerId(0), Incarnation(1), Lsn(1)).value();
  log->Append("record");
  log->Flush([](Result<Lsn>) {});
  background.RunAll();
  EXPECT_THAT(sites.seen, testing::UnorderedElementsAreArray(kFilesystemSyncSites));
}

}  // namespace
}  // namespace holdfast
