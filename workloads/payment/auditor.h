// Conservation of changes, payments and money. On every line,
//
//   changes a user has made = the changes below the positions that reached it
//   payments it made and did not see settled = those on their way to begin, those that are there, and those on their
//                                              way to be settled; each in one place
//   what it billed = what was paid and waived + the amounts of these
//   triggers on their way = the latest one if an interval is left; else at most one that was called off too late
//   a payment waits for an answer = none to this attempt was handled, and one to each attempt before was
//   attempts on their way = the next one of each payment that waits to make it
//
// where what reached an instance is what the ingress says less what is on its way. Nothing is on its way from a unit
// that its sender does not remember.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "workloads/oracles/line_auditor.h"
#include "workloads/oracles/walked_input.h"
#include "workloads/payment/application.h"

namespace holdfast::payment {

class PaymentAuditor final : public LineAuditor {
 public:
  PaymentAuditor(std::shared_ptr<const Application> application, PaymentInput input,
                 std::shared_ptr<const ClosedLoopInput> topic);

  void Position(PartitionId partition, std::uint64_t offset) override;
  void Row(std::string_view function, std::string_view id, std::string_view record) override;
  void Message(const InTransit& message) override;
  void Judge(std::string_view line, Findings& findings) override;

 private:
  struct Person {
    Account account;
    std::uint64_t version = 0;
    std::int64_t coming = 0;      // Changes on their way.
    std::uint64_t under_way = 0;  // Payments,
    std::int64_t worth = 0;       // and their sum.
    std::uint64_t triggers = 0;   // On their way, with the number of the latest,
    std::uint64_t scheduled = 0;  // those whose time has not come among them.
    std::uint64_t newest = 0;     // The latest version from which something is on its way.
    std::uint64_t last_trigger = 0;
  };
  struct Whereabouts {
    std::uint32_t places = 0;  // Where the payment is: one.
    std::uint32_t retries = 0;
    std::uint32_t attempt = 0;  // Of the last of these.
    std::optional<Order> order{};
  };

  void Walk(PartitionId partition, std::uint64_t offset, int sign);
  bool TakeUserMessage(const InTransit& message);
  bool TakePaymentMessage(const InTransit& message);
  void Enter(const PaymentName& payment, std::int64_t amount);
  Person* PersonAt(std::uint64_t user);
  void Expect(std::string_view id, const std::string& meant);
  // Answers to an attempt that the line has handled.
  std::int64_t Handled(const Order& order, std::uint32_t attempt) const;
  template <class Wrong>
  void JudgeUser(std::uint64_t user, const Wrong& wrong) const;
  template <class Wrong>
  void JudgePayment(const PaymentName& payment, const Whereabouts& at, const Wrong& wrong) const;
  template <class MakeSentence>
  void Trouble(const MakeSentence& make_sentence) {
    if (trouble_.empty()) trouble_ = make_sentence();
  }

  const std::shared_ptr<const Application> application_;
  const PaymentInput input_;
  const std::shared_ptr<const ClosedLoopInput> topic_;
  std::vector<std::int64_t> changes_due_;           // By user: below the positions.
  std::map<std::uint64_t, std::int64_t> answered_;  // By token, likewise.
  WalkedInput walked_;
  std::vector<Person> users_;
  std::map<PaymentName, Whereabouts> payments_;           // Those that are somewhere.
  std::map<std::uint64_t, std::int64_t> answers_coming_;  // By token.
  std::string trouble_;                                   // The first thing that should not be there at all.
};

}  // namespace holdfast::payment
