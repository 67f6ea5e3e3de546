#include "apps/host/watchdog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <semaphore>

#include "core/model/application_builder.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

struct Greet {
  std::string_view name;
  HOLDFAST_MESSAGE("watchdog-test/Greet", name)
};
class Greeter : public Function<Greeter> {
 public:
  static constexpr std::string_view kName = "watchdog-test/greeter";
  using Handles = Messages<Greet>;
  Status On(Context&, const Greet&) { return {}; }
};

// Returns when it is told to.
class SlowEndpoint final : public Endpoint {
 public:
  explicit SlowEndpoint(std::counting_semaphore<>& go_on) : go_on_(go_on) {}
  Status Invoke(const Invocation&, EffectsBuilder&) override {
    go_on_.acquire();
    return {};
  }

 private:
  std::counting_semaphore<>& go_on_;
};

class WatchdogTest : public testing::Test {
 protected:
  static constexpr Duration kLimit = 2ms;

  WatchdogTest() {
    ApplicationBuilder builder("watchdog-test");
    builder.Add<Greeter>();
    application_ = std::move(builder).Build().value();
  }
  // Starts an invocation at an address of this id, on a thread of its own.
  std::thread Invoke(std::string_view id) {
    return std::thread([this, id] {
      Invocation invocation;
      invocation.self = {FunctionId(0), id};
      EffectsBuilder effects;
      endpoint_.Invoke(invocation, effects).OrDie();
    });
  }
  Watchdog Watch() {
    return Watchdog(*application_, {&endpoint_}, kLimit, [this](const std::string& sentence) {
      sentences_.push_back(sentence);
      reported_.release();
    });
  }

  std::shared_ptr<const Application> application_;
  std::counting_semaphore<> go_on_{0}, reported_{0};
  std::vector<std::string> sentences_;
  WatchedEndpoint endpoint_{std::make_unique<SlowEndpoint>(go_on_)};
};

TEST_F(WatchdogTest, AnInvocationThatDoesNotReturnIsReportedWithItsFunctionAndId) {
  auto invocation = Invoke("ann");
  {
    const auto watchdog = Watch();
    reported_.acquire();
  }
  go_on_.release();
  invocation.join();
  EXPECT_THAT(sentences_.front(), AllOf(HasSubstr("worker 0"), HasSubstr("watchdog-test/greeter 'ann'")));
}

TEST_F(WatchdogTest, OneInvocationIsReportedOnceAndTheNextAgain) {
  {
    const auto watchdog = Watch();
    auto first = Invoke("ann");
    reported_.acquire();
    EXPECT_FALSE(reported_.try_acquire_for(20 * kLimit));
    go_on_.release();
    first.join();
    auto second = Invoke("bob");
    reported_.acquire();
    go_on_.release();
    second.join();
  }
  ASSERT_EQ(sentences_.size(), 2u);
  EXPECT_THAT(sentences_.back(), HasSubstr("'bob'"));
}

TEST_F(WatchdogTest, NoInvocationIsNothingToReport) {
  {
    const auto watchdog = Watch();
    EXPECT_FALSE(reported_.try_acquire_for(5 * kLimit));
  }
  EXPECT_TRUE(sentences_.empty());
}

}  // namespace
}  // namespace holdfast
