#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "tests/integration/gateway/recording_handler.h"
#include "tests/support/patience.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

class GatewayTest : public testing::Test {
 protected:
  void SetUp() override {
    server_.Listen(path_).OrDie();
    client_ = Connect().value();
    const auto ports = client_->Attach(WorkerId(0), mailbox_.hooks());
    ingress_ = &ports.ingress;
    egress_ = &ports.egress;
    client_->Start();
  }

  // Connecting waits for the greeting, which the server gives from Poll.
  Result<std::unique_ptr<GatewayClient>> Connect() {
    std::atomic<bool> done{false};
    Result<std::unique_ptr<GatewayClient>> client = MakeError(ErrorCode::kInternal, "not connected");
    std::thread connecting([&] {
      client = GatewayClient::Connect({.socket = path_, .incarnation = Incarnation(1), .workers = 1, .on_lost = {}});
      done = true;
    });
    while (!done) server_.Poll(milliseconds(1));
    connecting.join();
    return client;
  }

  // Runs both ends until the condition holds; false if that takes too long.
  bool Until(const std::function<bool()>& condition) {
    return holdfast::Until(condition, [this] {
      server_.Poll(milliseconds(1));
      mailbox_.RunPosted();
    });
  }

  void SendRecords(std::uint64_t first, std::uint32_t count, std::size_t value_bytes = 5) {
    std::string records;
    for (std::uint32_t i = 0; i < count; ++i) AppendIngressRecord(records, 4, "key", std::string(value_bytes, 'v'));
    handler_.peer->Send(PartitionId(0), first, count, records);
  }

  std::vector<std::uint64_t> TakeOffsets(std::size_t count) {
    std::vector<std::uint64_t> offsets;
    EXPECT_TRUE(Until([&] {
      for (const auto& record : ingress_->Poll(PartitionId(0), 3)) offsets.push_back(record.offset);
      return offsets.size() >= count;
    }));
    return offsets;
  }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "gateway-1.sock";
  RecordingHandler handler_;
  GatewayServer server_{handler_};
  Mailbox mailbox_;
  std::unique_ptr<GatewayClient> client_;
  Ingress* ingress_ = nullptr;
  EgressSink* egress_ = nullptr;
};

TEST_F(GatewayTest, TheTestbedLearnsWhoConnected) {
  EXPECT_EQ(handler_.peer->incarnation(), Incarnation(1));
  EXPECT_EQ(handler_.peer->process(), static_cast<std::uint32_t>(::getpid()));
  EXPECT_EQ(handler_.peer->workers(), 1);
}

TEST_F(GatewayTest, RecordsArriveFromTheOffsetAskedFor) {
  ingress_->Seek(PartitionId(0), 10);
  ASSERT_TRUE(Until([&] { return !handler_.subscribed.empty(); }));
  EXPECT_EQ(handler_.subscribed.front(), std::make_pair(PartitionId(0), std::uint64_t{10}));
  SendRecords(10, 2);
  SendRecords(12, 3);
  EXPECT_EQ(TakeOffsets(5), (std::vector<std::uint64_t>{10, 11, 12, 13, 14}));
  EXPECT_TRUE(Until([&] { return mailbox_.wakes > 0; }));
}

TEST_F(GatewayTest, ARecordKeepsItsIngressKeyAndValue) {
  ingress_->Seek(PartitionId(0), 0);
  ASSERT_TRUE(Until([&] { return !handler_.subscribed.empty(); }));
  SendRecords(0, 1);
  std::span<const IngressRecord> records;
  ASSERT_TRUE(Until([&] { return !(records = ingress_->Poll(PartitionId(0), 8)).empty(); }));
  EXPECT_EQ(records[0].ingress, 4);
  EXPECT_EQ(records[0].key, "key");
  EXPECT_EQ(records[0].value, "vvvvv");
}

TEST_F(GatewayTest, ASeekDropsWhatWasOnItsWay) {
  ingress_->Seek(PartitionId(0), 0);
  ASSERT_TRUE(Until([&] { return handler_.subscribed.size() == 1; }));
  SendRecords(0, 5);
  ASSERT_EQ(TakeOffsets(3).size(), 3u);
  ingress_->Seek(PartitionId(0), 1);
  ASSERT_TRUE(Until([&] { return handler_.subscribed.size() == 2; }));
  SendRecords(1, 2);
  EXPECT_EQ(TakeOffsets(2), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(handler_.peer->Total(Counter::kIngressRecords), 5u);
}

TEST_F(GatewayTest, CreditEndsWithTheWindowAndComesBackAsBatchesAreRead) {
  ingress_->Seek(PartitionId(0), 0);
  ASSERT_TRUE(Until([&] { return !handler_.subscribed.empty(); }));
  std::uint64_t sent = 0;
  while (handler_.peer->CanSend(PartitionId(0))) SendRecords(sent++, 1);
  EXPECT_EQ(sent, wire::kWindow);
  EXPECT_EQ(TakeOffsets(sent).size(), sent);
  EXPECT_TRUE(Until([&] { return handler_.peer->CanSend(PartitionId(0)); }));
  EXPECT_GE(handler_.peer->Total(Counter::kIngressRecords), sent - 1);
}

TEST_F(GatewayTest, AFenceAnswersWithTheCommittedPosition) {
  handler_.position = 77;
  std::optional<Result<std::uint64_t>> answer;
  egress_->Fence({WorldLine(2), Incarnation(1)}, [&](Result<std::uint64_t> position) { answer = position; });
  ASSERT_TRUE(Until([&] { return answer.has_value(); }));
  EXPECT_EQ(answer->value(), 77u);
}

TEST_F(GatewayTest, AFenceThatIsTooOldSaysSo) {
  handler_.lowest = {WorldLine(3), Incarnation(0)};
  std::optional<Result<std::uint64_t>> answer;
  egress_->Fence({WorldLine(2), Incarnation(1)}, [&](Result<std::uint64_t> position) { answer = position; });
  ASSERT_TRUE(Until([&] { return answer.has_value(); }));
  EXPECT_EQ(answer->error(), MakeError(ErrorCode::kFenced, "too old"));
}

TEST_F(GatewayTest, CommitsAreAnsweredInOrder) {
  std::vector<int> done;
  egress_->Commit(1, std::string("a"), [&](Status status) { done.push_back(status.ok() ? 1 : -1); });
  egress_->Commit(2, std::string("b"), [&](Status status) { done.push_back(status.ok() ? 2 : -2); });
  egress_->Emit(EgressPiece("now"));
  ASSERT_TRUE(Until([&] { return done.size() == 2 && !handler_.emitted.empty(); }));
  EXPECT_EQ(done, (std::vector<int>{1, 2}));
  EXPECT_EQ(handler_.committed, (std::vector<std::string>{"0@1:a", "0@2:b"}));
  EXPECT_EQ(handler_.emitted, "now");
}

TEST_F(GatewayTest, ABatchLargerThanEveryBufferArrivesWhole) {
  std::string records;
  EgressBytes pieces;
  for (const char letter : {'p', 'q', 'r'}) {
    records.append(7u << 20, letter);
    pieces.Add(EgressPiece(std::string(7u << 20, letter)));
  }
  bool done = false;
  egress_->Commit(1, std::move(pieces), [&](Status) { done = true; });
  ASSERT_TRUE(Until([&] { return done; }));
  EXPECT_TRUE(handler_.committed.front() == "0@1:" + records);  // Not EXPECT_EQ, which would print them.
}

TEST_F(GatewayTest, ReportsArrive) {
  client_->status().Set(WorkerId(0), Counter::kUnitsExecuted, 12);
  client_->Report(SnapshotReport{{WorldLine(1), SnapshotIndex(2)}, false, {100}, {200}, 4096, 55, "disk full"});
  client_->Report(InstantReport{InstantReport::Kind::kRestored, {300}, 9});
  client_->Report(NoteReport{"disk", "tmpfs"});
  ASSERT_TRUE(Until([&] { return !handler_.notes.empty(); }));
  EXPECT_EQ(handler_.peer->Total(Counter::kUnitsExecuted), 12u);
  EXPECT_EQ(handler_.snapshots.front().id, (SnapshotId{WorldLine(1), SnapshotIndex(2)}));
  EXPECT_EQ(handler_.snapshots.front().bytes, 4096u);
  EXPECT_EQ(handler_.snapshots.front().trouble, "disk full");
  EXPECT_EQ(handler_.instants.front().time.nanos, 300);
  EXPECT_EQ(handler_.notes.front().value, "tmpfs");
}

TEST_F(GatewayTest, TheEndOfTheSystemIsTheEndOfItsConnection) {
  egress_->Emit(EgressPiece("last words"));
  ASSERT_TRUE(Until([&] { return !handler_.emitted.empty(); }));
  client_ = nullptr;
  ASSERT_TRUE(Until([&] { return handler_.peer == nullptr; }));
  EXPECT_EQ(handler_.disconnected.front().code, ErrorCode::kUnavailable);
}

TEST_F(GatewayTest, AfterStopNoHookIsCalledAndPortsStillTakeWhatTheyAreGiven) {
  ingress_->Seek(PartitionId(0), 0);
  ASSERT_TRUE(Until([&] { return !handler_.subscribed.empty(); }));
  client_->Stop();
  const int wakes = mailbox_.wakes;
  bool answered = false;
  egress_->Commit(1, std::string("a"), [&](Status) { answered = true; });
  SendRecords(0, 5);
  for (int i = 0; i < 20; ++i) {
    server_.Poll(milliseconds(1));
    mailbox_.RunPosted();
  }
  EXPECT_EQ(mailbox_.wakes, wakes);
  EXPECT_TRUE(handler_.committed.empty());
  EXPECT_FALSE(answered);
}

TEST_F(GatewayTest, ATakenSocketIsRefusedInOneSentence) {
  const auto status = GatewayServer(handler_).Listen(path_);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kAlreadyExists);
  EXPECT_THAT(status.error().message, testing::HasSubstr("gateway-1.sock is occupied"));
}

TEST_F(GatewayTest, AMissingFolderIsRefusedInOneSentence) {
  const auto status = GatewayServer(handler_).Listen(folder_ / "no/gateway.sock");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kNotFound);
}

TEST_F(GatewayTest, NobodyListeningIsSaidInOneSentence) {
  const auto client = GatewayClient::Connect({.socket = folder_ / "none.sock", .incarnation = {}, .on_lost = {}});
  ASSERT_FALSE(client.ok());
  EXPECT_EQ(client.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(client.error().message, testing::HasSubstr("nobody listens at"));
}

TEST_F(GatewayTest, AnotherVersionIsRefusedAndToldWhy) {
  FrameSocket stranger(ConnectUnix(path_).value());
  stranger.Write(wire::Hello{99, {}, 0, 0});
  stranger.Flush().OrDie();
  std::optional<FrameSocket::Frame> frame;
  ASSERT_TRUE(Until([&] {
    (void)stranger.Fill();
    frame = stranger.Next().value();
    return frame.has_value();
  }));
  wire::Welcome welcome;
  ASSERT_TRUE(wire::Decode(frame->body, welcome));
  EXPECT_THAT(std::string(welcome.refusal), testing::HasSubstr("the system under test version 99"));
}

TEST_F(GatewayTest, ADamagedFrameEndsTheConnection) {
  FrameSocket damaged(ConnectUnix(path_).value());
  std::string hello;
  wire::AppendFrame(hello, wire::Hello{wire::kVersion, {}, 0, 1});
  auto page = StatusPage::Create().value();
  damaged.SendWithFd(hello, page.fd()).OrDie();
  ASSERT_TRUE(Until([&] { return handler_.peer != nullptr && handler_.peer->process() == 0; }));
  std::string frame;
  wire::AppendFrame(frame, wire::Note{"key", "value"});
  frame.back() ^= 1;
  damaged.WriteFrames(frame);
  damaged.Flush().OrDie();
  ASSERT_TRUE(Until([&] { return !handler_.disconnected.empty(); }));
  EXPECT_EQ(handler_.disconnected.front().code, ErrorCode::kDataLoss);
}

}  // namespace
}  // namespace holdfast
