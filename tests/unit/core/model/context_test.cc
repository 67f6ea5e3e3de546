#include "core/model/context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/application_builder.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

struct Ping {
  std::int64_t number = 0;
  std::string_view text;
  HOLDFAST_MESSAGE("test/Ping", number, text)
};
struct Unheard {
  std::int64_t number = 0;
  HOLDFAST_MESSAGE("test/Unheard", number)
};
struct Slow {
  static constexpr std::string_view kName = "test/slow";
  using Request = Ping;
  using Response = Ping;
};
inline constexpr Egress<Ping> kOut{"test/out"};
inline constexpr Egress<Ping> kNowhere{"test/nowhere"};

class Player : public Function<Player> {
 public:
  static constexpr std::string_view kName = "test/player";
  using Handles = Messages<Ping, AsyncOutcome<Slow>>;
  Value<std::int64_t> score{*this, "score"};
  Value<Ping> last{*this, "last", Expire::AfterWrite(100ms)};
  Value<std::string> lease{*this, "lease", Expire::AfterInvoke(50ms)};
  void On(Context&, const Ping&) {}
  void On(Context&, const AsyncOutcome<Slow>&) {}
};

class ContextTest : public testing::Test {
 protected:
  ContextTest() {
    ApplicationBuilder builder("test");
    builder.Add<Player>();
    builder.AddEgress(kOut);
    builder.AddAsync<Slow>([](const Ping& ping) -> Result<Ping> { return ping; });
    application_ = std::move(builder).Build().value();
    invocation_.self = {*application_->FunctionOf<Player>(), "ann"};
    invocation_.now = AppTime{1000};
  }
  Context& ctx() {
    if (!context_) context_.emplace(*application_, invocation_, player_.states(), effects_);
    return *context_;
  }
  // Ends the unit, applies its effects and begins the next one at `now`.
  void NextUnit(AppTime now) {
    ctx().Finish();
    bool changed = false;
    record_ = std::string(merger_.Merge(record_, effects_.bytes(), invocation_.now, changed));
    effects_.Clear();
    invocation_.record = record_;
    invocation_.now = now;
    context_.reset();
  }
  std::vector<Effect> Effects() const {
    std::vector<Effect> effects;
    EffectsReader reader(effects_.bytes());
    for (Effect effect; reader.Next(effect);) effects.push_back(effect);
    EXPECT_TRUE(reader.ok());
    return effects;
  }
  EnvelopeView OnlyEnvelope() const {
    auto bytes = Effects().at(0).envelope;
    EnvelopeView envelope;
    EXPECT_TRUE(TakeEnvelope(bytes, envelope));
    return envelope;
  }
  template <class Act>
  std::string Sentence(const Act& act) {
    try {
      act();
    } catch (const FunctionError& error) {
      return error.what();
    }
    return "nothing was thrown";
  }

  std::shared_ptr<const Application> application_;
  Player player_;
  Invocation invocation_;
  std::string record_;
  EffectsBuilder effects_;
  RecordMerger merger_;
  std::optional<Context> context_;
};

TEST_F(ContextTest, AValueNeverSetIsNothing) { EXPECT_EQ(ctx().Get(player_.score), std::nullopt); }

TEST_F(ContextTest, AUnitSeesItsOwnWrites) {
  ctx().Set(player_.score, 1);
  EXPECT_EQ(ctx().Get(player_.score), 1);
  ctx().Set(player_.score, 2);
  EXPECT_EQ(ctx().Get(player_.score), 2);
  ctx().Clear(player_.score);
  EXPECT_EQ(ctx().Get(player_.score), std::nullopt);
}

TEST_F(ContextTest, TheNextUnitSeesWhatTheLastLeft) {
  ctx().Set(player_.score, 7);
  ctx().Set(player_.last, {5, "hello"});
  NextUnit(AppTime{1001});
  EXPECT_EQ(ctx().Get(player_.score), 7);
  ASSERT_TRUE(ctx().Get(player_.last));
  EXPECT_EQ(ctx().Get(player_.last)->text, "hello");
  ctx().Clear(player_.score);
  NextUnit(AppTime{1002});
  EXPECT_EQ(ctx().Get(player_.score), std::nullopt);
}

TEST_F(ContextTest, AViewIntoAnOwnWriteOutlivesLaterEffects) {
  ctx().Set(player_.last, {5, "a text that is long enough to be on the heap"});
  const auto read = ctx().Get(player_.last);
  for (int i = 0; i < 100; ++i) ctx().Send(To<Player>(read->text), Ping{i, read->text});
  EXPECT_EQ(read->text, "a text that is long enough to be on the heap");
  EXPECT_EQ(Effects().size(), 101u);
}

TEST_F(ContextTest, AfterWriteCountsFromTheLastWrite) {
  ctx().Set(player_.last, {1, ""});
  NextUnit(AppTime{1099});
  EXPECT_TRUE(ctx().Get(player_.last));
  NextUnit(AppTime{1100});
  EXPECT_FALSE(ctx().Get(player_.last)) << "reading does not prolong it";
  ctx().Set(player_.last, {2, ""});
  NextUnit(AppTime{1199});
  EXPECT_TRUE(ctx().Get(player_.last));
}

TEST_F(ContextTest, AfterInvokeCountsFromTheLastUnit) {
  ctx().Set(player_.lease, "mine");
  NextUnit(AppTime{1049});
  NextUnit(AppTime{1098});
  EXPECT_EQ(ctx().Get(player_.lease), "mine");
  NextUnit(AppTime{1148});
  EXPECT_EQ(ctx().Get(player_.lease), std::nullopt);
}

TEST_F(ContextTest, ASendCarriesSenderTargetAndKeyGroup) {
  ctx().Send(To<Player>("bob"), Ping{3, ""});
  const auto envelope = OnlyEnvelope();
  EXPECT_EQ(envelope.target, (AddressView{*application_->FunctionOf<Player>(), "bob"}));
  EXPECT_EQ(envelope.caller, ctx().self());
  EXPECT_EQ(envelope.value_type, application_->ValueTypeOf<Ping>());
  EXPECT_EQ(envelope.group, KeyGroupOf("bob", application_->max_parallelism()));
  Ping ping;
  ASSERT_TRUE(Codec<Ping>::Decode(envelope.payload, ping));
  EXPECT_EQ(ping.number, 3);
}

TEST_F(ContextTest, ASendByNameOrAddressIsTheSame) {
  ctx().Send(To<Player>("bob"), Ping{3, ""});
  const std::string typed(effects_.bytes());
  effects_.Clear();
  ctx().Send(ToName{"test/player", "bob"}, Ping{3, ""});
  EXPECT_EQ(effects_.bytes(), typed);
  effects_.Clear();
  ctx().Send(AddressView{*application_->FunctionOf<Player>(), "bob"}, Ping{3, ""});
  EXPECT_EQ(effects_.bytes(), typed);
}

TEST_F(ContextTest, AnUnknownFunctionNameIsToldWithTheKnownOnes) {
  EXPECT_EQ(Sentence([&] {
              ctx().Send(ToName{"test/plyer", "bob"}, Ping{});
            }),
            "unknown function type 'test/plyer'; known: test/player");
}

TEST_F(ContextTest, AnAddressOrMessageOfAnotherApplicationIsTold) {
  EXPECT_THAT(Sentence([&] {
                ctx().Send(AddressView{FunctionId(4), "x"}, Ping{});
              }),
              HasSubstr("'(none)' does not handle"));
  EXPECT_THAT(Sentence([&] { ctx().Send(ctx().self(), Unheard{}); }), HasSubstr("handles 'test/Unheard'"));
}

TEST_F(ContextTest, AMessageTheTargetDoesNotHandleIsTold) {
  EXPECT_EQ(Sentence([&] { ctx().Send(ctx().self(), DeadLetter{}); }),
            "function 'test/player' does not handle message 'holdfast/DeadLetter'");
}

TEST_F(ContextTest, AReplyGoesToTheCallerAndOnlyIfThereIsOne) {
  EXPECT_THAT(Sentence([&] { ctx().Reply(Ping{}); }), HasSubstr("there is no caller"));
  context_.reset();
  invocation_.caller = {*application_->FunctionOf<Player>(), "bob"};
  ctx().Reply(Ping{4, ""});
  EXPECT_EQ(OnlyEnvelope().target, invocation_.caller);
}

TEST_F(ContextTest, AnIdThatDoesNotFitIsTold) {
  const std::string id(kMaxIdBytes + 1, 'x');
  EXPECT_THAT(Sentence([&] { ctx().Send(To<Player>(id), Ping{}); }), HasSubstr("65536 bytes"));
}

TEST_F(ContextTest, ADelayedMessageIsDueThatMuchLater) {
  ctx().SendAfter(250ms, To<Player>("bob"), Ping{3, ""}, {"reminder"});
  ctx().SendAfter(0ms, ctx().self(), Ping{3, ""});
  const auto effects = Effects();
  ASSERT_EQ(effects.size(), 2u);
  EXPECT_EQ(effects[0].kind, Effect::Kind::kSendDelayed);
  EXPECT_EQ(effects[0].time, AppTime{1250});
  EXPECT_EQ(effects[0].token, "reminder");
  EXPECT_EQ(effects[1].time, AppTime{1000});
  EXPECT_EQ(effects[1].token, "");
}

TEST_F(ContextTest, ANegativeDelayAndAnEmptyTokenAreTold) {
  EXPECT_EQ(Sentence([&] { ctx().SendAfter(-1ms, ctx().self(), Ping{}); }), "SendAfter with a delay of -1 ms");
  EXPECT_EQ(Sentence([&] { ctx().Cancel({}); }), "Cancel with an empty token");
}

TEST_F(ContextTest, ARecordLeavesThroughItsEgress) {
  ctx().Emit(kOut, "key", {6, "bye"});
  const auto effects = Effects();
  ASSERT_EQ(effects.size(), 1u);
  EXPECT_EQ(effects[0].egress, application_->FindEgress("test/out").value());
  EXPECT_EQ(effects[0].value_type, application_->ValueTypeOf<Ping>());
  EXPECT_EQ(effects[0].token, "key");
}

TEST_F(ContextTest, AnUnknownEgressIsToldWithTheKnownOnes) {
  EXPECT_EQ(Sentence([&] { ctx().Emit(kNowhere, "", Ping{}); }),
            "unknown egress 'test/nowhere'; known: holdfast/dead-letter, test/out");
}

TEST_F(ContextTest, AnOperationStartsWithItsOutcomesType) {
  ctx().StartAsync<Slow>({8, ""});
  const auto effects = Effects();
  ASSERT_EQ(effects.size(), 1u);
  EXPECT_EQ(effects[0].kind, Effect::Kind::kStartAsync);
  EXPECT_EQ(effects[0].operation, application_->AsyncOperationOf<Slow>());
  EXPECT_EQ(effects[0].value_type, application_->ValueTypeOf<AsyncOutcome<Slow>>());
}

TEST_F(ContextTest, AStateThatDoesNotDecodeIsTold) {
  effects_.SetValue(StateSlot(0), kNeverExpires, "\x09");
  bool changed = false;
  record_ = std::string(merger_.Merge("", effects_.bytes(), AppTime{1}, changed));
  invocation_.record = record_;
  EXPECT_EQ(Sentence([&] { ctx().Get(player_.score); }), "state 'score' does not decode");
}

TEST_F(ContextTest, TimeStandsStillAndRandomnessComesFromTheSeed) {
  EXPECT_EQ(ctx().Now(), AppTime{1000});
  invocation_.random_seed = 99;
  context_.reset();
  EXPECT_EQ(ctx().random().Next(), Random(99).Next());
}

}  // namespace
}  // namespace holdfast
