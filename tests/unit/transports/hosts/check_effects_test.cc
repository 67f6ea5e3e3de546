#include "transports/hosts/check_effects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/application_builder.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

class Echo : public Function<Echo> {
 public:
  static constexpr std::string_view kName = "test/echo";
  using Handles = Messages<std::int64_t>;
  Value<std::int64_t> count{*this, "count"};
  void On(Context&, const std::int64_t&) {}
};

class CheckEffectsTest : public testing::Test {
 protected:
  CheckEffectsTest() {
    ApplicationBuilder builder("test");
    builder.Add<Echo>();
    application_ = std::move(builder).Build().value();
    long_ = *application_->ValueTypeOf<std::int64_t>();
  }
  EnvelopeView Envelope() const {
    return {{FunctionId(0), "bob"}, self_, long_, KeyGroupOf("bob", application_->max_parallelism()), ""};
  }
  std::string Problem() const {
    const auto status = CheckEffects(*application_, self_, effects_.bytes());
    return status.ok() ? "" : status.error().message;
  }

  std::shared_ptr<const Application> application_;
  ValueTypeId long_;
  AddressView self_{FunctionId(0), "ann"};
  EffectsBuilder effects_;
};

TEST_F(CheckEffectsTest, GoodEffectsPass) {
  effects_.SetValue(StateSlot(0), kNeverExpires, "x");
  effects_.TouchValue(StateSlot(0), AppTime{9});
  effects_.ClearValue(StateSlot(0));
  effects_.Send(Envelope());
  effects_.SendDelayed(AppTime{9}, "token", Envelope());
  effects_.Cancel("token");
  effects_.Emit(EgressId(0), long_, "key", "x");
  EXPECT_EQ(Problem(), "");
}

TEST_F(CheckEffectsTest, ASlotTheFunctionDoesNotHaveIsRefused) {
  effects_.ClearValue(StateSlot(0));
  effects_.SetValue(StateSlot(1), kNeverExpires, "x");
  EXPECT_EQ(Problem(), "effect 1 of 'test/echo' is state slot 1 of 1");
}

TEST_F(CheckEffectsTest, AMessageToNobodyIsRefused) {
  auto envelope = Envelope();
  envelope.target.type = FunctionId(1);
  effects_.Send(envelope);
  EXPECT_THAT(Problem(), HasSubstr("which does not handle it"));
}

TEST_F(CheckEffectsTest, AMessageInAnothersNameIsRefused) {
  auto envelope = Envelope();
  envelope.caller.id = "eve";
  effects_.SendDelayed(AppTime{9}, "", envelope);
  EXPECT_THAT(Problem(), HasSubstr("another sender's name"));
}

TEST_F(CheckEffectsTest, AMessageInAForeignKeyGroupIsRefused) {
  auto envelope = Envelope();
  envelope.group = envelope.group.Next();
  effects_.Send(envelope);
  EXPECT_THAT(Problem(), HasSubstr("which is not its own"));
}

TEST_F(CheckEffectsTest, AnUnknownEgressTypeOrOperationIsRefused) {
  effects_.Emit(EgressId(7), long_, "", "");
  EXPECT_THAT(Problem(), HasSubstr("egress number 7 of 1"));
  effects_.Clear();
  effects_.Emit(EgressId(0), ValueTypeId(77), "", "");
  EXPECT_THAT(Problem(), HasSubstr("value type number 77"));
  effects_.Clear();
  effects_.StartAsync(AsyncOperationId(0), long_, "");
  EXPECT_THAT(Problem(), HasSubstr("operation number 0 of 0"));
}

TEST_F(CheckEffectsTest, CutOffEffectsAreRefused) {
  effects_.Cancel("token");
  effects_.Emit(EgressId(0), long_, "key", "x");
  const auto cut = effects_.bytes().substr(0, effects_.bytes().size() - 1);
  EXPECT_THAT(CheckEffects(*application_, self_, cut).error().message,
              HasSubstr("effect 1 of 'test/echo' does not parse"));
}

}  // namespace
}  // namespace holdfast
