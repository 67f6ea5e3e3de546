// The joint check: the state a run ends with must be the one its outputs came from.
#include "workloads/oracles/state_reader.h"
#include "workloads/payment/oracle.h"

namespace holdfast::payment {
namespace {

// A run at rest waits no more for what is due so long after the latest time seen, in milliseconds.
constexpr std::int64_t kFar = 10'000;

}  // namespace

void PaymentOracle::CheckState(const ForEachAddress& for_each) {
  const auto& functions = application_->functions();
  const auto& user_spec = functions[application_->FindFunction(kUser).value().value];
  const auto& payment_spec = functions[application_->FindFunction(kPayment).value().value];
  const auto wrong = [this](std::string_view id, std::string_view why) {
    Blame(Damage::kWrongState, [&] { return fmt::format("'{}': {}", id, why); });
  };
  const auto far = [this](std::int64_t due) { return !clocks_disagree_ && due > latest_ + kFar; };
  std::vector<bool> found(users_.size());
  const auto check_user = [&](std::string_view id, std::string_view record) {
    const auto number = NumberInId(id, "user-");
    if (!number || *number >= users_.size()) return wrong(id, "there is no such user");
    if (found[*number]) wrong(id, "its state was found twice");
    found[*number] = true;
    const auto& due = users_[*number];
    const bool same = ReadState<Account>(user_spec, record, "account").value_or(Account()) == due.account &&
                      ReadState<Witness>(user_spec, record, "witness").value_or(Witness()) == due.witness;
    if (!same) wrong(id, fmt::format("its state is not the one of its last output, version {}", due.witness.version));
    if (due.account.left > 0 && !far(due.account.due)) wrong(id, "it was due to be billed, and still waits");
  };
  const auto check_payment = [&](std::string_view id, std::string_view record) {
    const auto order = ReadState<Order>(payment_spec, record, "order");
    if (!order || id != PaymentId(order->payment)) {
      return wrong(id, "its state is none of a payment of this name");
    }
    const auto place = payments_.find(order->payment);
    if (place != payments_.end() && order->attempt > 0 && !order->asked) {
      const auto before = place->second.attempts.find(order->attempt - 1);
      if (before != place->second.attempts.end() && before->second.step.first && far(before->second.step.first->retry))
        return;
    }
    wrong(id, "state, where none should be left");
  };
  for_each([&](std::string_view function, std::string_view id, std::string_view record) {
    if (function == kUser) return check_user(id, record);
    check_payment(id, record);
  });
  for (std::uint64_t u = 0; u < users_.size(); ++u) {
    if (!found[u] && users_[u].witness.version > 0) wrong(UserId(u), "no state after its outputs");
  }
}

}  // namespace holdfast::payment
