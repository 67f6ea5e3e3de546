// Conservation of visits and greetings. On every line,
//
//   a user's visits below the positions = those in its witness + those on their way to it
//   the greetings its users have sent to an address = those in its witness + those on their way to it
//
// and no greeting is on its way from a visit that its user does not remember.
#pragma once

#include <memory>
#include <vector>

#include "workloads/greeter/application.h"
#include "workloads/greeter/messages.h"
#include "workloads/oracles/line_auditor.h"
#include "workloads/oracles/walked_input.h"

namespace holdfast::greeter {

class GreeterAuditor final : public LineAuditor {
 public:
  GreeterAuditor(std::shared_ptr<const Application> application, GreeterInput input);

  void Position(PartitionId partition, std::uint64_t offset) override { walked_.MoveTo(partition, offset); }
  void Row(std::string_view function, std::string_view id, std::string_view record) override;
  void Message(const InTransit& message) override;
  void Judge(std::string_view line, Findings& findings) override;

 private:
  struct Instance {
    std::uint64_t handled = 0;  // As its witness says.
    std::uint64_t waiting = 0;
    std::uint64_t newest = 0;  // Of a user: the latest visit of which a greeting is on its way.
  };
  void Add(std::vector<Instance>& instances, std::string_view id, std::string_view prefix, const Instance& more);
  void TakeVisit(const EnvelopeView& message);
  void TakeGreeting(const EnvelopeView& message);
  template <class MakeSentence>
  void Blame(const MakeSentence& make_sentence) {
    if (trouble_.empty()) trouble_ = make_sentence();
  }

  const std::shared_ptr<const Application> application_;
  const GreeterInput input_;
  const ValueTypeId visit_type_;
  const ValueTypeId greeting_type_;
  std::vector<std::uint64_t> visits_;  // By user: in the line.
  WalkedInput walked_;
  std::vector<Instance> users_;
  std::vector<Instance> senders_;
  std::string trouble_;  // The first thing that should not be there at all.
};

}  // namespace holdfast::greeter
