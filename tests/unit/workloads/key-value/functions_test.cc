#include "workloads/key-value/functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "tests/unit/transports/hosts/count_allocations.h"
#include "tests/unit/workloads/key-value/story.h"

namespace holdfast::key_value {
namespace {

class KeyTest : public testing::Test {
 protected:
  // The reply to a request of key "k".
  Reply Ask(Verb verb, std::string_view value = {}) {
    std::string bytes;
    Codec<Request>::Encode({0, 3, static_cast<std::uint32_t>(verb), value}, bytes);
    story.Handle("k", bytes).OrDie();
    return story.Read(story.answers.size() - 1);
  }
  Story story{TwoKeys()};
};

TEST_F(KeyTest, AReadOfWhatWasNeverWrittenFindsNothing) {
  const auto reply = Ask(Verb::kRead);
  EXPECT_EQ(reply.found.version, 0u);
  EXPECT_EQ(reply.found.checksum, 0u);
  EXPECT_EQ(reply.left.version, 0u);
  EXPECT_EQ(reply.key, "k");
  EXPECT_EQ(reply.offset, 3u);
}

TEST_F(KeyTest, WritesCountAndAReadFindsTheLast) {
  EXPECT_EQ(Ask(Verb::kInsert, "one").left.version, 1u);
  const auto update = Ask(Verb::kUpdate, "two");
  EXPECT_EQ(update.left.version, 2u);
  EXPECT_EQ(update.left.checksum, Hash64("two"));
  EXPECT_EQ(update.found.version, 0u) << "it does not read";
  const auto read = Ask(Verb::kRead);
  EXPECT_EQ(read.found.version, 2u);
  EXPECT_EQ(read.found.checksum, Hash64("two"));
}

TEST_F(KeyTest, AReadModifyWriteStandsOnWhatItRead) {
  Ask(Verb::kUpdate, "one");
  const auto reply = Ask(Verb::kModify, "two");
  EXPECT_EQ(reply.found.checksum, Hash64("one"));
  EXPECT_EQ(reply.left.version, 2u);
  EXPECT_EQ(reply.left.checksum, Hash64("two", Hash64("one")));
  EXPECT_EQ(Ask(Verb::kRead).found.checksum, reply.left.checksum);
}

TEST_F(KeyTest, AnUnknownVerbIsRefusedByNumber) {
  std::string bytes;
  Codec<Request>::Encode({2, 9, 4, ""}, bytes);
  EXPECT_THAT(story.Handle("k", bytes).error().message, testing::HasSubstr("request 2/9: there is no verb number 4"));
}

TEST(KeyAllocationsTest, ARequestAllocatesNothingInSteadyState) {
  const auto application = KeyValueApplication(TwoKeys()).value();
  const KeyValueInput input(1, TwoKeys());
  EmbeddedEndpoint endpoint(application);
  EffectsBuilder effects;
  InputRecord record;
  std::size_t before = 0;
  for (std::uint64_t offset = 0; offset < 40; ++offset) {
    if (offset == 20) before = allocations;
    input.Record(PartitionId(0), offset, record);
    const auto& ingress = application->ingresses()[0];
    Invocation invocation{{ingress.target, record.key}, {}, ingress.value_type, record.value, "", AppTime{1}, 1};
    ASSERT_TRUE(endpoint.Invoke(invocation, effects).ok());
  }
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace holdfast::key_value
