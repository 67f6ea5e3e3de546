// Billing as in the Stateful Functions talks. A user follows the changes of its row and lets itself be woken at the end
// of each billing interval; a payment per interval asks the provider, tries again after a refusal, tells its user what
// became of it, and leaves nothing. Answers that nobody waits for are reported.
#pragma once

#include <chrono>

#include "core/model/function.h"
#include "workloads/payment/messages.h"

namespace holdfast::payment {

class User : public Function<User> {
 public:
  static constexpr std::string_view kName = kUser;
  using Handles = Messages<UserChange, IntervalEnd, Settlement>;
  Value<Account> account{*this, "account"};
  Value<Witness> witness{*this, "witness"};

  struct Terms {
    std::chrono::milliseconds interval;
    std::uint64_t intervals;  // That a change is good for.
  };
  explicit User(Terms terms) : terms_(terms) {}

  void On(Context& ctx, const UserChange& change);
  void On(Context& ctx, const IntervalEnd& end);
  void On(Context& ctx, const Settlement& settlement);

 private:
  struct Unit {
    Deed deed;
    std::uint64_t first;
    std::uint64_t second;
  };
  Witness Link(Context& ctx, const Unit& unit);
  // Keeps the account, and tells of the unit.
  void Tell(Context& ctx, const Unit& unit, const Account& now, const Witness& link);
  // The next trigger, at once if its time has passed.
  void Schedule(Context& ctx, Account& now, std::int64_t due, const Witness& link);

  const Terms terms_;
};

class Payment : public Function<Payment> {
 public:
  static constexpr std::string_view kName = kPayment;
  using Handles = Messages<Due, Retry, Answer>;
  Value<Order> order{*this, "order"};

  struct Patience {
    std::uint32_t attempts;
    std::chrono::milliseconds back_off;  // After the first refusal; doubled after each other.
  };
  explicit Payment(Patience patience) : patience_(patience) {}

  Status On(Context& ctx, const Due& due);
  Status On(Context& ctx, const Retry& retry);
  void On(Context& ctx, const Answer& answer);

 private:
  void Ask(Context& ctx, const Order& present, std::int64_t due);
  void WaitAfter(Context& ctx, Order present, const Answer& refusal);
  void Tell(Context& ctx, const Answer& answer, Verdict verdict, std::int64_t retry);

  const Patience patience_;
};

}  // namespace holdfast::payment
