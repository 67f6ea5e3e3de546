#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chaos/simulation/disk/inline_background.h"
#include "chaos/simulation/disk/sim_disk.h"
#include "storage-backends/durable/append-log/filesystem/filesystem_append_log.h"
#include "storage-backends/durable/append-log/memory/memory_append_log.h"
#include "storage-backends/durable/object-store/filesystem/filesystem_object_store.h"
#include "storage-backends/durable/object-store/memory/memory_object_store.h"

namespace holdfast {
namespace {

TEST(RegistrationTest, EveryObjectStoreIsMadeByNameWithItsOptions) {
  ObjectStoreRegistry stores(PartKind::kObjectStore);
  RegisterMemoryObjectStore(stores);
  RegisterFilesystemObjectStore(stores);
  SimDisk disk;
  Random random(1);
  for (const auto& descriptor : stores.Descriptors()) {
    const auto& factory = stores.Find(descriptor.name).value()->factory;
    auto store = factory(disk, "w0", descriptor.options.Draw(random));
    ASSERT_TRUE(store.ok()) << store.error().message;
    EXPECT_TRUE((*store)->CompareAndSwap("a", std::nullopt, "bytes").ok());
  }
  EXPECT_EQ(disk.Read("objects/a").value(), "bytes");
}

TEST(RegistrationTest, EveryAppendLogIsMadeByNameWithItsOptions) {
  AppendLogRegistry logs(PartKind::kAppendLog);
  RegisterMemoryAppendLog(logs);
  RegisterFilesystemAppendLog(logs);
  SimDisk disk;
  InlineBackground background;
  for (const auto& descriptor : logs.Descriptors()) {
    const auto& factory = logs.Find(descriptor.name).value()->factory;
    const auto store = factory(disk, background, descriptor.options.Defaults());
    EXPECT_TRUE(store->Open(WorkerId(0), Incarnation(1), Lsn(1)).ok());
  }
  EXPECT_THAT(disk.List("log/w0").value(), testing::SizeIs(2)) << "a segment and a lock";
}

}  // namespace
}  // namespace holdfast
