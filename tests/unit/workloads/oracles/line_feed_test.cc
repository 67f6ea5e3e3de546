#include "workloads/oracles/line_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/snapshot/part.h"
#include "tests/unit/core/fakes/fake_stores.h"
#include "tests/unit/workloads/oracles/line_listener.h"

namespace holdfast {
namespace {

using testing::ElementsAre;

class LineFeedTest : public testing::Test {
 protected:
  std::shared_ptr<const Application> application = Zoo();
  Listener listener;
  LineFeed feed{*application, listener};
};

TEST_F(LineFeedTest, RowsOfTheRuntimeAreMessages) {
  const auto envelope = Envelope("a", "late");
  std::string delayed;
  AppendBytes(delayed, "sender");
  AppendBytes(delayed, "token");
  std::string operation;
  AppendFixed(operation, std::uint16_t{0});
  AppendFixed(operation, std::uint16_t{1});
  AppendBytes(operation, "b");
  feed.Row({KeyGroup(0), kDelayedTable, "row"}, delayed + envelope).OrDie();
  feed.Row({KeyGroup(0), kParkedTable, "row"}, envelope).OrDie();
  feed.Row({KeyGroup(0), kAsyncTable, "row"}, operation + "question").OrDie();
  feed.Row({KeyGroup(0), TableId(1), "c"}, "state").OrDie();
  EXPECT_THAT(listener.told, ElementsAre("2 for a: late", "3 for a: late", "4 for b: question", "test/zebra c state"));
}

TEST_F(LineFeedTest, DamageIsAnError) {
  EXPECT_EQ(feed.Row({KeyGroup(0), kDelayedTable, "row"}, "\x7f").error().code, ErrorCode::kDataLoss);
  EXPECT_EQ(feed.Row({KeyGroup(0), kAsyncTable, "row"}, "?").error().code, ErrorCode::kDataLoss);
  EXPECT_EQ(feed.Row({KeyGroup(0), TableId(9), "row"}, "").error().code, ErrorCode::kDataLoss);
  EXPECT_EQ(feed.Messages(InTransit::Where::kQueued, Envelope("a", "b") + "?").error().code, ErrorCode::kDataLoss);
}

TEST_F(LineFeedTest, OfWhatASenderKeepsOnlyWhatIsNotHandledIsInTransit) {
  const auto kept = Envelope("a", "5") + Envelope("a", "6") + Envelope("a", "7");
  for (const std::uint64_t handled : {3, 4, 6, 7, 9}) {
    listener.told = {fmt::format("handled to {}", handled)};
    feed.Sent({WorkerId(1), Lane::kFunction, 5, 3, kept}, handled).OrDie();
    std::vector<std::string> expected = {listener.told.front()};
    for (auto sequence = std::max<std::uint64_t>(handled + 1, 5); sequence <= 7; ++sequence) {
      expected.push_back(fmt::format("1 for a: {}", sequence));
    }
    EXPECT_EQ(listener.told, expected);
  }
}

TEST_F(LineFeedTest, ASnapshotIsItsParts) {
  FakeObjectStore store;
  FakeStateBackend rows;
  rows.Put({KeyGroup(1), TableId(0), "key"}, "value").OrDie();
  const auto object = *store.Create("part");
  PartWriter part(*object);
  const auto queued = Envelope("a", "queued");
  part.AddRows(**rows.Cut()).OrDie();
  part.AddMessages({nullptr, queued, {WorkerId(1), Lane::kIngress, 7}, 1}).OrDie();
  Manifest manifest;
  manifest.parts.resize(1);
  manifest.parts[0].name = "part";
  WorkerMeta meta;
  meta.ingress = {{PartitionId(2), 11}};
  part.Finish(meta, manifest.parts[0]).OrDie();
  object->Commit().OrDie();

  feed.Snapshot(store, manifest).OrDie();
  EXPECT_THAT(listener.told, ElementsAre("test/ape key value", "0 for a: queued", "partition 2 at 11"));
  store.Delete("part").OrDie();
  EXPECT_FALSE(feed.Snapshot(store, manifest).ok());
}

}  // namespace
}  // namespace holdfast
