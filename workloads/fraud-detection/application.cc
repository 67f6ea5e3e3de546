#include "workloads/fraud-detection/application.h"

#include <thread>

#include "core/model/application_builder.h"
#include "workloads/fraud-detection/functions.h"

namespace holdfast::fraud_detection {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMostAmount = 1000;

// Short enough to stay inside the string object.
std::string Numbered(std::string_view prefix, std::uint64_t number) {
  const fmt::format_int digits(number);
  return std::string(prefix).append(digits.data(), digits.size());
}

Status CheckOptions(const FraudOptions& options) {
  const auto wrong = [](const std::string& why) {
    return MakeError(ErrorCode::kInvalidArgument, "fraud-detection: {}", why);
  };
  if (options.accounts == 0) return wrong("accounts must be at least 1");
  if (options.merchants == 0) return wrong("merchants must be at least 1");
  if (options.transaction_partitions == 0) return wrong("partitions must be at least 1");
  if (options.confirmation_partitions == 0) return wrong("confirmation-partitions must be at least 1");
  if (options.confirmation_partitions > options.accounts) {
    return wrong(fmt::format("{} accounts cannot fill {} confirmation-partitions; use at most {}", options.accounts,
                             options.confirmation_partitions, options.accounts));
  }
  if (!(options.skew.theta >= 0)) return wrong("the skew must not be negative");
  if (options.window < 1ms || options.score_ttl < 1ms) return wrong("window and score-ttl must be at least 1ms");
  if (options.failing_calls >= 100) return wrong("failing-calls must be below 100");
  return {};
}

}  // namespace

Result<std::shared_ptr<const Application>> FraudApplication(const FraudOptions& options, std::uint64_t seed) {
  HOLDFAST_TRY(CheckOptions(options));
  ApplicationBuilder app("fraud-detection", options.max_parallelism);
  app.Add<TransactionManager>(
      [threshold = options.threshold] { return std::make_unique<TransactionManager>(threshold); });
  app.Add<FraudCounter>([window = options.window] { return std::make_unique<FraudCounter>(window); });
  app.Add<Merchant>([ttl = options.score_ttl] { return std::make_unique<Merchant>(ttl); });
  app.Add<Model>([seed] { return std::make_unique<Model>(seed); });
  app.AddIngress<TransactionManager, Transaction>(std::string(kTransactions));
  app.AddIngress<FraudCounter, Confirmation>(std::string(kConfirmed));
  app.AddEgress(kDecisions);
  app.AddEgress(kAlerts);
  app.AddEgress(kCounts);
  app.AddEgress(kCalls);
  app.AddAsync<ScoreService>([seed, fails = options.failing_calls, time = options.call_time](const ScoreCall& call) {
    if (time > 0ns) std::this_thread::sleep_for(time);
    return AskService(seed, fails, call);
  });
  return std::move(app).Build();
}

FraudInput::FraudInput(std::uint64_t seed, const FraudOptions& options, const Application& application)
    : seed_(seed),
      options_(options),
      total_(static_cast<std::uint16_t>(options.transaction_partitions + options.confirmation_partitions)),
      transactions_(application.FindIngress(kTransactions).value()),
      confirmed_(application.FindIngress(kConfirmed).value()),
      accounts_(options.accounts, options.skew),
      merchants_(options.merchants, options.skew) {
  CheckOptions(options).OrDie();
  const std::uint64_t apart = options.confirmation_partitions;
  for (std::uint64_t p = 0; p < apart; ++p) {
    confirmations_.emplace_back((options.accounts - p + apart - 1) / apart, options.skew);
  }
  Random random(seed);
  for (std::uint32_t i = 0; i < 2 * options.padding_bytes; ++i) {
    ballast_.push_back(static_cast<char>('a' + random.Below(26)));
  }
}

std::uint64_t FraudInput::Draw(PartitionId partition, std::uint64_t offset) const {
  return Mix64(Mix64(seed_) ^ Mix64(std::uint64_t{partition.value} << 48 ^ offset));
}

FraudInput::Facts FraudInput::TransactionAt(PartitionId partition, std::uint64_t offset) const {
  Random random(Draw(partition, offset));
  Facts facts{};
  facts.account = accounts_.Choose(random);
  facts.merchant = merchants_.Choose(random);
  facts.amount = 1 + static_cast<std::int64_t>(random.Below(kMostAmount));
  return facts;
}

std::string_view FraudInput::NoteAt(PartitionId partition, std::uint64_t offset) const {
  if (ballast_.empty()) return {};
  return std::string_view(ballast_).substr(Draw(partition, offset) % options_.padding_bytes, options_.padding_bytes);
}

std::uint64_t FraudInput::ConfirmedAt(PartitionId partition, std::uint64_t offset) const {
  const std::uint64_t place = partition.value - options_.transaction_partitions;
  Random random(Draw(partition, offset));
  return confirmations_[place].Choose(random) * options_.confirmation_partitions + place;
}

std::string FraudInput::TransactionId(PartitionId partition, std::uint64_t offset) {
  return fmt::format("transaction-{}-{}", partition, offset);
}
std::string FraudInput::AccountId(std::uint64_t account) { return Numbered("account-", account); }
std::string FraudInput::MerchantId(std::uint64_t merchant) { return Numbered("merchant-", merchant); }

void FraudInput::Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const {
  HOLDFAST_CHECK(partition.value < total_, "partition {} of {}", partition, total_);
  record.value.clear();
  const Place place{partition.value, offset};
  if (!HoldsTransactions(partition)) {
    record.ingress = confirmed_;
    record.key = AccountId(ConfirmedAt(partition, offset));
    return Codec<Confirmation>::Encode({place}, record.value);
  }
  const auto facts = TransactionAt(partition, offset);
  record.ingress = transactions_;
  record.key = TransactionId(partition, offset);
  const auto account = AccountId(facts.account);
  const auto merchant = MerchantId(facts.merchant);
  Codec<Transaction>::Encode({place, account, merchant, facts.amount, NoteAt(partition, offset)}, record.value);
}

}  // namespace holdfast::fraud_detection
