#include "chaos/faults/faulty_object_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

// An object store of one object that counts what reaches it.
class OneObjectStore final : public ObjectStore {
 public:
  Result<std::unique_ptr<ObjectWriter>> Create(std::string_view) override {
    return MakeError(ErrorCode::kAlreadyExists, "taken");
  }
  Result<std::string> Get(std::string_view) override {
    ++gets;
    return std::string("bytes");
  }
  Result<std::string> GetRange(std::string_view name, std::uint64_t, std::uint64_t) override { return Get(name); }
  Result<std::vector<std::string>> List(std::string_view) override { return std::vector<std::string>{"object"}; }
  Status Delete(std::string_view) override {
    ++deletes;
    return {};
  }
  Status CompareAndSwap(std::string_view, const std::optional<std::string>&, std::string_view) override { return {}; }

  int gets = 0;
  int deletes = 0;
};

class FaultyObjectStoreTest : public testing::Test {
 protected:
  FaultInjector::Sleep Sleep() {
    return [this](Duration delay) { slept_.push_back(delay); };
  }
  OneObjectStore inner_;
  std::vector<Duration> slept_;
};

TEST_F(FaultyObjectStoreTest, WithoutChancesNothingHappens) {
  FaultInjector faults(1, {}, Sleep());
  FaultyObjectStore store(inner_, faults);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(store.Get("object").value(), "bytes");
  EXPECT_EQ(faults.injected(), 0u);
  EXPECT_EQ(faults.calls(), 100u);
}

TEST_F(FaultyObjectStoreTest, AFailedCallIsNotCarriedOutAndALostAnswerIs) {
  FaultInjector faults(1, {}, Sleep());
  faults.Script({{1, Fault::kFail}, {2, Fault::kLoseAnswer}});
  FaultyObjectStore store(inner_, faults);
  const auto failed = store.Delete("object");
  EXPECT_EQ(failed.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(failed.error().message, HasSubstr("cannot delete 'object'"));
  EXPECT_EQ(inner_.deletes, 0);
  EXPECT_EQ(store.Delete("object").error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(inner_.deletes, 1);
  EXPECT_TRUE(store.Delete("object").ok());
}

TEST_F(FaultyObjectStoreTest, AFullStoreStillReads) {
  FaultInjector faults(1, {.full = 1}, Sleep());
  FaultyObjectStore store(inner_, faults);
  EXPECT_TRUE(store.Get("object").ok());
  EXPECT_EQ(store.Create("other").status().error().code, ErrorCode::kExhausted);
}

TEST_F(FaultyObjectStoreTest, SlownessIsWhatTheMakerSaysItIs) {
  FaultInjector faults(1, {.slow = 1, .delay = 20ms}, Sleep());
  FaultyObjectStore store(inner_, faults);
  EXPECT_TRUE(store.Get("object").ok());
  EXPECT_THAT(slept_, ElementsAre(20ms));
  faults.Change({});
  EXPECT_TRUE(store.Get("object").ok());
  EXPECT_EQ(slept_.size(), 1u);
}

TEST_F(FaultyObjectStoreTest, TheSameSeedFailsTheSameCallsAboutAsOftenAsAsked) {
  const auto run = [this](std::uint64_t seed) {
    FaultInjector faults(seed, {.fail = 0.1, .lose_answer = 0.1}, Sleep());
    FaultyObjectStore store(inner_, faults);
    std::vector<bool> outcomes;
    for (int i = 0; i < 1000; ++i) outcomes.push_back(store.Get("object").ok());
    EXPECT_NEAR(static_cast<double>(faults.injected()), 200, 50);
    return outcomes;
  };
  EXPECT_EQ(run(7), run(7));
  EXPECT_NE(run(7), run(8));
}

}  // namespace
}  // namespace holdfast
