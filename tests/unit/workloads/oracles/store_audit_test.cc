#include "workloads/oracles/store_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/snapshot/manifest.h"
#include "core/snapshot/part.h"
#include "tests/unit/core/fakes/fake_stores.h"
#include "tests/unit/workloads/oracles/line_listener.h"

namespace holdfast {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class StoreAuditTest : public testing::Test {
 protected:
  // A part with one queued message, one that was sent as number 7, and these positions.
  PartInfo Part(SnapshotId id, WorkerId worker, std::uint64_t sent, std::uint64_t consumed) {
    PartInfo info;
    info.worker = worker;
    info.name = PartName(id, worker);
    const WorkerId peer(1 - worker.value);
    const auto object = *store.Create(info.name);
    PartWriter part(*object);
    const auto queued = Envelope(fmt::format("own {}", worker), "");
    const auto kept = Envelope(fmt::format("sent by {}", worker), "");
    part.AddMessages({nullptr, queued, {worker, Lane::kFunction, 0}, 1}).OrDie();
    part.AddOutbox({peer, Lane::kFunction, 7, 1, kept}).OrDie();
    WorkerMeta meta;
    meta.ingress = {{PartitionId(worker.value), 5}};
    meta.sent[peer] = {0, sent};
    meta.consumed[peer] = {0, consumed};
    part.Finish(meta, info).OrDie();
    object->Commit().OrDie();
    return info;
  }
  void Write(SnapshotId id, std::vector<PartInfo> parts, std::int64_t triggered_at) {
    Manifest manifest;
    manifest.id = id;
    manifest.workers = 2;
    manifest.parts = std::move(parts);
    manifest.triggered_at = triggered_at;
    WriteObject(store, ManifestName(id), EncodeManifest(manifest)).OrDie();
  }
  // One of worker 0's and one of worker 1's own snapshots.
  void WriteOwn(std::uint64_t consumed_by_0, std::uint64_t consumed_by_1, std::int64_t second_at = 200) {
    Write(Id(1), {Part(Id(1), WorkerId(0), 7, consumed_by_0)}, 100);
    Write(Id(2), {Part(Id(2), WorkerId(1), 7, consumed_by_1)}, second_at);
  }
  static SnapshotId Id(std::uint32_t index) { return {WorldLine(1), SnapshotIndex(index)}; }
  std::vector<std::string> Wrong() const { return findings.first(Damage::kInconsistentLine); }

  FakeObjectStore store;
  std::shared_ptr<const Application> application = Zoo();
  Listener listener;
  Findings findings;
};

TEST_F(StoreAuditTest, EachSnapshotOfAllWorkersIsALine) {
  Write(Id(1), {Part(Id(1), WorkerId(0), 0, 0), Part(Id(1), WorkerId(1), 0, 0)}, 100);
  Write(Id(2), {Part(Id(2), WorkerId(0), 0, 0), Part(Id(2), WorkerId(1), 0, 0)}, 200);
  Write(Id(3), {Part(Id(3), WorkerId(0), 0, 0)}, 300);
  EXPECT_EQ(*AuditSnapshots(store, *application, listener, findings), 2u) << "one worker's own is none";
  EXPECT_THAT(listener.told, Contains("so much for snapshot 1.1"));
  EXPECT_EQ(listener.told.back(), "so much for snapshot 1.2");
  EXPECT_THAT(Wrong(), IsEmpty());
}

TEST_F(StoreAuditTest, ADamagedSnapshotIsAFinding) {
  Write(Id(1), {Part(Id(1), WorkerId(0), 0, 0), Part(Id(1), WorkerId(1), 0, 0)}, 100);
  store.Delete(PartName(Id(1), WorkerId(1))).OrDie();
  EXPECT_EQ(*AuditSnapshots(store, *application, listener, findings), 1u);
  EXPECT_THAT(Wrong(), ElementsAre(HasSubstr("snapshot 1.1: ")));
}

TEST_F(StoreAuditTest, TheNewestOwnSnapshotsAreALineOnceAllWereTakenAtRest) {
  WriteOwn(7, 6);
  EXPECT_EQ(*AuditNewestParts(store, *application, 100, listener, findings), false);
  EXPECT_THAT(listener.told, IsEmpty());
  EXPECT_EQ(*AuditNewestParts(store, *application, 99, listener, findings), true);
  EXPECT_THAT(listener.told, Contains("1 for sent by 0: ")) << "in transit, since worker 1 has handled six";
  EXPECT_THAT(listener.told, Not(Contains("1 for sent by 1: "))) << "handled by worker 0";
  EXPECT_EQ(listener.told.back(), "so much for the newest snapshots of the workers");
  EXPECT_THAT(Wrong(), IsEmpty());
}

TEST_F(StoreAuditTest, OwnSnapshotsMustBeThereOfAllWorkers) {
  Write(Id(1), {Part(Id(1), WorkerId(0), 7, 7)}, 100);
  EXPECT_EQ(*AuditNewestParts(store, *application, 0, listener, findings), false);
}

TEST_F(StoreAuditTest, ChannelsBetweenOwnSnapshotsAreChecked) {
  WriteOwn(8, 5);
  EXPECT_EQ(*AuditNewestParts(store, *application, 0, listener, findings), true);
  EXPECT_THAT(Wrong(), ElementsAre(HasSubstr("worker 0 to 1, function lane: in transit are 6 to 7"),
                                   HasSubstr("worker 1 to 0, function lane: an orphan")));
}

// Worker 1's part is deleted while worker 0's is read, as when a newer one takes its place.
class Overtaken final : public LineAuditor {
 public:
  Overtaken(FakeObjectStore& store, std::string deleted) : store_(store), deleted_(std::move(deleted)) {}
  void Position(PartitionId, std::uint64_t) override {}
  void Row(std::string_view, std::string_view, std::string_view) override {}
  void Message(const InTransit&) override {
    ++messages;
    store_.Delete(deleted_).OrDie();
  }
  void Judge(std::string_view, Findings& findings) override {
    if (std::exchange(messages, 0) != 0) findings.Add(Damage::kInconsistentLine, [] { return "half a line"; });
  }
  int messages = 0;  // Since the latest Judge.

 private:
  FakeObjectStore& store_;
  const std::string deleted_;
};

TEST_F(StoreAuditTest, HalfALineIsForgottenAndNoFinding) {
  WriteOwn(7, 6);
  Overtaken auditor(store, PartName(Id(2), WorkerId(1)));
  EXPECT_EQ(AuditNewestParts(store, *application, 0, auditor, findings).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(auditor.messages, 0);
  EXPECT_THAT(Wrong(), IsEmpty());
}

}  // namespace
}  // namespace holdfast
