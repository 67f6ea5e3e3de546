#include "engines/two-tier/unit_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/application_builder.h"
#include "core/ports/egress.h"

namespace holdfast::two_tier {
namespace {

using namespace std::chrono_literals;

struct Ping {
  std::int64_t number = 0;
  HOLDFAST_MESSAGE("test/Ping", number)
};

struct Ask {
  static constexpr std::string_view kName = "test/ask";
  using Request = Ping;
  using Response = Ping;
};

class Player : public Function<Player> {
 public:
  static constexpr std::string_view kName = "test/player";
  using Handles = Messages<Ping, AsyncOutcome<Ask>>;
  Value<std::int64_t> seen{*this, "seen"};
  void On(Context&, const Ping&) {}
  void On(Context&, const AsyncOutcome<Ask>&) {}
};

std::shared_ptr<const Application> TestApplication(FailurePolicy policy) {
  ApplicationBuilder app("test");
  app.Add<Player>(policy);
  app.AddEgress(Egress<Ping>{"test/pings"});
  app.AddAsync<Ask>([](const Ping& ping) -> Result<Ping> { return ping; });
  return std::move(app).Build().value();
}

// What a session was asked, and what it answers.
struct Script {
  bool handled_before = false;
  std::string record;
  std::optional<Error> commit_error;
  std::vector<UnitStart> starts;
  std::vector<UnitEnd> ends;
  int aborts = 0;
  MessageId next_id = 100;
};

class ScriptedSession final : public DatabaseSession {
 public:
  explicit ScriptedSession(Script& script) : script_(script) {}
  Result<std::optional<std::string>> Begin(const UnitStart& start) override {
    script_.starts.push_back(start);
    if (script_.handled_before) return std::optional<std::string>();
    return std::optional(script_.record);
  }
  Result<std::vector<MessageId>> Commit(const UnitEnd& end) override {
    if (script_.commit_error) return *script_.commit_error;
    script_.ends.push_back(end);
    std::vector<MessageId> ids;
    for (const auto& change : end.changes) {
      if (change.kind == UnitChange::Kind::kInsert) ids.push_back(script_.next_id++);
    }
    return ids;
  }
  void Abort() override { ++script_.aborts; }
  Result<std::vector<OutboxRow>> ReadOutbox(int, bool, AppTime, std::size_t) override {
    return std::vector<OutboxRow>();
  }
  Status DeleteOutbox(std::span<const MessageId>) override { return {}; }
  Result<EgressBatch> NextEgress(int, std::uint64_t) override { return EgressBatch(); }
  Status Sweep(AppTime) override { return {}; }

 private:
  Script& script_;
};

// Does what it is told instead of calling a function.
class ScriptedEndpoint final : public Endpoint {
 public:
  using Do = std::function<Status(const Invocation&, EffectsBuilder&)>;
  explicit ScriptedEndpoint(const Do& what) : what_(what) {}
  Status Invoke(const Invocation& invocation, EffectsBuilder& effects) override { return what_(invocation, effects); }

 private:
  const Do& what_;
};

class UnitRunnerTest : public testing::Test {
 protected:
  static constexpr AppTime kNow{5000};

  UnitRunner& Runner(bool outbox) {
    return runner_.emplace(UnitRunner::Options{.outbox = outbox, .owner = 2, .seed = 1}, application_,
                           std::make_unique<ScriptedEndpoint>(function_), std::make_unique<ScriptedSession>(script_));
  }
  std::string Envelope(std::string_view target) const {
    std::string bytes;
    AppendEnvelope(bytes, {{player_, target}, {}, ping_, KeyGroup(0), "ping"});
    return bytes;
  }
  UnitInput Message(Consume consume = Consume::kNothing, MessageId id = 0) const {
    return {consume, id, Envelope("ann")};
  }
  EnvelopeView To(std::string_view id) const { return {{player_, id}, {player_, "ann"}, ping_, KeyGroup(0), "pong"}; }

  std::shared_ptr<const Application> application_ =
      TestApplication({.max_attempts = 3, .backoff = 10ms, .max_backoff = 15ms});
  FunctionId player_ = application_->FindFunction("test/player").value();
  ValueTypeId ping_ = *application_->ValueTypeOf<Ping>();
  Script script_;
  ScriptedEndpoint::Do function_ = [](const Invocation&, EffectsBuilder&) -> Status { return {}; };
  std::optional<UnitRunner> runner_;
};

TEST_F(UnitRunnerTest, TheFunctionSeesTheStoredRecordAndItsChangeIsStored) {
  std::string seen;
  function_ = [&](const Invocation& invocation, EffectsBuilder& effects) -> Status {
    seen = invocation.record;
    effects.SetValue(StateSlot(0), {9000}, "new");
    return {};
  };
  bool changed = false;
  EffectsBuilder old;
  old.SetValue(StateSlot(0), kNeverExpires, "old");
  script_.record = RecordMerger().Merge({}, old.bytes(), kNow, changed);
  ASSERT_TRUE(Runner(false).Run(Message(), kNow).ok());
  EXPECT_EQ(FindValue(seen, StateSlot(0), kNow), "old");
  ASSERT_EQ(script_.ends.size(), 1u);
  EXPECT_EQ(FindValue(*script_.ends[0].record, StateSlot(0), kNow), "new");
  EXPECT_EQ(script_.ends[0].expires, AppTime{9000});
}

TEST_F(UnitRunnerTest, NaiveLeavesMessagesAndOutputToTheCallerAndStoresOnlyWhatIsDueLater) {
  function_ = [&](const Invocation&, EffectsBuilder& effects) -> Status {
    effects.Send(To("bob"));
    effects.SendDelayed({7000}, "token", To("eve"));
    effects.Emit(EgressId(1), ping_, "key", "value");
    return {};
  };
  const auto outcome = Runner(false).Run(Message(), kNow);
  ASSERT_EQ(outcome->rows.size(), 1u);
  EXPECT_EQ(outcome->rows[0].id, 0);
  EXPECT_FALSE(outcome->egress.empty());
  ASSERT_EQ(script_.ends[0].changes.size(), 1u);
  EXPECT_EQ(script_.ends[0].changes[0].row.due, AppTime{7000});
  EXPECT_EQ(script_.ends[0].changes[0].row.token, "token");
  EXPECT_EQ(script_.ends[0].owner, 2);
}

TEST_F(UnitRunnerTest, TheOutboxTakesAllOfItInOneTransaction) {
  function_ = [&](const Invocation&, EffectsBuilder& effects) -> Status {
    effects.SendDelayed({7000}, "", To("eve"));
    effects.Send(To("bob"));
    effects.Emit(EgressId(1), ping_, "key", "value");
    return {};
  };
  const auto outcome = Runner(true).Run(Message(Consume::kMark, 7), kNow);
  EXPECT_EQ(script_.starts[0].message, 7);
  EXPECT_EQ(script_.starts[0].consume, Consume::kMark);
  EXPECT_EQ(script_.ends[0].changes.size(), 3u);
  EXPECT_TRUE(outcome->emitted);
  EXPECT_TRUE(outcome->egress.empty());
  ASSERT_EQ(outcome->rows.size(), 1u) << "what is due later waits in its table";
  EXPECT_EQ(outcome->rows[0].id, 101);
}

TEST_F(UnitRunnerTest, AMessageThatWasHandledCallsNoFunction) {
  bool called = false;
  function_ = [&](const Invocation&, EffectsBuilder&) -> Status { return called = true, Status(); };
  script_.handled_before = true;
  EXPECT_EQ(Runner(true).Run(Message(Consume::kMark, 7), kNow)->kind, UnitOutcome::Kind::kRepeated);
  EXPECT_FALSE(called);
  EXPECT_TRUE(script_.ends.empty());
}

TEST_F(UnitRunnerTest, AFailingFunctionIsTriedAgainAndThenGivenUpWithItsReason) {
  function_ = [](const Invocation&, EffectsBuilder& effects) -> Status {
    effects.SetValue(StateSlot(0), kNeverExpires, "half done");
    return MakeError(ErrorCode::kInternal, "no luck");
  };
  auto& runner = Runner(false);
  EXPECT_EQ(runner.Run(Message(), kNow)->retry_after, 10ms);
  EXPECT_EQ(runner.Run(Message(), kNow)->retry_after, 15ms) << "doubled, up to the bound";
  EXPECT_EQ(script_.aborts, 2);
  const auto outcome = runner.Run(Message(), kNow);
  EXPECT_EQ(outcome->kind, UnitOutcome::Kind::kDone);
  EXPECT_TRUE(outcome->dead_letter);
  EXPECT_FALSE(script_.ends.at(0).record.has_value());
  std::string_view rest = outcome->egress;
  EgressRecord record;
  ASSERT_TRUE(TakeEgressRecord(rest, record));
  DeadLetter letter;
  ASSERT_TRUE(Codec<DeadLetter>::Decode(record.value, letter));
  EXPECT_EQ(letter.reason, "no luck");
  EXPECT_EQ(letter.attempts, 3u);
}

TEST_F(UnitRunnerTest, APolicyToStopEndsTheServiceWithTheReason) {
  application_ = TestApplication({.max_attempts = 1, .then = FailurePolicy::Then::kFail});
  function_ = [](const Invocation&, EffectsBuilder&) -> Status { return MakeError(ErrorCode::kInternal, "no luck"); };
  const auto outcome = Runner(false).Run(Message(), kNow);
  EXPECT_EQ(outcome.status().error().message, "test/player 'ann' failed 1 times and its policy is to stop: no luck");
}

TEST_F(UnitRunnerTest, WhatTheDatabaseRefusesIsTold) {
  script_.commit_error = MakeError(ErrorCode::kExhausted, "the database is full");
  EXPECT_EQ(Runner(false).Run(Message(), kNow).status().error().code, ErrorCode::kExhausted);
}

TEST_F(UnitRunnerTest, AnOperationsRowTellsWhatToCallAndWhoWaits) {
  function_ = [&](const Invocation&, EffectsBuilder& effects) -> Status {
    effects.StartAsync(AsyncOperationId(0), ping_, "question");
    return {};
  };
  const auto outcome = Runner(true).Run(Message(), kNow);
  ASSERT_EQ(outcome->rows.size(), 1u);
  EXPECT_EQ(outcome->rows[0].kind, OutboxRow::Kind::kOperation);
  const auto call = ReadOperationCall(outcome->rows[0].body);
  EXPECT_EQ(call.self.target.id, "ann");
  EXPECT_EQ(call.self.payload, "question");
  const auto envelope = OutcomeEnvelope(*application_, call, MakeError(ErrorCode::kInternal, "nobody there"));
  std::string_view rest = envelope;
  EnvelopeView message;
  ASSERT_TRUE(TakeEnvelope(rest, message));
  EXPECT_EQ(message.target, call.self.target);
  RawAsyncOutcome raw;
  ASSERT_TRUE(Codec<RawAsyncOutcome>::Decode(message.payload, raw));
  EXPECT_EQ(raw.status, static_cast<std::uint32_t>(AsyncStatus::kFailure));
  EXPECT_EQ(raw.reason, "nobody there");
  EXPECT_EQ(raw.request, "question");
}

}  // namespace
}  // namespace holdfast::two_tier
