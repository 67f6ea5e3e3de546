#include "workloads/greeter/oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/greeter/story.h"

namespace holdfast::greeter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Two users, one partition, one address: every email stands in one chain.
GreeterOptions TwoFriends() {
  GreeterOptions options;
  options.users = 2;
  options.users_per_address = 2;
  options.partitions = 1;
  return options;
}

GreeterOptions Town() {
  GreeterOptions options;
  options.users = 20;
  options.users_per_address = 3;
  options.partitions = 3;
  options.padding_bytes = 10;
  return options;
}

// The places of the first two mails of one user.
std::pair<std::size_t, std::size_t> TwoOfOneUser(const Story& story) {
  for (std::size_t i = 1; i < story.mails.size(); ++i) {
    if (story.Read(i).user == story.Read(0).user) return {0, i};
  }
  return {0, 0};
}

TEST(GreeterOracleTest, AFailureFreeRunIsExact) {
  Story story(Town());
  story.VisitAll(50);
  const auto findings = story.Judge(50, true);
  EXPECT_TRUE(findings.none()) << findings.Text();
  EXPECT_EQ(story.ledger, (Ledger{.expected = 150, .seen = 150}));
}

TEST(GreeterOracleTest, ALostEmailIsMissingAndBreaksTheChain) {
  Story story(TwoFriends());
  story.VisitAll(6);
  story.mails.erase(story.mails.begin() + 2);
  const auto findings = story.Judge(6);
  EXPECT_EQ(story.ledger, (Ledger{.expected = 6, .seen = 5, .missing = 1}));
  EXPECT_THAT(findings.first(Damage::kMissing), ElementsAre(HasSubstr("no email for visit 0/2")));
  EXPECT_THAT(findings.first(Damage::kBrokenChain), ElementsAre(HasSubstr("versions between were never seen")));
}

TEST(GreeterOracleTest, ALostLastEmailIsMissingThoughNoChainBreaks) {
  Story story(TwoFriends());
  story.VisitAll(6);
  story.mails.pop_back();
  const auto findings = story.Judge(6);
  EXPECT_EQ(story.ledger.missing, 1u);
  EXPECT_EQ(findings.count(Damage::kBrokenChain), 0u);
}

TEST(GreeterOracleTest, ADoubledEmailIsADuplicate) {
  Story story(TwoFriends());
  story.VisitAll(6);
  story.mails.push_back(story.mails[3]);
  const auto findings = story.Judge(6);
  EXPECT_EQ(story.ledger, (Ledger{.expected = 6, .seen = 6, .duplicate = 1}));
  EXPECT_THAT(findings.first(Damage::kDuplicate), ElementsAre(HasSubstr("visit 0/3")));
  EXPECT_EQ(findings.count(Damage::kBrokenChain), 0u);
}

TEST(GreeterOracleTest, SwappedEmailsOfAUserAreOutOfOrder) {
  Story story(TwoFriends());
  story.VisitAll(6);
  const auto [first, second] = TwoOfOneUser(story);
  std::swap(story.mails[first], story.mails[second]);
  const auto findings = story.Judge(6);
  EXPECT_EQ(story.ledger, (Ledger{.expected = 6, .seen = 6, .out_of_order = 1}));
  EXPECT_GT(findings.count(Damage::kBrokenChain), 0u);
}

TEST(GreeterOracleTest, AVisitHandledTwiceContradictsItself) {
  Story story(TwoFriends());
  story.VisitAll(3);
  story.Visit(PartitionId(0), 2);
  const auto findings = story.Judge(3, true);
  EXPECT_EQ(story.ledger, (Ledger{.expected = 3, .seen = 3, .contradictory = 1}));
  EXPECT_THAT(findings.first(Damage::kContradictory), ElementsAre(HasSubstr("came again with other content")));
  EXPECT_GT(findings.count(Damage::kWrongState), 0u);
}

TEST(GreeterOracleTest, ALostVisitShowsInEveryLaterCountOfItsUser) {
  Story story(TwoFriends());
  for (std::uint64_t offset = 0; offset < 8; ++offset) {
    if (offset != 1) story.Visit(PartitionId(0), offset);
  }
  const auto user = story.input.UserAt(PartitionId(0), 1);
  std::uint64_t later = 0;
  for (std::uint64_t offset = 2; offset < 8; ++offset) later += story.input.UserAt(PartitionId(0), offset) == user;
  story.Judge(8, true);
  EXPECT_EQ(story.ledger, (Ledger{.expected = 8, .seen = 7, .missing = 1, .contradictory = later}));
}

TEST(GreeterOracleTest, ALossCompensatedByADuplicateIsBoth) {
  Story story(TwoFriends());
  story.VisitAll(6);
  story.mails[4] = story.mails[1];
  story.Judge(6);
  EXPECT_EQ(story.ledger, (Ledger{.expected = 6, .seen = 5, .missing = 1, .duplicate = 1}));
}

// Rolled back and handled again in another order, as two users of one address may be. Each timeline alone would be
// right; visible output of both is not.
TEST(GreeterOracleTest, OutputOfARolledBackTimelineIsContradictory) {
  Story story(TwoFriends());
  const PartitionId p(0);
  std::uint64_t other = 1;
  while (story.input.UserAt(p, other) == story.input.UserAt(p, 0)) ++other;
  const auto before = story.memory;
  for (std::uint64_t offset = 0; offset < other; ++offset) story.Visit(p, offset);
  const auto undone = story.mails;
  story.memory = before;
  story.mails.clear();
  story.Visit(p, other);
  for (std::uint64_t offset = 0; offset < other; ++offset) story.Visit(p, offset);
  EXPECT_TRUE(story.Judge(other + 1, true).none());
  story.mails.insert(story.mails.begin(), undone.begin(), undone.end());
  const auto findings = story.Judge(other + 1, true);
  EXPECT_EQ(story.ledger.contradictory, other);
  EXPECT_GT(findings.count(Damage::kBrokenChain), 0u);
}

TEST(GreeterOracleTest, AForkedChainDoesNotLink) {
  Story story(TwoFriends());
  story.VisitAll(3);
  auto& sender = story.memory[{story.application->FindFunction("greeter/email-sender").value().value, "box-0"}];
  Story elsewhere(TwoFriends(), 2);
  elsewhere.VisitAll(3);
  sender = elsewhere.memory[{story.application->FindFunction("greeter/email-sender").value().value, "box-0"}];
  story.Visit(PartitionId(0), 3);
  const auto findings = story.Judge(4, true);
  EXPECT_EQ(story.ledger, (Ledger{.expected = 4, .seen = 4}));
  EXPECT_THAT(findings.first(Damage::kBrokenChain), ElementsAre(HasSubstr("another history")));
}

TEST(GreeterOracleTest, AnEmailNobodyCausedIsAPhantom) {
  Story story(TwoFriends());
  story.VisitAll(4);
  const auto findings = story.Judge(3);
  EXPECT_EQ(story.ledger, (Ledger{.expected = 3, .seen = 3, .phantom = 1}));
  EXPECT_THAT(findings.first(Damage::kPhantom), ElementsAre(HasSubstr("visit 0/3")));
}

TEST(GreeterOracleTest, BytesThatAreNoEmailAreAPhantom) {
  Story story(TwoFriends());
  story.mails.push_back({"box-0", "\xff\xff"});
  story.Judge(0);
  EXPECT_EQ(story.ledger, (Ledger{.phantom = 1}));
}

TEST(GreeterOracleTest, EveryWrongFieldIsContradictory) {
  const std::vector<std::function<void(Email&)>> lies = {
      [](Email& e) { e.user = "user-7"; },    [](Email& e) { e.visits += 1; },
      [](Email& e) { e.text = "Goodbye"; },   [](Email& e) { e.greeter.version += 1; },
      [](Email& e) { e.greeter.chain += 1; }, [](Email& e) { e.address = "box-7"; }};
  for (const auto& lie : lies) {
    Story story(TwoFriends());
    story.VisitAll(3);
    const auto kept = story.mails[1].value;
    Email email;
    ASSERT_TRUE(Codec<Email>::Decode(kept, email));
    lie(email);
    story.Write(1, email);
    story.Judge(3);
    EXPECT_EQ(story.ledger.contradictory, 1u) << email.user << email.text;
  }
}

TEST(GreeterOracleTest, AWrongKeyIsContradictory) {
  Story story(TwoFriends());
  story.VisitAll(3);
  story.mails[1].key = "box-9";
  story.Judge(3);
  EXPECT_EQ(story.ledger, (Ledger{.expected = 3, .seen = 3, .contradictory = 1}));
}

TEST(GreeterOracleTest, StateLostBehindVisibleOutputIsWrong) {
  Story story(TwoFriends());
  story.VisitAll(3);
  const auto before = story.memory;
  story.Visit(PartitionId(0), 3);
  story.memory = before;
  const auto findings = story.Judge(4, true);
  EXPECT_EQ(story.ledger, (Ledger{.expected = 4, .seen = 4}));
  EXPECT_THAT(findings.Text(), HasSubstr("state was lost behind visible output"));
}

TEST(GreeterOracleTest, AStateThatVanishedIsWrong) {
  Story story(TwoFriends());
  story.VisitAll(3);
  story.memory.clear();
  EXPECT_THAT(story.Judge(3, true).Text(), HasSubstr("greeter/email-sender 'box-0': it has no state after 3 inputs"));
}

TEST(GreeterOracleTest, AStateOfNobodyIsWrong) {
  Story story(TwoFriends());
  story.memory[{0, "box-7"}] = "";
  EXPECT_THAT(story.Judge(0, true).Text(), HasSubstr("'box-7': there is no such instance"));
}

}  // namespace
}  // namespace holdfast::greeter
