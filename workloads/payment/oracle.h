// The oracle of payment. From the input it knows which changes there are, from the topic of answers what the provider
// said, and from the provider's ledger what it did. It demands
//
//   - that the units of each user are told of once, in order, as one gapless chain of witnesses, each with the account
//     that follows from the one before: every change once and in the order offered, every trigger once and never early,
//     a payment for each interval that ended, each payment settled once;
//   - that each payment was asked for once per attempt, also by the ledger, again only after a refusal and not before
//     its time, and ended as the last answer says, which says what the ledger says;
//   - that each answer which a payment waited for moved it on, and every other one was reported, once;
//   - that the ledger holds one charge for each payment made good, of its amount, and none for any other: nobody
//   charged
//     twice, nobody forgotten;
//   - that what the provider took is what the users have paid.
//
// What must have happened depends on how long the run was: whatever was due well before the latest time that any output
// shows, and at rest (CheckState) all but what is due long after it.
//
// It shares the messages and the input with the system, and no code with the functions or the provider. Its memory
// grows with users, cancellations, payments and answers.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "workloads/oracles/oracle.h"
#include "workloads/oracles/outstanding.h"
#include "workloads/oracles/seen_marks.h"
#include "workloads/payment/application.h"

namespace holdfast::payment {

class PaymentOracle final : public Oracle {
 public:
  // `application` gives the numbers of egresses and states, `topic` holds the answers.
  PaymentOracle(std::shared_ptr<const Application> application, PaymentInput input,
                std::shared_ptr<const ClosedLoopInput> topic);

  void Offered(PartitionId partition, std::uint64_t end) override;
  void See(const EgressRecord& record) override;
  void Disturbed() override {}
  void ClocksDisagree() override { clocks_disagree_ = true; }
  void Booked(std::string_view entry) override;
  void Finish() override;
  // Demands that payments left nothing, but for those that wait for a later attempt, that users hold what their chains
  // say, and that no trigger is over-due.
  void CheckState(const ForEachAddress& for_each) override;

  Ledger ledger() const override;
  const Findings& findings() const override { return findings_; }

 private:
  struct Partition {
    Outstanding<char> changes;  // Not seen yet.
    SeenMarks marks;
  };
  struct Person {
    Account account;
    Witness witness;
    std::uint64_t next = 0;  // One past the offset of the latest change.
    // Triggers, by number and time; if it had left before, each may still come, once.
    std::set<std::pair<std::uint64_t, std::int64_t>> called_off{};
  };
  // The first of what is to be seen once, with the hash of its bytes, by which to know it again.
  template <class M>
  struct Once {
    std::optional<M> first;
    std::uint64_t print = 0;
  };
  struct Attempt {
    Once<Request> request;
    Once<Step> step;
    std::uint64_t entries = 0;  // In the ledger,
    bool refused = false;       // and what they say.
  };
  // All that is known of one payment.
  struct Case {
    bool made = false;
    std::int64_t amount = 0;
    std::uint64_t secret = 0;  // The chain of the unit that made it.
    std::map<std::uint32_t, Attempt> attempts{};
    std::vector<std::uint64_t> answers{};  // In the order of the topic.
    std::uint64_t charges = 0;
    std::int64_t charged = 0;
    std::optional<bool> settled{};  // Paid, or waived.
  };
  struct Reply {
    bool given = false;
    Answer answer;
    bool awaited = false;
    Once<Stray> stray;
  };
  // What a payment has come to, when all is seen.
  struct End {
    bool over = false;
    bool paid = false;
  };

  // oracle.cc: every record once, and none too many.
  void SeeUser(const EgressRecord& record);
  void SeeRequest(const EgressRecord& record);
  void SeeStep(const EgressRecord& record);
  void SeeStray(const EgressRecord& record);
  void SeeOther(const EgressRecord& record);
  template <class M>
  bool IsFirst(Once<M>& once, const M& content, const std::string& name, const EgressRecord& record);
  void CheckKey(const EgressRecord& record, const PaymentName& payment);

  // oracle_users.cc: the chains, and the account that each unit must have left.
  bool IsNews(const UserUnit& unit, const EgressRecord& record);
  void ReplayUnit(const UserUnit& unit);
  Account After(Person& person, const UserUnit& unit);
  void Change(Person& person, const UserUnit& unit, Account& account);
  void Trigger(Person& person, const UserUnit& unit, Account& account);
  void Settle(const UserUnit& unit, Account& account);
  void FinishUsers();

  // oracle_payments.cc: what became of each payment.
  void FinishPayments();
  void FinishAnswers();
  void Judge(const PaymentName& payment, const Case& all);
  // The answer that an attempt waited for: the first with its token. Null if there is none.
  Reply* ReplyTo(const Case& all, std::uint32_t number, const Attempt& attempt);
  End Follow(const PaymentName& payment, const Case& all);
  // The step by which an attempt ended; null, and a finding, if there is none.
  const Step* StepOf(const PaymentName& payment, const Case& all, std::uint32_t number, const Attempt& attempt);
  void CheckRequest(const PaymentName& payment, const Case& all, const Request& request);
  void CheckMoney(const PaymentName& payment, const Case& all, End end);

  template <class MakeSentence>
  void Blame(Damage damage, const MakeSentence& make_sentence) {
    findings_.Add(damage, make_sentence);
  }
  // Something that was never seen, and that nobody could know of beforehand.
  template <class MakeSentence>
  void Miss(const MakeSentence& make_sentence) {
    ++expected_;
    findings_.Add(Damage::kMissing, make_sentence);
  }
  // It was due so long ago that it must have been seen.
  bool Overdue(std::int64_t due) const;

  const std::shared_ptr<const Application> application_;
  const PaymentInput input_;
  const std::shared_ptr<const ClosedLoopInput> topic_;
  const EgressId users_egress_;
  const EgressId steps_;
  const EgressId strays_;
  std::vector<Partition> partitions_;
  std::vector<std::uint64_t> answers_read_;  // By partition of answers.
  std::vector<Person> users_;
  std::map<PaymentName, Case> payments_;
  std::map<std::uint64_t, Reply> answers_;  // By number.
  std::int64_t taken_ = 0;                  // By the provider.
  bool clocks_disagree_ = false;
  std::int64_t latest_ = 0;  // The latest application time seen.
  std::uint64_t expected_ = 0;
  std::uint64_t seen_ = 0;
  Findings findings_;
};

}  // namespace holdfast::payment
