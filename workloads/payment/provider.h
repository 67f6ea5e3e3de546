// The payment provider: an outside system, which knows nothing of the runtime. For each request it decides whether to
// charge, writes that down in its ledger, and answers later: once, or twice, and now and then it answers what nobody
// asked. What it decides is a function of the seed and the request; an idempotent provider recognises a request that it
// has seen, any other charges again whoever asks again.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "workloads/oracles/participant.h"
#include "workloads/payment/application.h"

namespace holdfast::payment {

class Provider final : public Participant {
 public:
  // The answers of a user's payments go into one partition, so they keep their order.
  Provider(std::uint64_t seed, const PaymentInput& input);

  void Take(const EgressRecord& output, SteadyTime now) override;
  std::optional<SteadyTime> NextWake() const override;
  void Act(SteadyTime now, const Append& append) override;
  std::size_t entries() const override { return ledger_.size(); }
  std::string_view Entry(std::size_t place) const override { return ledger_[place]; }
  void Recall(std::string_view entry, SteadyTime now) override;

 private:
  struct Planned {
    std::uint64_t user;  // Whose partition it goes into.
    std::string key;
    std::string value;
  };
  using Name = std::tuple<PaymentName, std::uint32_t, std::uint64_t>;

  // What it draws of a request, it draws of an entry, too.
  std::uint64_t Draw(const LedgerEntry& of, std::uint64_t what) const;
  bool Chance(const LedgerEntry& of, std::uint64_t what, std::uint32_t percent) const;
  // Later than `now` by what this answer takes; `what` tells the answers to a request apart.
  SteadyTime Later(SteadyTime now, const LedgerEntry& of, std::uint64_t what) const;
  void Plan(SteadyTime at, std::uint64_t number, const Answer& answer);
  Answer Unasked(const LedgerEntry& of) const;
  // Writes it down, and plans what is answered.
  void Book(const LedgerEntry& entry, SteadyTime now);

  const std::uint64_t seed_;
  const ProviderOptions options_;
  const PaymentInput input_;
  const EgressId requests_;
  const std::uint16_t answers_;
  std::deque<std::string> ledger_;
  std::set<Name> known_;  // Requests that were decided, if it recognises them.
  // By time and number, so that no two are at the same place.
  std::map<std::pair<SteadyTime, std::uint64_t>, Planned> planned_;
};

}  // namespace holdfast::payment
