#include "core/model/effects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/random.h"

namespace holdfast {
namespace {

const EnvelopeView kSent{{FunctionId(1), "target"}, {FunctionId(2), "caller"}, ValueTypeId(3), KeyGroup(4), "hello"};

EffectsBuilder OneOfEach() {
  EffectsBuilder builder;
  builder.SetValue(StateSlot(1), AppTime{1000}, "value");
  builder.TouchValue(StateSlot(2), AppTime{-1});
  builder.ClearValue(StateSlot(3));
  builder.Send(kSent);
  builder.SendDelayed(AppTime{2000}, "token", kSent);
  builder.Cancel("other token");
  builder.Emit(EgressId(500), ValueTypeId(600), "key", "record");
  builder.StartAsync(AsyncOperationId(7), ValueTypeId(8), "request");
  return builder;
}

std::vector<Effect> ReadAll(std::string_view bytes, bool& ok) {
  std::vector<Effect> effects;
  EffectsReader reader(bytes);
  for (Effect effect; reader.Next(effect);) effects.push_back(effect);
  ok = reader.ok();
  return effects;
}

TEST(EffectsTest, EveryKindComesBackInOrder) {
  const auto builder = OneOfEach();
  bool ok = false;
  const auto effects = ReadAll(builder.bytes(), ok);
  ASSERT_TRUE(ok);
  ASSERT_EQ(effects.size(), 8u);
  using Kind = Effect::Kind;
  const Kind kinds[] = {Kind::kSetValue,    Kind::kTouchValue, Kind::kClearValue, Kind::kSend,
                        Kind::kSendDelayed, Kind::kCancel,     Kind::kEmit,       Kind::kStartAsync};
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(effects[i].kind, kinds[i]);
}

TEST(EffectsTest, ValueEffectsKeepSlotExpiryAndBytes) {
  const auto builder = OneOfEach();
  bool ok = false;
  const auto effects = ReadAll(builder.bytes(), ok);
  EXPECT_EQ(effects[0].slot, StateSlot(1));
  EXPECT_EQ(effects[0].time, AppTime{1000});
  EXPECT_EQ(effects[0].bytes, "value");
  EXPECT_EQ(effects[1].slot, StateSlot(2));
  EXPECT_EQ(effects[1].time, AppTime{-1});
  EXPECT_EQ(effects[2].slot, StateSlot(3));
}

TEST(EffectsTest, MessagesKeepTheirEnvelopeAndDelay) {
  const auto builder = OneOfEach();
  bool ok = false;
  const auto effects = ReadAll(builder.bytes(), ok);
  auto bytes = effects[3].envelope;
  EnvelopeView envelope;
  ASSERT_TRUE(TakeEnvelope(bytes, envelope));
  EXPECT_EQ(envelope.target, kSent.target);
  EXPECT_EQ(envelope.payload, "hello");
  EXPECT_EQ(effects[4].envelope, effects[3].envelope);
  EXPECT_EQ(effects[4].time, AppTime{2000});
  EXPECT_EQ(effects[4].token, "token");
  EXPECT_EQ(effects[5].token, "other token");
}

TEST(EffectsTest, RecordsAndOperationsKeepTheirNumbersAndBytes) {
  const auto builder = OneOfEach();
  bool ok = false;
  const auto effects = ReadAll(builder.bytes(), ok);
  EXPECT_EQ(effects[6].egress, EgressId(500));
  EXPECT_EQ(effects[6].value_type, ValueTypeId(600));
  EXPECT_EQ(effects[6].token, "key");
  EXPECT_EQ(effects[6].bytes, "record");
  EXPECT_EQ(effects[7].operation, AsyncOperationId(7));
  EXPECT_EQ(effects[7].value_type, ValueTypeId(8));
  EXPECT_EQ(effects[7].bytes, "request");
}

TEST(EffectsTest, EncodedEffectsFollowThoseAlreadyThere) {
  EffectsBuilder builder;
  builder.Cancel("first");
  builder.AppendEncoded(OneOfEach().bytes());
  bool ok = false;
  const auto effects = ReadAll(builder.bytes(), ok);
  ASSERT_TRUE(ok);
  ASSERT_EQ(effects.size(), 9u);
  EXPECT_EQ(effects[0].token, "first");
}

TEST(EffectsTest, CutOffEffectsAreNotOk) {
  const auto builder = OneOfEach();
  std::size_t whole = 0;
  for (std::size_t size = 0; size < builder.bytes().size(); ++size) {
    bool ok = false;
    ReadAll(builder.bytes().substr(0, size), ok);
    whole += ok;
  }
  EXPECT_EQ(whole, 8u) << "only the ends of effects are places where a row may stop";
}

TEST(EffectsTest, AnUnknownKindOrSlotIsNotOk) {
  bool ok = true;
  ReadAll("\x09", ok);
  EXPECT_FALSE(ok);
  EffectsBuilder builder;
  builder.ClearValue(StateSlot(kMaxStateSlots));
  ReadAll(builder.bytes(), ok);
  EXPECT_FALSE(ok);
}

TEST(EffectsTest, DamagedBytesNeverCrash) {
  const std::string bytes(OneOfEach().bytes());
  Random random(3);
  for (int i = 0; i < 5000; ++i) {
    auto damaged = bytes;
    for (auto n = 1 + random.Below(3); n > 0; --n)
      damaged[random.Below(damaged.size())] = static_cast<char>(random.Next());
    bool ok = false;
    for (const auto& effect : ReadAll(damaged, ok)) {
      EXPECT_LE(effect.bytes.size() + effect.token.size() + effect.envelope.size(), damaged.size());
    }
  }
}

TEST(EffectsTest, ClearForgetsEverything) {
  auto builder = OneOfEach();
  EXPECT_FALSE(builder.empty());
  builder.Clear();
  EXPECT_TRUE(builder.empty());
}

}  // namespace
}  // namespace holdfast
