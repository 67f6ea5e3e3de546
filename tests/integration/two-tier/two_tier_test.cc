// The engine two-tier as a suite drives it: real databases, real service processes, real kills. Skipped where a
// database is not installed; scripts/install-deps installs them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>

#include <filesystem>
#include <fstream>

#include "engines/supervisor/child_process.h"
#include "results/record/run_io.h"
#include "tests/support/patience.h"
#include "tests/support/temporary_folder.h"

namespace holdfast::two_tier {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class TwoTierTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists("/usr/lib/postgresql")) GTEST_SKIP() << "there is no PostgreSQL; scripts/install-deps installs it";
    fs::create_directory(tmp());
    fs::permissions(folder_.path(), fs::perms::others_exec, fs::perm_options::add);  // For the database's user.
  }
  std::string tmp() const { return folder_ / "tmp"; }

  ChildProcess Begin(const std::string& defaults) {
    std::ofstream(folder_ / "suite.yaml") << "suite: small\nseed: 7\ndefaults:\n" << defaults;
    return ChildProcess::Start({.command = {HOLDFAST_PROGRAM, "run", folder_ / "suite.yaml", "--runs", folder_ / "runs",
                                            "--tmp", tmp(), "--placement", "float"},
                                .cpus = {},
                                .output = folder_ / "output"})
        .value();
  }
  record::Point End(ChildProcess& program) {
    EXPECT_TRUE(Until([&program] { return program.Poll().has_value(); }));
    program.Kill();
    const auto run = fs::directory_iterator(folder_ / "runs");
    return record::ReadRun(run->path()).value().points.at(0);
  }
  record::Point Run(const std::string& defaults) {
    auto program = Begin(defaults);
    return End(program);
  }

  TemporaryFolder folder_;
};

TEST_F(TwoTierTest, WithoutFaultsEvenNaiveIsExact) {
  const auto point = Run(R"(
  workload: {name: greeter, keys: 50}
  engine: {name: two-tier, variant: naive, workers: 2}
  load: {rate: 100/s, warm-up: 100ms, duration: 1s}
)");
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kHeld) << point.verdict.sentence;
  EXPECT_EQ(point.protocol, "") << "protocols are the runtime's";
  EXPECT_GT(point.ledger.expected, 50);
  EXPECT_GT(point.cost.cpu_seconds, 0);
  EXPECT_GT(point.cost.peak_rss_bytes, 0);
  EXPECT_TRUE(fs::is_empty(tmp()));
}

// Services, database and who answers from outside die at the same instant.
TEST_F(TwoTierTest, IdempotentChargesNobodyTwiceWhenEverythingCrashesAtOnce) {
  const auto point = Run(R"(
  workload: {name: payment, users: 30, interval: 100ms, intervals: 2, back-off: 20ms, refusals: 30, second-answers: 20,
             unasked-answers: 20}
  engine: {name: two-tier, variant: idempotent, workers: 2}
  load: {rate: 50/s, warm-up: 100ms, duration: 1s}
  fault: crash-everything@500ms
)");
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kHeld) << point.verdict.sentence;
  ASSERT_EQ(point.faults.size(), 1u);
  EXPECT_TRUE(point.faults[0].verified);
  EXPECT_TRUE(fs::is_empty(tmp()));
}

// Down for longer than silence is waited for.
TEST_F(TwoTierTest, IdempotentIsExactThoughServicesAndDatabaseAreKilled) {
  const auto point = Run(R"(
  workload: {name: greeter, keys: 50}
  engine: {name: two-tier, variant: idempotent, workers: 2, hit: everything}
  load: {rate: 100/s, warm-up: 100ms, duration: 1s}
  fault: {name: kill, at: 300ms, restart-after: 2500ms}
)");
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kHeld) << point.verdict.sentence;
  ASSERT_EQ(point.faults.size(), 1u);
  EXPECT_TRUE(point.faults[0].verified);
  ASSERT_EQ(point.recovery.size(), 1u);
  EXPECT_TRUE(point.recovery[0].restored_s && point.recovery[0].first_unit_s && point.recovery[0].first_output_s);
}

// Its parts one after the other; nothing is said of parts in the engine's options.
TEST_F(TwoTierTest, AStepStrikesThePartThatItNames) {
  const auto point = Run(R"(
  workload: {name: greeter, keys: 50}
  engine: {name: two-tier, variant: idempotent, workers: 2}
  load: {rate: 100/s, warm-up: 100ms, duration: 2s}
  fault:
    - {at: 200ms, do: state-outage, for: 200ms}
    - {at: 600ms, do: kill, target: service}
    - {at: 1200ms, do: pause, target: services, for: 100ms}
    - {at: 1400ms, do: pause, target: database, for: 100ms}
)");
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kHeld) << point.verdict.sentence;
  ASSERT_EQ(point.faults.size(), 4u);
  EXPECT_EQ(point.faults[0].verb, "state-outage");
  EXPECT_EQ(point.faults[1].target, "service");
  EXPECT_EQ(point.faults[3].target, "database");
  for (const auto& fault : point.faults) EXPECT_TRUE(fault.verified && fault.heal_verified) << fault.id;
  ASSERT_EQ(point.recovery.size(), 4u);
  EXPECT_GE(point.recovery[0].first_output_s.value_or(0), 0.1) << "output went on without a database";
}

// Requests that were handled come again, of all kinds; a service that is killed meanwhile goes on with it.
TEST_F(TwoTierTest, IdempotentIsExactThoughRepliesAreDropped) {
  const auto point = Run(R"(
  workload: {name: random-programs}
  engine: {name: two-tier, variant: idempotent, workers: 2}
  load: {rate: 20/s, warm-up: 100ms, duration: 2s}
  fault: [{at: 200ms, do: drop-replies, chance: 0.5, for: 1500ms}, {at: 800ms, do: kill, target: service}]
)");
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kHeld) << point.verdict.sentence;
  ASSERT_EQ(point.faults.size(), 2u);
  EXPECT_EQ(point.faults[0].verb, "drop-replies");
  EXPECT_THAT(point.faults[0].detail, testing::ContainsRegex("^[1-9][0-9]+ replies were dropped"));
  for (const auto& fault : point.faults) EXPECT_TRUE(fault.verified && fault.heal_verified) << fault.id;
  EXPECT_GT(point.faults[0].healed_s, 1.6);
  EXPECT_TRUE(point.recovery[1].restored_s) << "the way back of the kill is not that of the trouble";
  EXPECT_FALSE(point.recovery[0].restored_s);
  EXPECT_GE(point.counts.retries, 10);
}

TEST_F(TwoTierTest, NaiveDoesTwiceWhatWasDoneWhenTheReplyWasDropped) {
  const auto point = Run(R"(
  workload: {name: greeter, keys: 50}
  engine: {name: two-tier, variant: naive, workers: 2}
  load: {rate: 100/s, warm-up: 100ms, duration: 1500ms}
  fault: {name: drop-replies, at: 200ms, until: 1200ms, chance: 0.3}
)");
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kExpectedNotGuaranteed) << point.verdict.sentence;
  EXPECT_GT(point.ledger.duplicate + point.ledger.contradictory, 10);
  EXPECT_EQ(point.ledger.missing, 0) << "each was repeated until a reply came";
  ASSERT_EQ(point.faults.size(), 1u);
  EXPECT_TRUE(point.faults[0].verified && point.faults[0].heal_verified);
}

// Delayed messages, cancellations, operations, values that expire, functions that fail: the whole model.
TEST_F(TwoTierTest, IdempotentDoesWhateverTheModelPromisesThoughAServiceIsKilledAndAllArePaused) {
  const auto point = Run(R"(
  workload: {name: random-programs}
  engine: {name: two-tier, variant: idempotent, workers: 2, hit: services}
  load: {rate: 20/s, warm-up: 100ms, duration: 2s}
  fault: [{at: 500ms, do: kill}, {at: 1500ms, do: pause, for: 100ms}]
)");
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kHeld) << point.verdict.sentence;
  ASSERT_EQ(point.faults.size(), 2u);
  EXPECT_TRUE(point.faults[0].verified && point.faults[1].verified);
}

// Each application holds on this engine what its oracle asks, though its services are killed.
class TwoTierApplicationTest : public TwoTierTest, public testing::WithParamInterface<const char*> {};

TEST_P(TwoTierApplicationTest, IsExactThoughTheServicesAreKilled) {
  const auto point = Run(fmt::format(R"(
  workload: {}
  engine: {{name: two-tier, variant: idempotent, workers: 2, hit: services}}
  load: {{rate: 40/s, warm-up: 100ms, duration: 1500ms}}
  fault: kill@500ms
)",
                                     GetParam()));
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kHeld) << point.verdict.sentence;
  EXPECT_GT(point.ledger.expected, 40);
}

INSTANTIATE_TEST_SUITE_P(Workloads, TwoTierApplicationTest,
                         testing::Values("{name: fraud-bandit, accounts: 50, merchants: 10}",
                                         "{name: shopping-cart, carts: 50, items: 20, time-out: 200ms}",
                                         "{name: iot-aggregates, sensors: 50, areas: 5, window: 100ms, open: 150ms, "
                                         "straggle: 500ms}"));

TEST_F(TwoTierTest, OnRedisToo) {
  if (!fs::exists("/usr/bin/redis-server")) GTEST_SKIP() << "there is no Redis; scripts/install-deps installs it";
  const auto point = Run(R"(
  workload: {name: random-programs}
  engine: {name: two-tier, variant: idempotent, database: redis, workers: 2, hit: everything}
  load: {rate: 20/s, warm-up: 100ms, duration: 2s}
  fault: kill@1s
)");
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kHeld) << point.verdict.sentence;
  EXPECT_GT(point.cost.peak_rss_bytes, 0);
}

TEST_F(TwoTierTest, ADatabaseThatIsNotThereIsNamedInOneSentence) {
  const auto point = Run(R"(
  workload: {name: greeter, keys: 50}
  engine: {name: two-tier, binaries: /nowhere}
  load: {rate: 100/s, warm-up: 100ms, duration: 1s}
)");
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kFailed);
  EXPECT_EQ(point.verdict.sentence,
            "there is no PostgreSQL in /nowhere: scripts/install-deps installs Debian's package postgresql");
}

TEST_F(TwoTierTest, AFullDatabaseIsNamedAndEndsTheRunWithARecord) {
  if (::mount("tmpfs", tmp().c_str(), "tmpfs", 0, "size=72m,mode=711") != 0) {
    GTEST_SKIP() << "a small disk cannot be mounted here";
  }
  const auto point = Run(R"(
  workload: {name: greeter, keys: 10000, padding: 64KiB}
  engine: {name: two-tier, workers: 2}
  load: {rate: 300/s, warm-up: 100ms, duration: 30s}
)");
  ::umount2(tmp().c_str(), MNT_DETACH);
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kFailed);
  EXPECT_THAT(point.verdict.sentence, HasSubstr("by itself"));
  EXPECT_THAT(point.verdict.sentence, testing::AnyOf(HasSubstr("the database is full"), HasSubstr("No space left")));
}

TEST_F(TwoTierTest, ADatabaseThatEndsByItselfEndsTheRunWithARecord) {
  auto program = Begin(R"(
  workload: {name: greeter, keys: 50}
  engine: {name: two-tier, workers: 2}
  load: {rate: 100/s, warm-up: 100ms, duration: 30s}
)");
  fs::path socket;
  ASSERT_TRUE(Until([&] {
    for (const auto& entry : fs::recursive_directory_iterator(tmp())) {
      if (entry.path().filename() == "service-1.sock") socket = entry.path();
    }
    return !socket.empty();
  }));
  pid_t postmaster = 0;
  std::ifstream(socket.parent_path() / "database/data/postmaster.pid") >> postmaster;
  ASSERT_GT(postmaster, 1);
  ::kill(postmaster, SIGKILL);
  const auto point = End(program);
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kFailed);
  EXPECT_THAT(point.verdict.sentence, HasSubstr("the database was ended by signal 9 (Killed) by itself"));
}

}  // namespace
}  // namespace holdfast::two_tier
