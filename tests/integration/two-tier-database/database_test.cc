// What services ask of a database, asked of each real one. Skipped for those that are not installed. The tests of a
// database share its server: each has an address, a service and an instant of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>

#include "engines/two-tier/databases.h"
#include "tests/support/patience.h"
#include "tests/support/temporary_folder.h"

// libpqxx 6.4 leaks the answer that libpq makes up for a server that is gone.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:PQmakeEmptyPGresult"; }

namespace holdfast::two_tier {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class DatabaseTest : public testing::TestWithParam<DatabaseKind> {
 protected:
  void SetUp() override {
    auto& shared = Shared(GetParam());
    if (!shared.ok()) GTEST_SKIP() << shared.status().error().message;
    server_ = shared->get();
    database_ = OpenDatabase(GetParam(), server_->folder(), 10min);
    session_ = database_->NewSession();
    static int tests = 0;
    owner_ = 10 * ++tests;
    ann_ = fmt::format("ann-{}", tests);
  }

  static void TearDownTestSuite() {
    for (auto& [kind, server] : servers_) {
      if (server.ok()) (*server)->Stop();
    }
    servers_.clear();
  }

  static void Launch(DatabaseServer& server) {
    server.Launch().OrDie();
    HOLDFAST_CHECK(Until([&] { return server.Ready(); }), "it does not start: {}", server.LastWords());
  }
  static Result<std::unique_ptr<DatabaseServer>>& Shared(DatabaseKind kind) {
    if (const auto found = servers_.find(kind); found != servers_.end()) return found->second;
    static const TemporaryFolder folder;
    fs::permissions(folder.path(), fs::perms::others_exec, fs::perm_options::add);  // For the database's user.
    const auto own = fmt::format("{}/{}", folder.path(), static_cast<int>(kind));
    fs::create_directory(own);
    auto& server = servers_.emplace(kind, MakeDatabaseServer(kind, {.folder = own})).first->second;
    if (!server.ok()) {
      HOLDFAST_CHECK(server.status().error().code == ErrorCode::kNotFound, "{}", server.status().error().message);
      return server;
    }
    Launch(**server);
    OpenDatabase(kind, own, 10min)->CreateTables().OrDie();
    return server;
  }

  UnitStart Start(std::string_view id, Consume consume = Consume::kNothing, MessageId message = 0) const {
    return {consume, message, {FunctionId(3), id}, now_};
  }
  UnitChange Insert(std::string body, AppTime due = {}, std::string token = "") const {
    return {.kind = UnitChange::Kind::kInsert,
            .row = {.due = due, .sender_id = ann_, .token = std::move(token), .body = std::move(body)}};
  }
  UnitChange Cancel(std::string token) const {
    return {.kind = UnitChange::Kind::kCancel, .row = {.sender_id = ann_, .token = std::move(token)}};
  }
  static UnitChange Emit(std::string record) {
    return {.kind = UnitChange::Kind::kEmit, .egress_record = std::move(record)};
  }

  // Runs a unit at its address.
  std::vector<MessageId> Do(std::vector<UnitChange> changes) {
    session_->Begin(Start(ann_)).value();
    return session_->Commit({.owner = owner_, .changes = std::move(changes)}).value();
  }
  void Store(std::string record, AppTime expires = {}) {
    session_->Begin(Start(ann_)).value();
    session_->Commit({.record = std::move(record), .expires = expires}).value();
  }
  std::string Load() { return Load(ann_); }
  std::string Load(std::string_view id) {
    const auto record = session_->Begin(Start(id)).value();
    session_->Abort();
    return *record;
  }
  std::vector<std::string> Rows(bool delayed) { return Rows(delayed, now_); }
  std::vector<std::string> Rows(bool delayed, AppTime now) {
    std::vector<std::string> bodies;
    for (const auto& row : session_->ReadOutbox(owner_, delayed, now, 100).value()) bodies.push_back(row.body);
    return bodies;
  }

  static inline std::map<DatabaseKind, Result<std::unique_ptr<DatabaseServer>>> servers_;

  const AppTime now_{1'000'000};
  int owner_ = 0;
  std::string ann_;
  DatabaseServer* server_ = nullptr;
  std::unique_ptr<Database> database_;
  std::unique_ptr<DatabaseSession> session_;
};

TEST_P(DatabaseTest, AnAddressKeepsItsLastRecordAndNoOther) {
  const std::string bytes("\0a'\\\xff", 5);
  EXPECT_EQ(Load(), "");
  Store("first");
  Store(bytes);
  EXPECT_EQ(Load(), bytes);
  EXPECT_EQ(Load("bob"), "");
  Store("");
  EXPECT_EQ(Load(), "");
  session_->Begin(Start(ann_)).value();
  session_->Abort();
  EXPECT_EQ(Load(), "") << "what was begun and given up leaves nothing";
}

TEST_P(DatabaseTest, AMarkedMessageIsHandledOnceUnlessItsUnitWasGivenUp) {
  ASSERT_TRUE(session_->Begin(Start(ann_, Consume::kMark, -7))->has_value());
  session_->Abort();
  ASSERT_TRUE(session_->Begin(Start(ann_, Consume::kMark, -7))->has_value());
  session_->Commit({.record = "one"}).value();
  EXPECT_FALSE(session_->Begin(Start(ann_, Consume::kMark, -7))->has_value());
  EXPECT_FALSE(database_->NewSession()->Begin(Start(ann_, Consume::kMark, -7))->has_value());
  EXPECT_EQ(Load(), "one");
}

TEST_P(DatabaseTest, TheOutboxKeepsTheOrderOfItsRowsUntilTheyAreDeleted) {
  const auto ids = Do({Insert("a"), Insert("b")});
  const auto more = Do({Insert("c")});
  ASSERT_EQ(ids.size(), 2u);
  EXPECT_LT(ids[0], ids[1]);
  EXPECT_LT(ids[1], more[0]);
  EXPECT_THAT(Rows(false), ElementsAre("a", "b", "c"));
  EXPECT_THAT(session_->ReadOutbox(owner_ + 1, false, now_, 100).value(), IsEmpty());
  ASSERT_TRUE(session_->DeleteOutbox(ids).ok());
  EXPECT_THAT(Rows(false), ElementsAre("c"));
}

TEST_P(DatabaseTest, DelayedRowsComeWhenTheyAreDueInThatOrder) {
  Do({Insert("late", now_ + 20ms), Insert("soon", now_ + 10ms), Insert("at once")});
  EXPECT_THAT(Rows(true), IsEmpty());
  EXPECT_THAT(Rows(true, now_ + 10ms), ElementsAre("soon"));
  EXPECT_THAT(Rows(true, now_ + 99ms), ElementsAre("soon", "late"));
  EXPECT_THAT(Rows(false), ElementsAre("at once"));
}

TEST_P(DatabaseTest, ATokenNamesOneRowToReplaceOrCancel) {
  Do({Insert("first", now_, "t"), Insert("other", now_, "u")});
  Do({Insert("second", now_, "t"), Insert("third", now_, "t")});
  EXPECT_THAT(Rows(true), ElementsAre("other", "third"));
  Do({Insert("fourth", now_, "t"), Cancel("t"), Cancel("nothing")});
  EXPECT_THAT(Rows(true), ElementsAre("other"));
}

TEST_P(DatabaseTest, ARowThatIsConsumedOrCancelledIsHandledNoMore) {
  const auto ids = Do({Insert("a", now_, "t"), Insert("b", now_, "u")});
  ASSERT_TRUE(session_->Begin(Start("bob", Consume::kRow, ids[0]))->has_value());
  session_->Commit({.record = "got a"}).value();
  EXPECT_FALSE(session_->Begin(Start("bob", Consume::kRow, ids[0]))->has_value());
  Do({Cancel("t"), Cancel("u")});
  EXPECT_FALSE(session_->Begin(Start("bob", Consume::kRow, ids[1]))->has_value());
  EXPECT_THAT(Rows(true), IsEmpty());
}

TEST_P(DatabaseTest, ABatchOfOutputKeepsItsPositionUntilItIsAcknowledged) {
  EXPECT_EQ(session_->NextEgress(owner_, 0)->records, "");
  Do({Emit("a"), Emit("b")});
  const auto first = session_->NextEgress(owner_, 0).value();
  EXPECT_EQ(first.position, 1u);
  EXPECT_EQ(first.records, "ab");
  Do({Emit("c")});
  const auto again = database_->NewSession()->NextEgress(owner_, 0).value();
  EXPECT_EQ(again.position, 1u);
  EXPECT_EQ(again.records, "ab") << "cut as it was";
  const auto second = session_->NextEgress(owner_, 1).value();
  EXPECT_EQ(second.position, 2u);
  EXPECT_EQ(second.records, "c");
  EXPECT_EQ(session_->NextEgress(owner_, 2)->records, "");
  EXPECT_EQ(session_->NextEgress(owner_ + 1, 0)->records, "");
}

TEST_P(DatabaseTest, ExpiredStateIsSweptAway) {
  Store("short", now_ + 1ms);
  ASSERT_TRUE(session_->Sweep(now_ + 1ms).ok());
  EXPECT_EQ(Load(), "");
  Store("for ever");
  ASSERT_TRUE(session_->Sweep(now_ + 1h).ok());
  EXPECT_EQ(Load(), "for ever");
}

TEST_P(DatabaseTest, WhatWasCommittedIsThereAfterAKillAndTheSessionComesBack) {
  Store("kept");
  session_->Begin(Start(ann_)).value();
  server_->Signal(SIGKILL);
  ASSERT_TRUE(Until([&] { return server_->Poll().has_value(); }));
  EXPECT_EQ(session_->Commit({.record = "too late"}).status().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(session_->Begin(Start(ann_)).status().error().code, ErrorCode::kUnavailable);
  Launch(*server_);
  Result<std::optional<std::string>> record = std::optional<std::string>();
  ASSERT_TRUE(Until([&] { return (record = session_->Begin(Start(ann_))).ok(); }));
  EXPECT_EQ(**record, "kept");
}

INSTANTIATE_TEST_SUITE_P(Postgresql, DatabaseTest, testing::Values(DatabaseKind::kPostgresql));
INSTANTIATE_TEST_SUITE_P(Redis, DatabaseTest, testing::Values(DatabaseKind::kRedis));

}  // namespace
}  // namespace holdfast::two_tier
