// What every Endpoint promises the dispatcher. A host instantiates the suite with a factory:
//
//   INSTANTIATE_TEST_SUITE_P(Embedded, EndpointContract, testing::Values(EndpointFactory([](auto app) { ... })));
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <stdexcept>

#include "core/model/application_builder.h"
#include "core/ports/endpoint.h"

namespace holdfast::contract {

using namespace std::chrono_literals;

struct Order {
  std::string_view what;
  std::string_view word;
  HOLDFAST_MESSAGE("contract/Order", what, word)
};

inline constexpr Egress<std::string> kNotes{"contract/notes"};

// Does what its orders say, so that one function shows every kind of effect and failure.
class Clerk : public Function<Clerk> {
 public:
  static constexpr std::string_view kName = "contract/clerk";
  using Handles = Messages<Order>;
  Value<std::string> word{*this, "word"};
  Value<std::int64_t> lease{*this, "lease", Expire::AfterInvoke(100ms)};

  Status On(Context& ctx, const Order& order) {
    if (order.what == "throw") throw std::runtime_error("no paper left");
    if (order.what == "throw-number") throw 7;
    if (order.what == "refuse") {
      ctx.Set(word, "half done");
      return MakeError(ErrorCode::kRefused, "not on Sundays");
    }
    if (order.what == "reply") ctx.Reply(order);
    if (order.what == "write") ctx.Set(word, std::string(order.word));
    if (order.what == "append") ctx.Set(word, ctx.Get(word).value_or("") + std::string(order.word));
    if (order.what == "emit") ctx.Emit(kNotes, ctx.self().id, std::string(order.word));
    if (order.what == "draw")
      ctx.Set(word, std::to_string(ctx.random().Next()) + "@" + std::to_string(ctx.Now().millis));
    if (order.what == "later") ctx.SendAfter(5ms, ctx.self(), order, {"tomorrow"});
    return {};
  }
};

using EndpointFactory = std::function<std::unique_ptr<Endpoint>(std::shared_ptr<const Application>)>;

class EndpointContract : public testing::TestWithParam<EndpointFactory> {
 protected:
  EndpointContract() {
    ApplicationBuilder builder("contract");
    builder.Add<Clerk>();
    builder.AddEgress(kNotes);
    application_ = std::move(builder).Build().value();
    endpoint_ = GetParam()(application_);
    invocation_.self = {FunctionId(0), "ann"};
    invocation_.now = AppTime{1000};
    invocation_.random_seed = 42;
  }
  Status Do(const Order& order) {
    payload_.clear();
    Codec<Order>::Encode(order, payload_);
    invocation_.value_type = *application_->ValueTypeOf<Order>();
    invocation_.payload = payload_;
    return endpoint_->Invoke(invocation_, effects_);
  }
  // The unit's effects, which must be well formed.
  std::vector<Effect> Effects() const {
    std::vector<Effect> all;
    EffectsReader reader(effects_.bytes());
    for (Effect effect; reader.Next(effect);) all.push_back(effect);
    EXPECT_TRUE(reader.ok());
    return all;
  }

  std::shared_ptr<const Application> application_;
  std::unique_ptr<Endpoint> endpoint_;
  Invocation invocation_;
  std::string payload_;
  EffectsBuilder effects_;
};

TEST_P(EndpointContract, StateGoesInAndTheWriteComesOut) {
  RecordMerger merger;
  EffectsBuilder before;
  before.SetValue(StateSlot(0), kNeverExpires,
                  "\x0a\x02"
                  "ab");
  bool changed = false;
  const std::string record(merger.Merge("", before.bytes(), AppTime{0}, changed));
  invocation_.record = record;
  ASSERT_TRUE(Do({"append", "cd"}).ok());
  ASSERT_EQ(Effects().size(), 1u);
  EXPECT_EQ(Effects()[0].kind, Effect::Kind::kSetValue);
  EXPECT_EQ(Effects()[0].bytes,
            "\x0a\x04"
            "abcd");
}

TEST_P(EndpointContract, ARecordLeavesWithItsKeyAndEgress) {
  ASSERT_TRUE(Do({"emit", "hello"}).ok());
  ASSERT_EQ(Effects().size(), 1u);
  EXPECT_EQ(Effects()[0].egress, application_->FindEgress("contract/notes").value());
  EXPECT_EQ(Effects()[0].token, "ann");
  EXPECT_EQ(Effects()[0].bytes, "\x0a\x05hello");
}

TEST_P(EndpointContract, AReplyGoesToTheCaller) {
  invocation_.caller = {FunctionId(0), "bob"};
  ASSERT_TRUE(Do({"reply", "hello"}).ok());
  ASSERT_EQ(Effects().size(), 1u);
  auto bytes = Effects()[0].envelope;
  EnvelopeView envelope;
  ASSERT_TRUE(TakeEnvelope(bytes, envelope));
  EXPECT_EQ(envelope.target, (AddressView{FunctionId(0), "bob"}));
  EXPECT_EQ(envelope.caller, (AddressView{FunctionId(0), "ann"}));
}

TEST_P(EndpointContract, ADelayedMessageIsDueByTheInvocationsClock) {
  ASSERT_TRUE(Do({"later", ""}).ok());
  ASSERT_EQ(Effects().size(), 1u);
  EXPECT_EQ(Effects()[0].time, AppTime{1005});
  EXPECT_EQ(Effects()[0].token, "tomorrow");
}

TEST_P(EndpointContract, TimeAndRandomnessComeFromTheInvocation) {
  ASSERT_TRUE(Do({"draw", ""}).ok());
  const std::string first(effects_.bytes());
  ASSERT_TRUE(Do({"draw", ""}).ok());
  EXPECT_EQ(effects_.bytes(), first);
  invocation_.random_seed = 43;
  ASSERT_TRUE(Do({"draw", ""}).ok());
  EXPECT_NE(effects_.bytes(), first);
}

TEST_P(EndpointContract, AValueThatExpiresAfterInvocationIsTouched) {
  RecordMerger merger;
  EffectsBuilder before;
  before.SetValue(StateSlot(1), AppTime{1050}, "");
  bool changed = false;
  const std::string record(merger.Merge("", before.bytes(), AppTime{0}, changed));
  invocation_.record = record;
  ASSERT_TRUE(Do({"nothing", ""}).ok());
  ASSERT_EQ(Effects().size(), 1u);
  EXPECT_EQ(Effects()[0].kind, Effect::Kind::kTouchValue);
  EXPECT_EQ(Effects()[0].time, AppTime{1100});
}

TEST_P(EndpointContract, AnExceptionComesBackWithItsText) {
  const auto status = Do({"throw", ""});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kInternal);
  EXPECT_EQ(status.error().message, "no paper left");
}

TEST_P(EndpointContract, AnythingElseThrownNamesTheFunction) {
  const auto status = Do({"throw-number", ""});
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, testing::HasSubstr("contract/clerk"));
}

TEST_P(EndpointContract, AReturnedErrorComesBackAsItIs) {
  const auto status = Do({"refuse", ""});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error(), (Error{ErrorCode::kRefused, "not on Sundays"}));
}

TEST_P(EndpointContract, AFailedUnitLeavesNothingToTheNext) {
  ASSERT_FALSE(Do({"refuse", ""}).ok());
  ASSERT_TRUE(Do({"nothing", ""}).ok());
  EXPECT_TRUE(Effects().empty());
}

TEST_P(EndpointContract, AReplyWithoutCallerFailsWithASentence) {
  const auto status = Do({"reply", ""});
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, testing::HasSubstr("there is no caller"));
}

TEST_P(EndpointContract, AnUnknownFunctionNumberIsRefused) {
  invocation_.self.type = FunctionId(9);
  EXPECT_EQ(Do({"nothing", ""}).error().code, ErrorCode::kInvalidArgument);
}

TEST_P(EndpointContract, APayloadThatIsNotTheMessageIsRefused) {
  ASSERT_TRUE(Do({"nothing", ""}).ok());
  invocation_.payload = "\xff";
  EXPECT_EQ(endpoint_->Invoke(invocation_, effects_).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace holdfast::contract
