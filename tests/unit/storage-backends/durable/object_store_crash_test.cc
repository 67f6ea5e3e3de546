#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>

#include "storage-backends/durable/object-store/filesystem/filesystem_object_store.h"
#include "storage-backends/durable/sync_sites.h"
#include "tests/unit/storage-backends/durable/crash_harness.h"

namespace holdfast {
namespace {

// A user of the store who knows what every name must mean: what it was told was committed, swapped or deleted, and, for
// the one call it was killed in, that the name means either what it did or what it should. What a life has read it
// relies on.
class StoreUser {
 public:
  void Open(SimDisk& disk) {
    auto store = OpenFilesystemObjectStore(disk, {.writer = "w1", .buffer_bytes = 64});
    if (!store.ok()) return Failed("cannot open", store.error());
    store_ = std::move(store).value();
  }

  void Check() {
    if (!store_) return;
    const auto names = store_->List("");
    if (!names.ok()) return Failed("cannot list", names.error());
    std::set<std::string> all(names->begin(), names->end());
    for (const auto& [name, _] : known_) all.insert(name);
    for (const auto& name : all) {
      const auto found = store_->Get(name);
      if (!found.ok() && found.error().code != ErrorCode::kNotFound) return Failed("cannot read", found.error());
      const Content content = found.ok() ? Content(*found) : std::nullopt;
      if (content != known_[name] && !(name == doubtful_ && content == wanted_)) {
        Violated(fmt::format("'{}' is '{}', not '{}'", name, content.value_or("-"), known_[name].value_or("-")));
      }
      known_[name] = content;
    }
    doubtful_.clear();
  }

  void Step(Random& random) {
    if (!store_) return;
    const auto name = fmt::format("f{}/{}", random.Below(2), random.Below(3));
    const auto bytes = fmt::format("{}:", ++counter_) + std::string(random.Below(150), 'b');
    const auto before = known_[name];
    const auto draw = random.Below(10);
    if (draw < 5 && !before) {
      Outcome(Put(name, bytes, draw > 0), name, draw > 0 ? Content(bytes) : std::nullopt);
    } else if (draw < 8) {
      Doubt(name, bytes);
      Outcome(store_->CompareAndSwap(name, before, bytes), name, bytes);
    } else {
      Doubt(name, std::nullopt);
      Outcome(store_->Delete(name), name, std::nullopt);
    }
  }

  void Close() { store_.reset(); }

  std::string violation;

 private:
  using Content = std::optional<std::string>;

  void Doubt(const std::string& name, Content wanted) {
    doubtful_ = name;
    wanted_ = std::move(wanted);
  }
  Status Put(const std::string& name, std::string_view bytes, bool commit) {
    Doubt(name, std::string(bytes));
    HOLDFAST_ASSIGN(const auto writer, store_->Create(name));
    for (std::size_t at = 0; at < bytes.size(); at += 50) HOLDFAST_TRY(writer->Append(bytes.substr(at, 50)));
    return commit ? writer->Commit() : Status();
  }
  void Outcome(const Status& status, const std::string& name, Content content) {
    if (!status.ok()) return Failed("cannot change an object", status.error());
    known_[name] = std::move(content);
    doubtful_.clear();
  }
  // A call that the nemesis failed has broken no promise; the life goes on without the store.
  void Failed(std::string_view what, const Error& error) {
    store_.reset();
    if (error.message != Nemesis::kFailure) Violated(fmt::format("{}: {}", what, error.message));
  }
  void Violated(std::string what) {
    if (violation.empty()) violation = std::move(what);
  }

  std::unique_ptr<ObjectStore> store_;
  std::map<std::string, Content> known_;
  std::string doubtful_;
  Content wanted_;
  int counter_ = 0;
};

TEST(ObjectStoreCrashTest, WhateverIsLostEveryNameMeansWhatItsUserWasPromised) {
  EXPECT_EQ(FindViolation<StoreUser>(20), "");
}

TEST(ObjectStoreCrashTest, AFailingDiskLosesNothingThatWasPromised) {
  EXPECT_EQ(FindViolation<StoreUser>(20, {.deed = Nemesis::Deed::kFail}), "");
}

class ObjectStoreSyncTest : public testing::TestWithParam<SyncSite> {};

TEST_P(ObjectStoreSyncTest, LeavingItOutLosesData) {
  EXPECT_NE(FindViolation<StoreUser>(400, {.skipped_site = GetParam()}), "");
}

std::vector<SyncSite> ObjectSites() {
  std::vector<SyncSite> sites;
  for (const auto site : kFilesystemSyncSites) {
    if (site.starts_with("object.")) sites.push_back(site);
  }
  return sites;
}

std::string TestName(const testing::TestParamInfo<SyncSite>& site) {
  auto name = std::string(site.param.substr(7));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Sites, ObjectStoreSyncTest, testing::ValuesIn(ObjectSites()), TestName);

}  // namespace
}  // namespace holdfast
