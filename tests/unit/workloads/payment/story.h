// A village that pays, run plainly, with the provider, who sees output at once. See timed_run.h.
#pragma once

#include "tests/unit/workloads/timed_run.h"
#include "workloads/payment/functions.h"
#include "workloads/payment/oracle.h"
#include "workloads/payment/provider.h"

namespace holdfast::payment {

// Two partitions of changes, few users, a provider that does all it can do.
inline PaymentOptions Village() {
  PaymentOptions options;
  options.users = 5;
  options.cancellations = 20;
  options.change_partitions = 2;
  options.interval = std::chrono::milliseconds(10);
  options.intervals = 2;
  options.back_off = std::chrono::milliseconds(4);
  options.provider = {.refusals = 40,
                      .slow_answers = 10,
                      .second_answers = 30,
                      .unasked_answers = 30,
                      .answer_time = std::chrono::milliseconds(2),
                      .slow_time = std::chrono::milliseconds(20)};
  return options;
}

class Story : public TimedRun {
 public:
  explicit Story(const PaymentOptions& options, const Misdeeds& misdeeds = {}, std::uint64_t seed = 1)
      : Story(PaymentApplication(options).value(), options, misdeeds, seed) {}

  // Offers the next change of every partition so often; then waits until nothing is left to do, here and outside.
  void RunAll(std::uint64_t rounds) {
    TimedRun::RunAll(rounds);
    for (std::size_t i = 0; i < provider->entries(); ++i) booked.emplace_back(provider->Entry(i));
  }
  // What the oracle says of the outputs and the provider's ledger, and of `memory` if asked.
  Findings Judge(bool with_state = false) {
    PaymentOracle oracle(application, *changes, topic);
    for (const auto& entry : booked) oracle.Booked(entry);
    return PlainRun::Judge(oracle, topic->partitions(), with_state);
  }
  // Changes the first entry that `change` says it changed.
  template <class Change>
  void ChangeEntry(const Change& change) {
    for (auto& bytes : booked) {
      LedgerEntry entry;
      HOLDFAST_CHECK(Codec<LedgerEntry>::Decode(bytes, entry), "an entry");
      if (!change(entry)) continue;
      bytes.clear();
      return Codec<LedgerEntry>::Encode(entry, bytes);
    }
    HOLDFAST_CHECK(false, "none of {} entries was changed", booked.size());
  }
  void EraseOutput(std::string_view egress, std::size_t which) {
    outputs.erase(outputs.begin() + static_cast<std::ptrdiff_t>(On(egress).at(which)));
  }

  std::shared_ptr<const PaymentInput> changes;
  std::shared_ptr<ClosedLoopInput> topic;
  std::shared_ptr<Provider> provider;  // Shared by copies of the story, which only damage it.
  std::vector<std::string> booked;     // By the provider, once all is over.

 private:
  static constexpr std::int64_t kMilli = 1'000'000;

  Story(const std::shared_ptr<const Application>& app, const PaymentOptions& options, const Misdeeds& misdeeds,
        std::uint64_t seed)
      : TimedRun(app, std::make_shared<PaymentInput>(seed, options, *app), misdeeds),
        changes(std::static_pointer_cast<const PaymentInput>(input)),
        topic(std::make_shared<ClosedLoopInput>(changes, options.answer_partitions)),
        provider(std::make_shared<Provider>(seed, *changes)) {}

  void Show(const Output& output) override {
    const EgressRecord record{output.egress, {}, output.key, output.value};
    const bool request = output.egress == changes->requests();
    if (request && std::exchange(misdeeds_.lose_request, false)) return;
    provider->Take(record, {now * kMilli});
    if (request && std::exchange(misdeeds_.repeat_request, false)) provider->Take(record, {now * kMilli});
  }
  void ActOutside() override {
    provider->Act({now * kMilli}, [this](std::uint64_t, PartitionId partition, const InputRecord& answer) {
      topic->Append(partition, answer);
      ++positions[partition];
      Come(answer);
    });
  }
  std::optional<std::int64_t> NextOutside() const override {
    const auto answer = provider->NextWake();
    if (!answer) return std::nullopt;
    return (answer->nanos + kMilli - 1) / kMilli;
  }
  std::uint64_t OfferedIn(PartitionId partition) const override {
    return partition.value < changes->partitions() ? offered : topic->end(partition);
  }
};

}  // namespace holdfast::payment
