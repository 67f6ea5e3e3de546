#include "core/model/function.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/application_builder.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

struct Add {
  std::int64_t amount = 0;
  HOLDFAST_MESSAGE("test/Add", amount)
};
struct Take {
  std::int64_t amount = 0;
  HOLDFAST_MESSAGE("test/Take", amount)
};
struct Score {
  static constexpr std::string_view kName = "test/score";
  using Request = Add;
  using Response = std::int64_t;
};

class Account : public Function<Account> {
 public:
  static constexpr std::string_view kName = "test/account";
  using Handles = Messages<Add, Take, AsyncOutcome<Score>>;
  Value<std::int64_t> balance{*this, "balance"};

  void On(Context& ctx, const Add& add) {
    if (add.amount < 0) throw std::invalid_argument("a negative deposit");
    ctx.Set(balance, ctx.Get(balance).value_or(0) + add.amount);
  }
  Status On(Context& ctx, const Take& take) {
    const auto rest = ctx.Get(balance).value_or(0) - take.amount;
    ctx.Set(balance, rest);
    if (rest < 0) return MakeError(ErrorCode::kRefused, "{} too little", -rest);
    return {};
  }
  void On(Context& ctx, const AsyncOutcome<Score>& outcome) {
    if (outcome.status == AsyncStatus::kSuccess) ctx.Set(balance, outcome.response + outcome.request.amount);
  }
};

class FunctionTest : public testing::Test {
 protected:
  FunctionTest() {
    ApplicationBuilder builder("test");
    builder.Add<Account>();
    application_ = std::move(builder).Build().value();
    function_ = application_->functions()[0].make();
    invocation_.self = {FunctionId(0), "ann"};
  }
  template <class M>
  Status Handle(const M& message) {
    payload_.clear();
    Codec<M>::Encode(message, payload_);
    return HandleBytes(*application_->ValueTypeOf<M>(), payload_);
  }
  Status HandleBytes(ValueTypeId type, std::string_view payload) {
    effects_.Clear();
    Context context(*application_, invocation_, function_->states(), effects_);
    return function_->Handle(context, type, payload);
  }
  std::int64_t Balance() {
    bool changed = false;
    std::int64_t balance = 0;
    RecordMerger merger;
    const auto record = merger.Merge("", effects_.bytes(), AppTime{}, changed);
    Codec<std::int64_t>::Decode(FindValue(record, StateSlot(0), AppTime{}).value_or(""), balance);
    return balance;
  }

  std::shared_ptr<const Application> application_;
  std::unique_ptr<FunctionBase> function_;
  Invocation invocation_;
  std::string payload_;
  EffectsBuilder effects_;
};

TEST_F(FunctionTest, AMessageGoesToTheHandlerOfItsType) {
  ASSERT_TRUE(Handle(Add{5}).ok());
  EXPECT_EQ(Balance(), 5);
}

TEST_F(FunctionTest, AStatusHandlersAnswerIsTheUnits) {
  EXPECT_TRUE(Handle(Take{0}).ok());
  EXPECT_EQ(Handle(Take{3}).error(), (Error{ErrorCode::kRefused, "3 too little"}));
}

TEST_F(FunctionTest, AnExceptionLeavesTheHandler) { EXPECT_THROW((void)Handle(Add{-1}), std::invalid_argument); }

TEST_F(FunctionTest, AMessageItDoesNotHandleIsRefused) {
  const auto status = Handle(DeadLetter{});
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(status.error().message, HasSubstr("test/account does not handle message type number"));
}

TEST_F(FunctionTest, APayloadThatIsNotTheMessageIsRefused) {
  const auto status = HandleBytes(*application_->ValueTypeOf<Add>(), "\x0a");
  EXPECT_EQ(status.error().message, "test/account: the payload is not a 'test/Add'");
}

TEST_F(FunctionTest, AnOutcomeBringsRequestAndResponse) {
  ASSERT_TRUE(Handle(AsyncOutcome<Score>{AsyncStatus::kSuccess, {10}, 32, ""}).ok());
  EXPECT_EQ(Balance(), 42);
}

TEST_F(FunctionTest, AnUnknownOutcomeBringsTheRequestOnly) {
  std::string bytes;
  Codec<AsyncOutcome<Score>>::Encode({AsyncStatus::kUnknown, {10}, 32, "the worker died"}, bytes);
  AsyncOutcome<Score> outcome;
  ASSERT_TRUE(Codec<AsyncOutcome<Score>>::Decode(bytes, outcome));
  EXPECT_EQ(outcome.status, AsyncStatus::kUnknown);
  EXPECT_EQ(outcome.request.amount, 10);
  EXPECT_EQ(outcome.response, 0);
  EXPECT_EQ(outcome.reason, "the worker died");
}

TEST_F(FunctionTest, AnOutcomeOfAnUnheardStatusIsRefused) {
  std::string bytes;
  Codec<RawAsyncOutcome>::Encode({3, "", "", ""}, bytes);
  AsyncOutcome<Score> outcome;
  EXPECT_FALSE(Codec<AsyncOutcome<Score>>::Decode(bytes, outcome));
}

TEST_F(FunctionTest, EveryWorkerGetsAnObjectOfItsOwn) {
  EXPECT_NE(application_->functions()[0].make(), application_->functions()[0].make());
  EXPECT_EQ(application_->functions()[0].make()->states()[0].name, "balance");
}

}  // namespace
}  // namespace holdfast
