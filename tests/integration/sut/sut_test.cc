// The system under test in this process, with the test as its testbed: what it does when that goes away.
#include "apps/host/sut.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "engines/holdfast/sut_config.h"
#include "tests/integration/gateway/recording_handler.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;

class SystemUnderTestTest : public testing::Test {
 protected:
  void Start(Incarnation incarnation) {
    server_ = std::make_unique<GatewayServer>(handler_);
    const SutConfig config{.gateway = folder_ / "gateway.sock",
                           .incarnation = incarnation,
                           .data = folder_ / ".",
                           .seed = 1,
                           .point = {{"workload", "greeter"},
                                     {"engine", "holdfast"},
                                     {"engine.workers", "3"},
                                     {"host", "embedded"},
                                     {"protocol", "unaligned"},
                                     {"protocol.interval", "5ms"},
                                     {"state", "heap"},
                                     {"store", "filesystem"},
                                     {"log", "filesystem"},
                                     {"channel", "inproc"}}};
    std::ofstream(folder_ / "sut.yaml") << SutConfigText(config);
    server_->Listen(config.gateway).OrDie();
    system_ = std::thread([this] { end_ = RunSystemUnderTest(parts_, folder_ / "sut.yaml"); });
  }
  // Offers input as fast as it is taken, until the condition holds.
  void OfferUntil(const std::function<bool()>& condition) {
    const auto workload = (*parts_.workloads.Find("greeter"))->factory(Greeter().Defaults(), 1).value();
    std::map<PartitionId, std::uint64_t> next;
    InputRecord record;
    while (!condition()) {
      server_->Poll(1ms);
      for (const auto& [partition, from] : handler_.subscribed) {
        auto& offset = next.try_emplace(partition, from).first->second;
        for (; handler_.peer->CanSend(partition); ++offset) {
          workload.input->Record(partition, offset, record);
          std::string bytes;
          AppendIngressRecord(bytes, record.ingress, record.key, record.value);
          handler_.peer->Send(partition, offset, 1, bytes);
        }
      }
    }
  }
  const OptionSet& Greeter() const { return (*parts_.workloads.Find("greeter"))->descriptor.options; }

  const Parts parts_ = AllParts();
  TemporaryFolder folder_;
  RecordingHandler handler_;
  std::unique_ptr<GatewayServer> server_;
  std::optional<Status> end_;
  std::thread system_;
};

// The gateway's thread once called into loops that were no more.
TEST_F(SystemUnderTestTest, EndsWithoutAnErrorWhenItsTestbedGoesInTheMiddleOfTheLoad) {
  for (std::uint32_t life = 1; life <= 5; ++life) {
    Start(Incarnation(life));
    OfferUntil([this] { return handler_.committed.size() > 20; });
    server_.reset();
    system_.join();
    EXPECT_TRUE(end_->ok()) << end_->error().message;
    handler_ = RecordingHandler();
  }
}

}  // namespace
}  // namespace holdfast
