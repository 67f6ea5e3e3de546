// The greeter's oracle. It walks the same visits as the system and knows for each the one right email: whose, which
// count, which text, which chain of the greeter. What it cannot know, because it depends on how users who share an
// address happened to interleave, is where in the sender's chain the email stands; there it demands that the emails of
// an address are a gapless chain, each linked to the one before, which only one history of the sender can produce.
//
// It shares the message definitions and the input with the system, and no code with the functions.
#pragma once

#include <memory>
#include <vector>

#include "core/model/application.h"
#include "workloads/greeter/application.h"
#include "workloads/greeter/messages.h"
#include "workloads/oracles/oracle.h"
#include "workloads/oracles/outstanding.h"
#include "workloads/oracles/seen_marks.h"

namespace holdfast::greeter {

class GreeterOracle final : public Oracle {
 public:
  // `application` gives the numbers of egresses and states.
  GreeterOracle(std::shared_ptr<const Application> application, GreeterInput input);

  void Offered(PartitionId partition, std::uint64_t end) override;
  void See(const EgressRecord& record) override;
  void Disturbed() override {}
  void ClocksDisagree() override {}
  void Finish() override;
  // Demands that the state of every user and every address is exactly what the visits and the emails say.
  void CheckState(const ForEachAddress& for_each) override;

  Ledger ledger() const override;
  const Findings& findings() const override { return findings_; }

 private:
  struct User {
    Witness expected;               // After the visits walked so far.
    std::uint64_t next_offset = 0;  // One past the latest visit whose email was seen.
  };
  struct Due {
    std::uint64_t user;
    Witness greeter;
  };
  struct Partition {
    std::uint64_t offered = 0;
    Outstanding<Due> due;
    SeenMarks marks;
  };

  // Makes what follows from the visits below `end` due, and perhaps from some more. Requires: they were offered.
  void WalkTo(PartitionId partition, std::uint64_t end);
  void Walk(PartitionId partition, std::uint64_t user);
  void SeeEmail(const Email& email, const EgressRecord& record);
  void CheckContent(const Email& email, std::string_view key, const Due& due);
  void CheckOrder(const Email& email, User& user);
  void CheckChain(const Email& email);
  std::uint64_t SenderLink(const Witness& before, const Email& email) const;
  std::shared_ptr<const Application> application_;
  GreeterInput input_;
  EgressId emails_;
  std::vector<Partition> partitions_;
  std::vector<User> users_;
  std::vector<Witness> senders_;  // By address: the latest witness seen.
  std::uint64_t seen_ = 0;
  Findings findings_;
};

}  // namespace holdfast::greeter
