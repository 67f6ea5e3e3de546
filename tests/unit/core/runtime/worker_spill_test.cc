// A worker whose queue does not fit in memory.
#include "chaos/simulation/disk/sim_disk.h"
#include "tests/unit/core/runtime/worker_rig.h"

namespace holdfast {
namespace {

class WorkerSpillTest : public testing::TestWithParam<ProtocolFactory> {
 protected:
  WorkerSpillTest() : rig({.protocol = GetParam(), .options = {.queue_memory_bytes = 300}}, &disk) { rig.Start(); }

  // One record that sends a hundred messages to "bob", each noting its number.
  void Flood() {
    std::string script;
    for (int i = 1; i <= 100; ++i) {
      script += fmt::format("send bob note {};", i);
      expected += (i == 1 ? "" : " ") + std::to_string(i);
    }
    rig.Offer("ann", script);
    rig.worker->Run(1);
  }

  SimDisk disk;
  WorkerRig rig;
  std::string expected;
};

TEST_P(WorkerSpillTest, EveryMessageIsHandledInItsOrder) {
  Flood();
  EXPECT_GT(rig.worker->counters().spilled, 80u);
  rig.Drain();
  EXPECT_EQ(rig.Notes("bob"), expected);
  EXPECT_TRUE(rig.worker->Idle());
}

TEST_P(WorkerSpillTest, ASnapshotTakenWhileSpilledRestoresEverythingInOrder) {
  Flood();
  rig.background.RunAll();
  rig.Order(ControlKind::kTrigger, 1);
  ASSERT_GT(rig.worker->queued(), 90u);
  rig.Drain();
  rig.TakePart();
  EXPECT_EQ(rig.part.messages, 100u);
  rig.logs.durable.clear();  // Only the snapshot is left,
  rig.logs.durable.resize(rig.part.lsn.value);
  rig.Begin();
  rig.Start();
  rig.Drain();
  EXPECT_GT(rig.worker->counters().spilled, 0u) << "the recovery keeps to the bound, too";
  EXPECT_EQ(rig.Notes("bob"), expected);
}

TEST_P(WorkerSpillTest, AFullDiskStopsItWithTheReasonAndTheSnapshotHasEverything) {
  Flood();
  rig.background.RunAll();
  rig.Order(ControlKind::kTrigger, 1);
  rig.background.RunAll();
  rig.TakePart();
  struct Full final : DiskObserver {
    Status BeforeCall(const DiskCall& call) override {
      return call.op == DiskOp::kAppend ? Status(MakeError(ErrorCode::kExhausted, "'{}': disk full", call.path))
                                        : Status();
    }
  } full;
  disk.set_observer(&full);
  Flood();
  rig.worker->Run(1000);  // What is at hand, then the record.
  rig.background.RunAll();
  ASSERT_EQ(rig.worker->phase(), Worker::Phase::kStopped);
  EXPECT_THAT(rig.worker->reason(), HasSubstr("the function queue does not fit in memory and cannot be spilled: "));
  EXPECT_THAT(rig.worker->reason(), HasSubstr("'spill/w0/"));
  disk.set_observer(nullptr);
  rig.channel.reports.clear();
  rig.Begin();
  rig.Start();
  rig.Drain();
  EXPECT_TRUE(rig.Notes("bob").starts_with(expected.substr(0, 50)));
}

INSTANTIATE_TEST_SUITE_P(Protocols, WorkerSpillTest, testing::Values(UnalignedProtocol(), MessageLoggingProtocol()),
                         [](const auto& protocol) {
                           std::string name(protocol.param.traits.name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace holdfast
