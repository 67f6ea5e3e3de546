#include "chaos/faults/faulty_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/application_builder.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

struct Ping {
  std::string_view text;
  HOLDFAST_MESSAGE("test/Ping", text)
};
class Echo : public Function<Echo> {
 public:
  static constexpr std::string_view kName = "test/echo";
  using Handles = Messages<Ping>;
  void On(Context&, const Ping&) {}
};

// Answers with one effect, or fails when told.
class OneEffect final : public Endpoint {
 public:
  explicit OneEffect(int& calls) : calls_(calls) {}
  Status Invoke(const Invocation& invocation, EffectsBuilder& effects) override {
    ++calls_;
    if (invocation.payload == "fail") return MakeError(ErrorCode::kInternal, "on purpose");
    effects.Clear();
    effects.Cancel("token");
    return {};
  }

 private:
  int& calls_;
};

class FaultyEndpointTest : public testing::Test {
 protected:
  FaultyEndpointTest() {
    ApplicationBuilder builder("test");
    builder.Add<Echo>(FailurePolicy{.max_attempts = 3});
    application_ = *std::move(builder).Build();
    endpoint_ = std::make_unique<FaultyEndpoint>(
        std::make_unique<OneEffect>(calls_), application_, faults_,
        FaultyEndpoint::Hooks{[this](const AddressView&, std::string_view effects) -> Status {
                                checked_.emplace_back(effects);
                                if (believing_) return {};
                                return MakeError(ErrorCode::kInvalidArgument, "nonsense");
                              },
                              [this](Fault fault, const AddressView&) { told_.push_back(fault); }});
  }
  Status Call(std::string_view id, std::string_view payload = "") {
    return endpoint_->Invoke({{FunctionId(0), id}, {}, ValueTypeId(0), payload, "", {}}, effects_);
  }

  std::vector<Duration> slept_;
  FaultInjector faults_{1, {}, [this](Duration time) { slept_.push_back(time); }};
  int calls_ = 0;
  bool believing_ = false;
  std::vector<std::string> checked_;
  std::vector<Fault> told_;
  std::shared_ptr<const Application> application_;
  std::unique_ptr<FaultyEndpoint> endpoint_;
  EffectsBuilder effects_;
};

TEST_F(FaultyEndpointTest, WithoutChancesTheAnswerIsTheFunctions) {
  EXPECT_TRUE(Call("a").ok());
  EXPECT_FALSE(effects_.empty());
  EXPECT_EQ(Call("a", "fail").error().message, "on purpose");
  EXPECT_TRUE(told_.empty());
}

TEST_F(FaultyEndpointTest, AnAnswerIsLostAfterTheFunctionHasRun) {
  faults_.Script({{1, Fault::kLoseAnswer}});
  EXPECT_EQ(Call("a").error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(calls_, 1);
  EXPECT_THAT(told_, ElementsAre(Fault::kLoseAnswer));
}

TEST_F(FaultyEndpointTest, TheLastAttemptOfAMessageIsNotTaken) {
  faults_.Change({.lose_answer = 1});
  EXPECT_FALSE(Call("a").ok());
  EXPECT_FALSE(Call("a").ok());
  EXPECT_TRUE(Call("a").ok());
  EXPECT_FALSE(Call("a").ok()) << "it counts anew";
}

TEST_F(FaultyEndpointTest, AnAddressThatHasFailedByItselfIsLeftAlone) {
  EXPECT_EQ(Call("a", "fail").error().message, "on purpose");
  faults_.Change({.lose_answer = 1});
  EXPECT_TRUE(Call("a").ok());
  EXPECT_TRUE(Call("a").ok());
  EXPECT_FALSE(Call("b").ok());
}

TEST_F(FaultyEndpointTest, EveryKindOfWrongReplyGoesThroughTheCheckAndIsAnother) {
  faults_.Change({.wrong_reply = 1});
  for (const auto* id : {"a", "b", "c", "d"}) EXPECT_EQ(Call(id).error().message, "nonsense");
  std::ranges::sort(checked_);
  EXPECT_EQ(std::ranges::unique(checked_).size(), 0u);
  EXPECT_EQ(checked_.size(), 4u);
}

TEST_F(FaultyEndpointTest, AWrongReplyThatIsBelievedEndsEverything) {
  faults_.Change({.wrong_reply = 1});
  believing_ = true;
  EXPECT_DEATH(Call("a").Ignore(), "a damaged answer of 'a' was believed");
}

TEST_F(FaultyEndpointTest, ASlowFunctionAnswersAfterTheDelay) {
  faults_.Change({.slow = 1, .delay = 7ms});
  EXPECT_TRUE(Call("a").ok());
  EXPECT_THAT(slept_, ElementsAre(7ms));
  EXPECT_THAT(told_, ElementsAre(Fault::kSlow));
}

}  // namespace
}  // namespace holdfast
