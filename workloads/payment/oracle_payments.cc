// What became of each payment and of each answer, once all is seen.
#include "core/base/hash.h"
#include "workloads/payment/oracle.h"

namespace holdfast::payment {

void PaymentOracle::FinishPayments() {
  for (const auto& [payment, all] : payments_) Judge(payment, all);
}

void PaymentOracle::Judge(const PaymentName& payment, const Case& all) {
  if (!all.made) {
    // Nothing but answers, which nobody asked for, may be known of it.
    if (all.attempts.empty() && !all.settled) return;
    return Blame(Damage::kPhantom, [&] { return PaymentId(payment) + " was never made, and outputs tell of it"; });
  }
  for (const auto& [number, attempt] : all.attempts) {
    if (auto* reply = ReplyTo(all, number, attempt)) reply->awaited = true;
    if (attempt.entries <= 1) continue;
    Blame(Damage::kDuplicate, [&, number = number, entries = attempt.entries] {
      return fmt::format("{}, attempt {}, has {} entries in the ledger", PaymentId(payment), number, entries);
    });
  }
  CheckMoney(payment, all, Follow(payment, all));
}

PaymentOracle::Reply* PaymentOracle::ReplyTo(const Case& all, std::uint32_t number, const Attempt& attempt) {
  for (const auto at : all.answers) {
    auto& reply = answers_.at(at);
    const auto& request = attempt.request.first;
    const auto& step = attempt.step.first;
    const bool fits = request ? reply.answer.token == request->token : step && step->answer == at;
    if (reply.answer.attempt == number && fits) return &reply;
  }
  return nullptr;
}

// From attempt to attempt, as far as answers go.
PaymentOracle::End PaymentOracle::Follow(const PaymentName& payment, const Case& all) {
  std::int64_t due = 0;
  for (std::uint32_t number = 0;; ++number) {
    const auto place = all.attempts.find(number);
    if (place == all.attempts.end() || !place->second.request.first) {
      if (number > 0 && !Overdue(due)) return {};
      Miss([&] { return fmt::format("{} was never asked for, attempt {}", PaymentId(payment), number); });
      return {};
    }
    const auto& [request, step, entries, refused] = place->second;
    CheckRequest(payment, all, *request.first);
    if (request.first->due != due || (request.first->at < due && !clocks_disagree_)) {
      Blame(Damage::kContradictory, [&] {
        return fmt::format("{}, attempt {}: it was asked for at {} as if due at {}, and was due at {}",
                           PaymentId(payment), number, request.first->at, request.first->due, due);
      });
    }
    const auto* end = StepOf(payment, all, number, place->second);
    if (end == nullptr) return {};
    const auto verdict = static_cast<Verdict>(end->verdict);
    if (verdict == Verdict::kRefused) {
      due = end->retry;
      continue;
    }
    if (all.attempts.upper_bound(number) != all.attempts.end()) {
      Blame(Damage::kContradictory,
            [&] { return fmt::format("{} was over after attempt {}, and went on", PaymentId(payment), number); });
    }
    return {true, verdict == Verdict::kPaid};
  }
}

void PaymentOracle::CheckRequest(const PaymentName& payment, const Case& all, const Request& request) {
  const std::uint64_t words[] = {all.secret, request.attempt};
  const auto token = Hash64({reinterpret_cast<const char*>(words), sizeof words});
  if (request.amount == all.amount && request.token == token) return;
  Blame(Damage::kContradictory, [&] {
    return fmt::format("{}, attempt {}: {} was asked for with token {:016x}, and due was {} with {:016x}",
                       PaymentId(payment), request.attempt, request.amount, request.token, all.amount, token);
  });
}

const Step* PaymentOracle::StepOf(const PaymentName& payment, const Case& all, std::uint32_t number,
                                  const Attempt& attempt) {
  const auto name = [&] { return fmt::format("{}, attempt {}", PaymentId(payment), number); };
  const auto missing = [&](std::string_view what) {
    Blame(Damage::kMissing, [&] { return fmt::format("{}: {}", name(), what); });
    return nullptr;
  };
  const auto* reply = ReplyTo(all, number, attempt);
  expected_ += attempt.entries == 0 || reply == nullptr;
  if (attempt.entries == 0) return missing("the request never reached the provider's ledger");
  if (reply == nullptr) return missing("the provider never answered");
  if (reply->answer.charged == attempt.refused) {
    Blame(Damage::kContradictory, [&] {
      return fmt::format("{}: answer {} says that it was {}, and the ledger says otherwise", name(),
                         reply->answer.number, attempt.refused ? "charged" : "refused");
    });
  }
  if (!attempt.step.first) return missing(fmt::format("answer {} was never heeded", reply->answer.number));
  const auto& step = *attempt.step.first;
  const auto& options = input_.options();
  const bool last = number + 1 == options.attempts;
  const auto verdict = reply->answer.charged ? Verdict::kPaid : last ? Verdict::kGivenUp : Verdict::kRefused;
  const auto retry = verdict == Verdict::kRefused ? step.at + (options.back_off.count() << std::min(number, 20u)) : 0;
  if (step.answer != reply->answer.number || static_cast<Verdict>(step.verdict) != verdict || step.retry != retry) {
    Blame(Damage::kContradictory, [&] {
      return fmt::format("{}: it ended by answer {} with verdict {} and a retry at {}, due was answer {} with {} at {}",
                         name(), step.answer, step.verdict, step.retry, reply->answer.number,
                         static_cast<unsigned>(verdict), retry);
    });
  }
  return &step;
}

void PaymentOracle::CheckMoney(const PaymentName& payment, const Case& all, End end) {
  if (all.charges > 1) {
    Blame(Damage::kDuplicate,
          [&] { return fmt::format("{} was charged {} times, says the ledger", PaymentId(payment), all.charges); });
  } else if (all.charges == 1 && all.charged != all.amount) {
    Blame(Damage::kContradictory, [&] {
      return fmt::format("{} was charged {}, says the ledger, and the bill was {}", PaymentId(payment), all.charged,
                         all.amount);
    });
  }
  if (!end.over) return;
  if (end.paid != (all.charges > 0)) {
    Blame(Damage::kContradictory, [&] {
      return fmt::format("{} was {}, and charged {} times, says the ledger", PaymentId(payment),
                         end.paid ? "paid" : "given up", all.charges);
    });
  }
  if (!all.settled) {
    return Miss([&] { return PaymentId(payment) + ": the user never learned what became of it"; });
  }
  if (*all.settled == end.paid) return;
  Blame(Damage::kContradictory, [&] {
    return fmt::format("{} was {}, and its user thinks otherwise", PaymentId(payment), end.paid ? "paid" : "given up");
  });
}

// After all payments were judged: which answers were waited for is known.
void PaymentOracle::FinishAnswers() {
  for (const auto& [number, reply] : answers_) {
    const auto name = [&, number = number] {
      return fmt::format("answer {} to {}", number, PaymentId(reply.answer.payment));
    };
    const auto& stray = reply.stray.first;
    const bool fits =
        stray && reply.given && stray->payment == reply.answer.payment && stray->attempt == reply.answer.attempt;
    if (stray && (reply.awaited || !fits)) {
      Blame(reply.awaited ? Damage::kContradictory : Damage::kPhantom, [&] {
        return name() + (reply.awaited ? " was waited for, and reported as if it were not"
                                       : " was never given like this, and is reported");
      });
    }
    if (!stray && !reply.awaited)
      Blame(Damage::kMissing, [&] { return name() + ": nobody waited for it, and it was not reported"; });
  }
}

}  // namespace holdfast::payment
