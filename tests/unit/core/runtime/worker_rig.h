// One worker of a cluster with everything it needs in memory, and the test in the place of coordinator and peers.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chaos/simulation/disk/inline_background.h"
#include "core/protocols/message-logging/message_logging.h"
#include "core/protocols/none/none.h"
#include "core/protocols/stop-the-world/stop_the_world.h"
#include "core/protocols/unaligned/unaligned.h"
#include "core/runtime/worker.h"
#include "tests/unit/core/fakes/fake_log.h"
#include "tests/unit/core/fakes/fake_stores.h"
#include "tests/unit/core/fakes/fake_worker_ports.h"
#include "tests/unit/core/runtime/scripted.h"

namespace holdfast {

using scripted::Actor;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Strings = std::vector<std::string>;

class WorkerRig {
 public:
  struct Setup {
    ProtocolFactory protocol = UnalignedProtocol();
    std::uint16_t workers = 1;
    FailurePolicy policy{};
    WorkerOptions options{};
  };

  // `scratch` is where the queue spills to.
  explicit WorkerRig(Setup setup, Disk* scratch = nullptr) : setup_(std::move(setup)), scratch_(scratch) {
    Actor::broken = true;
    application = scripted::MakeApplication(setup_.policy);
    endpoint_.application = application.get();
    endpoint_.actor = application->functions()[0].make();
    Begin();
  }
  WorkerRig() : WorkerRig(Setup()) {}

  // A process of the worker: built from what is stored, with the state and clock of the rig.
  void Begin() {
    auto options = setup_.options;
    options.workers = setup_.workers;
    options.owners = EvenOwners(application->max_parallelism(), setup_.workers);
    options.partitions = {PartitionId(0)};
    worker = std::make_unique<Worker>(application, setup_.protocol, options,
                                      WorkerPorts{clock, channel, background, objects, &logs, ingress, sink, endpoint_,
                                                  async, state, Random(1), scratch_});
  }

  // ---- The coordinator's part.
  void Order(ControlKind kind, std::uint32_t index = 0, std::uint64_t number = 0) {
    ControlMessage message;
    message.kind = kind;
    message.world_line = world_line;
    message.incarnation = incarnation;
    message.snapshot = {world_line, SnapshotIndex(index)};
    message.number = number;
    message.part = kind == ControlKind::kRestore ? part : PartInfo();
    worker->OnControl(EncodeControl(message));
  }
  // Restores the next incarnation from the last part reported, if there is one.
  void Restore() {
    incarnation = incarnation.Next();
    Order(ControlKind::kRestore);
    for (const auto& report : channel.reports) EXPECT_NE(report.kind, ControlKind::kFailed) << report.text;
  }
  void Start() {
    Restore();
    Order(ControlKind::kStart);
    ASSERT_EQ(worker->phase(), Worker::Phase::kRunning) << worker->Describe();
  }
  // A snapshot of a cluster of one, complete.
  void Snapshot(std::uint32_t index) {
    Order(ControlKind::kTrigger, index);
    Drain();
    if (setup_.protocol.traits.name == "stop-the-world") Order(ControlKind::kResume, index);
    TakePart();
    Order(ControlKind::kComplete, index, SnapshotId{world_line, SnapshotIndex(index)}.Packed());
    Drain();
  }
  // Remembers the part that was reported last, for Restore.
  void TakePart() {
    for (const auto& report : channel.reports) {
      if (report.kind == ControlKind::kUploaded) part = report.part;
    }
    ASSERT_FALSE(part.name.empty()) << "no part was reported";
  }
  std::size_t Reported(ControlKind kind) const {
    return static_cast<std::size_t>(std::count_if(channel.reports.begin(), channel.reports.end(),
                                                  [kind](const auto& report) { return report.kind == kind; }));
  }

  // ---- The world's part.
  void Offer(const std::string& id, const std::string& script) {
    std::string value;
    Codec<scripted::Script>::Encode({script}, value);
    ingress.records.emplace_back(id, value);
  }
  void Tell(const std::string& id, const std::string& script) {
    Offer(id, script);
    Drain();
  }
  // Until nothing happens any more by itself.
  void Drain() {
    for (int rounds = 0; rounds < 10'000; ++rounds) {
      const bool more = worker->Run(16);
      if (!background.RunOne() && !more) return;
    }
    FAIL() << "no end: " << worker->Describe();
  }
  void Pass(std::chrono::milliseconds time) {
    clock.Advance(time);
    Drain();
  }
  Strings Emitted() const {
    Strings texts;
    for (const auto& value : sink.visible) {
      scripted::Script script;
      texts.emplace_back(Codec<scripted::Script>::Decode(value, script) ? std::string(script.text) : value);
    }
    return texts;
  }
  // What the actor `id` has noted.
  std::string Notes(const std::string& id) {
    const auto row = state.Get(KeyOf(id)).value();
    const auto value = row ? FindValue(*row, StateSlot(0), clock.app) : std::nullopt;
    std::string notes;
    if (value) Codec<std::string>::Decode(*value, notes);
    return notes;
  }
  bool HasRow(const std::string& id) { return state.Get(KeyOf(id)).value().has_value(); }
  RowKey KeyOf(const std::string& id) const { return {KeyGroupOf(id, application->max_parallelism()), TableId(0), id}; }
  // The `n`-th of some ids that live on `owner`.
  std::string IdOn(std::uint16_t owner, int n = 0) const {
    const auto owners = EvenOwners(application->max_parallelism(), setup_.workers);
    for (int i = 0;; ++i) {
      const auto id = fmt::format("id{}", i);
      if (owners[KeyGroupOf(id, application->max_parallelism()).value].value == owner && n-- == 0) return id;
    }
  }

  // ---- A peer's part.
  std::string Envelope(const std::string& id, const std::string& script) const {
    std::string payload;
    Codec<scripted::Script>::Encode({script}, payload);
    std::string envelope;
    AppendEnvelope(envelope, {{FunctionId(0), id},
                              {},
                              *application->ValueTypeOf<scripted::Script>(),
                              KeyGroupOf(id, application->max_parallelism()),
                              payload});
    return envelope;
  }
  FrameHeader HeaderFrom(std::uint16_t peer, FrameKind kind, std::uint32_t colour = 0) const {
    return {.kind = kind,
            .source = WorkerId(peer),
            .target = WorkerId(0),
            .world_line = world_line,
            .incarnation = Incarnation(1),
            .colour = SnapshotIndex(colour)};
  }
  void Deliver(const FrameHeader& header, std::string_view payload) {
    auto frame = NewFrame();
    frame.append(payload);
    SealFrame(frame, header);
    worker->OnFrame(frame);
  }
  // One message of the function lane from `peer`.
  void Receive(std::uint16_t peer, std::uint64_t sequence, const std::string& id, const std::string& script,
               std::uint32_t colour = 0) {
    auto header = HeaderFrom(peer, FrameKind::kData, colour);
    header.first_sequence = sequence;
    header.count = 1;
    Deliver(header, Envelope(id, script));
  }
  void ReceivePositions(std::uint16_t peer, FrameKind kind, std::uint64_t function_lane, std::uint32_t colour = 0) {
    std::string payload;
    AppendPositions(payload, {0, function_lane});
    Deliver(HeaderFrom(peer, kind, colour), payload);
  }
  // Frames of a kind sent so far.
  std::vector<FrameHeader> Sent(FrameKind kind) const {
    std::vector<FrameHeader> headers;
    for (const auto& [to, frame] : channel.frames) {
      if (OpenFrame(frame)->header.kind == kind) headers.push_back(OpenFrame(frame)->header);
    }
    return headers;
  }

  std::shared_ptr<const Application> application;
  WorldLine world_line{1};
  Incarnation incarnation{0};
  PartInfo part;
  FakeClock clock;
  FakeChannel channel;
  InlineBackground background;
  FakeObjectStore objects;
  FakeLogStore logs{background};
  FakeIngress ingress;
  FakeSink sink;
  FakeAsync async;
  FakeStateBackend state;
  std::unique_ptr<Worker> worker;

 private:
  struct ActorEndpoint final : Endpoint {
    const Application* application = nullptr;
    std::unique_ptr<FunctionBase> actor;
    Status Invoke(const Invocation& invocation, EffectsBuilder& effects) override {
      effects.Clear();
      Context context(*application, invocation, actor->states(), effects);
      HOLDFAST_TRY(actor->Handle(context, invocation.value_type, invocation.payload));
      context.Finish();
      return {};
    }
  };
  Setup setup_;
  Disk* scratch_;
  ActorEndpoint endpoint_;
};

}  // namespace holdfast
