#include "workloads/greeter/functions.h"

#include <gtest/gtest.h>

#include "tests/unit/transports/hosts/count_allocations.h"
#include "tests/unit/workloads/greeter/story.h"

namespace holdfast::greeter {
namespace {

std::string TextOf(std::int64_t visits) {
  char buffer[64];
  return std::string(GreetingText(visits, buffer));
}

TEST(GreeterTest, AnswersChangeWithTheVisits) {
  EXPECT_EQ(TextOf(1), "Welcome");
  EXPECT_EQ(TextOf(2), "Welcome back");
  EXPECT_EQ(TextOf(3), "Third time's the charm");
  EXPECT_EQ(TextOf(4), "Visit number 4");
  EXPECT_EQ(TextOf(1'000'000'000'000'000'000), "Visit number 1000000000000000000");
}

TEST(GreeterTest, EveryInputChangesTheChainForGood) {
  const auto one = Link(std::nullopt, "ann", {1, 2});
  EXPECT_EQ(one.version, 1u);
  EXPECT_NE(one.chain, Link(std::nullopt, "bob", {1, 2}).chain);
  EXPECT_NE(one.chain, Link(std::nullopt, "ann", {2, 1}).chain);
  const auto two = Link(one, "ann", {3});
  EXPECT_EQ(two.version, 2u);
  EXPECT_NE(two.chain, Link(Link(std::nullopt, "ann", {1, 3}), "ann", {3}).chain);
}

TEST(GreeterTest, OneVisitBecomesOneEmail) {
  GreeterOptions options;
  options.users = 1;
  options.partitions = 1;
  Story story(options);
  story.VisitAll(2);
  ASSERT_EQ(story.mails.size(), 2u);
  const auto email = story.Read(1);
  EXPECT_EQ(email.user, "user-0");
  EXPECT_EQ(email.address, "box-0");
  EXPECT_EQ(story.mails[1].key, "box-0");
  EXPECT_EQ(email.text, "Welcome back");
  EXPECT_EQ(email.visits, 2);
  EXPECT_EQ(email.offset, 1u);
}

TEST(GreeterTest, AVisitAllocatesNothingInSteadyState) {
  GreeterOptions options;
  options.padding_bytes = 200;
  const auto application = GreeterApplication(options).value();
  const GreeterInput input(1, options);
  EmbeddedEndpoint endpoint(application);
  EffectsBuilder effects;
  InputRecord record;
  std::size_t before = 0;
  for (std::uint64_t offset = 0; offset < 20; ++offset) {
    if (offset == 10) before = allocations;
    input.Record(PartitionId(0), offset, record);
    const auto& ingress = application->ingresses()[0];
    Invocation invocation{{ingress.target, record.key}, {}, ingress.value_type, record.value, "", AppTime{1}, 1};
    ASSERT_TRUE(endpoint.Invoke(invocation, effects).ok());
  }
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace holdfast::greeter
