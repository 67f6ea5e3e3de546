// The threads of a service, with a database that says what a script tells it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <thread>

#include "core/model/application_builder.h"
#include "engines/two-tier/housekeeper.h"
#include "engines/two-tier/unit_threads.h"
#include "tests/support/patience.h"

namespace holdfast::two_tier {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

// What happened, from whichever thread, in its order.
class Journal {
 public:
  void Add(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
  }
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  bool Has(const std::string& line) const {
    const auto all = lines();
    return std::ranges::find(all, line) != all.end();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

class JournalSession final : public DatabaseSession {
 public:
  struct Script {
    std::atomic<int> outages = 0;  // So many deletions fail.
    std::atomic<bool> broken = false;
    std::atomic<bool> due = false;
  };
  JournalSession(Script& script, Journal& journal) : script_(script), journal_(journal) {}

  Result<std::optional<std::string>> Begin(const UnitStart&) override { return std::optional(std::string()); }
  Result<std::vector<MessageId>> Commit(const UnitEnd&) override { return std::vector<MessageId>(); }
  void Abort() override {}
  Result<std::vector<OutboxRow>> ReadOutbox(int, bool delayed, AppTime, std::size_t) override {
    std::vector<OutboxRow> rows;
    if (script_.broken) return MakeError(ErrorCode::kExhausted, "the disk is full");
    if (delayed && script_.due.exchange(false)) rows.push_back({.id = 5, .due = {1}, .body = "due"});
    if (!delayed) rows.push_back({.id = 6, .body = "left behind"});
    return rows;
  }
  Status DeleteOutbox(std::span<const MessageId> ids) override {
    if (script_.outages.fetch_sub(1) > 0) return MakeError(ErrorCode::kUnavailable, "cut off");
    for (const auto id : ids) journal_.Add(fmt::format("delete {}", id));
    return {};
  }
  Result<EgressBatch> NextEgress(int, std::uint64_t acknowledged) override {
    return EgressBatch{acknowledged + 1, "output"};
  }
  Status Sweep(AppTime) override { return {}; }

 private:
  Script& script_;
  Journal& journal_;
};

class HousekeeperTest : public testing::Test {
 protected:
  Housekeeper& Keep() {
    return keeper_.emplace(
        Housekeeper::Options{.outbox = true, .owner = 1, .poll = 1ms},
        std::make_unique<JournalSession>(script_, journal_),
        Housekeeper::Listener{
            .found =
                [this](const std::vector<OutboxRow>& rows) {
                  for (const auto& row : rows) journal_.Add("found " + row.body);
                },
            .searched = [this](std::uint64_t number) { journal_.Add(fmt::format("searched {}", number)); },
            .deleted =
                [this](const std::vector<MessageId>& ids) {
                  for (const auto id : ids) journal_.Add(fmt::format("deleted {}", id));
                },
            .egress = [this](const EgressBatch& batch) { journal_.Add(fmt::format("output {}", batch.position)); },
            .failed = [this](const Error& error) { journal_.Add("failed: " + error.message); }});
  }
  bool Comes(const std::string& line) {
    return Until([&] { return journal_.Has(line); });
  }

  JournalSession::Script script_;
  Journal journal_;
  std::optional<Housekeeper> keeper_;
};

TEST_F(HousekeeperTest, WhatWasLeftBehindAndWhatIsDueIsHandedOn) {
  Keep();
  EXPECT_TRUE(Comes("found left behind"));
  EXPECT_TRUE(Comes(fmt::format("searched {}", Housekeeper::kFirstSearch)));
  EXPECT_FALSE(journal_.Has("found due"));
  script_.due = true;
  EXPECT_TRUE(Comes("found due"));
}

TEST_F(HousekeeperTest, WhatIsDeliveredIsDeletedInTheEndThoughTheDatabaseWasAway) {
  script_.outages = 3;
  Keep().Delivered(17);
  EXPECT_TRUE(Comes("deleted 17"));
  EXPECT_LE(script_.outages, 0);
}

TEST_F(HousekeeperTest, OutputWaitsForTheSinkAndGoesOneBatchAtATime) {
  auto& keeper = Keep();
  keeper.EgressWaits();
  ASSERT_TRUE(Comes("found left behind"));
  EXPECT_FALSE(journal_.Has("output 1")) << "nobody has said where the sink stands";
  keeper.EgressAcknowledged(7);
  EXPECT_TRUE(Comes("output 8"));
  keeper.EgressWaits();
  keeper.Delivered(1);
  ASSERT_TRUE(Comes("deleted 1"));
  EXPECT_FALSE(journal_.Has("output 9"));
  keeper.EgressAcknowledged(8);
  EXPECT_TRUE(Comes("output 9"));
}

TEST_F(HousekeeperTest, AFullDatabaseIsTheEndOfIt) {
  script_.broken = true;
  Keep();
  EXPECT_TRUE(Comes("failed: the disk is full"));
}

struct Ping {
  std::int64_t number = 0;
  HOLDFAST_MESSAGE("test/Ping", number)
};
class Player : public Function<Player> {
 public:
  static constexpr std::string_view kName = "test/player";
  using Handles = Messages<Ping>;
  void On(Context&, const Ping&) {}
};

// Fails as long as it is told to, and writes down what it handles.
class MoodyEndpoint final : public Endpoint {
 public:
  MoodyEndpoint(std::atomic<int>& failures, Journal& journal) : failures_(failures), journal_(journal) {}
  Status Invoke(const Invocation& invocation, EffectsBuilder&) override {
    const auto what = fmt::format("{} {}", invocation.self.id, invocation.payload);
    if (invocation.self.id == "moody" && failures_.fetch_sub(1) > 0) {
      journal_.Add(what + " fails");
      return MakeError(ErrorCode::kInternal, "not now");
    }
    journal_.Add(what);
    return {};
  }

 private:
  std::atomic<int>& failures_;
  Journal& journal_;
};

TEST(UnitThreadTest, AnAddressWhoseMessageFailedHoldsBackItsOthersAndNobodyElse) {
  ApplicationBuilder builder("test");
  builder.Add<Player>(FailurePolicy{.max_attempts = 9, .backoff = 300ms});
  const auto application = std::move(builder).Build().value();
  std::atomic<int> failures = 1;
  std::atomic<int> done = 0;
  Journal journal;
  JournalSession::Script script;
  UnitThread thread(std::make_unique<UnitRunner>(UnitRunner::Options{}, application,
                                                 std::make_unique<MoodyEndpoint>(failures, journal),
                                                 std::make_unique<JournalSession>(script, journal)));
  const auto add = [&](std::string_view id, std::string_view payload) {
    UnitInput input;
    AppendEnvelope(input.envelope, {{FunctionId(0), id}, {}, ValueTypeId(0), KeyGroup(0), payload});
    thread.Add(std::move(input), [&](const Result<UnitOutcome>& outcome) {
      EXPECT_TRUE(outcome.ok() && outcome->kind == UnitOutcome::Kind::kDone);
      ++done;
    });
  };
  add("moody", "1");
  add("moody", "2");
  add("calm", "3");
  ASSERT_TRUE(Until([&] { return done == 3; }));
  EXPECT_THAT(journal.lines(), ElementsAre("moody 1 fails", "calm 3", "moody 1", "moody 2"));
}

TEST(UnitThreadTest, WhatMustComeAfterThePresentUnitDoes) {
  ApplicationBuilder builder("test");
  builder.Add<Player>();
  const auto application = std::move(builder).Build().value();
  std::atomic<int> failures = 0;
  Journal journal;
  JournalSession::Script script;
  UnitThread thread(std::make_unique<UnitRunner>(UnitRunner::Options{}, application,
                                                 std::make_unique<MoodyEndpoint>(failures, journal),
                                                 std::make_unique<JournalSession>(script, journal)));
  UnitInput input;
  AppendEnvelope(input.envelope, {{FunctionId(0), "calm"}, {}, ValueTypeId(0), KeyGroup(0), "1"});
  std::atomic<bool> over = false;
  thread.Add(std::move(input), [&](const Result<UnitOutcome>&) {
    std::this_thread::sleep_for(20ms);
    journal.Add("unit over");
  });
  thread.AfterPresentUnit([&] {
    journal.Add("after it");
    over = true;
  });
  ASSERT_TRUE(Until([&] { return over.load(); }));
  EXPECT_THAT(journal.lines(), ElementsAre("calm 1", "unit over", "after it"));
}

}  // namespace
}  // namespace holdfast::two_tier
