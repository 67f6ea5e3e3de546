// HTTP over real sockets: what the services of the two-tier engine say to each other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engines/steady_now.h"
#include "engines/two-tier/courier.h"
#include "tests/support/temporary_folder.h"

namespace holdfast::two_tier {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class HttpTest : public testing::Test {
 protected:
  std::string socket() const { return folder_ / "peer.sock"; }
  // Runs the loop until it is so, or for long.
  bool Until(const std::function<bool()>& so) {
    const auto give_up = SteadyNow() + 10s;
    while (!so() && SteadyNow() < give_up) loop_.RunFor(1ms);
    return so();
  }
  std::unique_ptr<HttpServer> Listen(HttpServer::Handler handler) {
    return HttpServer::Listen(loop_, socket(), std::move(handler)).value();
  }

  TemporaryFolder folder_;
  EventLoop loop_;
};

TEST_F(HttpTest, ARequestArrivesWholeAndItsReplyComesBack) {
  HttpRequest got;
  const auto server = Listen([&](HttpRequest request, const HttpServer::Answer& answer) {
    got = std::move(request);
    answer({kHttpOk, "fine"});
  });
  HttpClient client(loop_, {.path = socket()});
  const std::string body("\0\r\n\xff", 4);
  HttpReply reply;
  client.Post({"/message", "17", body, 3}, [&](HttpReply answer) { reply = std::move(answer); });
  ASSERT_TRUE(Until([&] { return reply.status != 0; }));
  EXPECT_EQ(reply.status, kHttpOk);
  EXPECT_EQ(reply.body, "fine");
  EXPECT_EQ(got.path, "/message");
  EXPECT_EQ(got.key, "17");
  EXPECT_EQ(got.body, body);
  EXPECT_EQ(got.depth, 3u);
}

TEST_F(HttpTest, NobodyThereAndNoAnswerInTimeAreTold) {
  HttpClient client(loop_, {.path = socket(), .timeout = 50ms});
  std::vector<std::string> troubles;
  const auto note = [&](const HttpReply& reply) {
    EXPECT_EQ(reply.status, 0u);
    troubles.push_back(reply.body);
  };
  client.Post({"/message"}, note);
  ASSERT_TRUE(Until([&] { return troubles.size() == 1; }));
  std::vector<HttpServer::Answer> never;
  const auto server = Listen([&](const HttpRequest&, const HttpServer::Answer& answer) { never.push_back(answer); });
  client.Post({"/message"}, note);
  ASSERT_TRUE(Until([&] { return troubles.size() == 2; }));
  EXPECT_EQ(never.size(), 1u);
}

TEST_F(HttpTest, AReplyThatIsDroppedIsMissedAtOnceAndTheRequestComesAgain) {
  std::vector<std::string> got;
  const auto server = Listen([&](const HttpRequest& request, const HttpServer::Answer& answer) {
    got.push_back(request.body);
    answer({got.size() == 2 ? 0 : kHttpOk, ""});
  });
  Courier courier(loop_, {socket()});
  for (const auto* body : {"a", "b"}) {
    courier.Send({.peer = 0, .lane = "lane", .request = {"/message", "", body}, .delivered = nullptr});
  }
  ASSERT_TRUE(Until([&] { return courier.under_way() == 0; }));
  EXPECT_THAT(got, ElementsAre("a", "b", "b"));
  EXPECT_EQ(courier.retries(), 1u);
}

TEST_F(HttpTest, ACourierDeliversALaneInItsOrderThoughThePeerRefusesAndComesLate) {
  Courier courier(loop_, {socket()});
  int delivered = 0;
  for (const auto* body : {"a", "b", "c"}) {
    courier.Send({.peer = 0, .lane = "lane", .request = {"/message", "", body}, .delivered = [&](const std::string&) {
                    ++delivered;
                  }});
  }
  ASSERT_TRUE(Until([&] { return courier.retries() >= 2; }));
  std::vector<std::string> got;
  int refusals = 3;
  const auto server = Listen([&](const HttpRequest& request, const HttpServer::Answer& answer) {
    if (refusals-- > 0) return answer({kHttpTryAgain, ""});
    got.push_back(request.body);
    answer({kHttpOk, ""});
  });
  ASSERT_TRUE(Until([&] { return delivered == 3; }));
  EXPECT_THAT(got, ElementsAre("a", "b", "c"));
  EXPECT_EQ(courier.under_way(), 0u);
}

TEST_F(HttpTest, LanesDoNotWaitForEachOther) {
  std::vector<HttpServer::Answer> held;
  std::vector<std::string> got;
  const auto server = Listen([&](const HttpRequest& request, const HttpServer::Answer& answer) {
    got.push_back(request.body);
    if (request.body == "slow") return held.push_back(answer);
    answer({kHttpOk, ""});
  });
  Courier courier(loop_, {socket()});
  courier.Send({.peer = 0, .lane = "one", .request = {"/message", "", "slow"}, .delivered = nullptr});
  courier.Send({.peer = 0, .lane = "one", .request = {"/message", "", "behind"}, .delivered = nullptr});
  bool quick = false;
  courier.Send({.peer = 0, .lane = "two", .request = {"/message", "", "quick"}, .delivered = [&](const std::string&) {
                  quick = true;
                }});
  ASSERT_TRUE(Until([&] { return quick && held.size() == 1; }));
  EXPECT_THAT(got, testing::Not(testing::Contains("behind")));
  held.front()({kHttpOk, ""});
  EXPECT_TRUE(Until([&] { return courier.under_way() == 0; }));
}

}  // namespace
}  // namespace holdfast::two_tier
