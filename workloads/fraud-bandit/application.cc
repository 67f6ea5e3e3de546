#include "workloads/fraud-bandit/application.h"

#include "core/base/hash.h"
#include "core/model/application_builder.h"
#include "workloads/fraud-bandit/functions.h"

namespace holdfast::fraud_bandit {
namespace {

constexpr std::uint64_t kMostAmount = 1000;

// Short enough to stay inside the string object.
std::string Numbered(std::string_view prefix, std::uint64_t number) {
  const fmt::format_int digits(number);
  return std::string(prefix).append(digits.data(), digits.size());
}

Status CheckOptions(const BanditOptions& options) {
  const std::pair<bool, std::string_view> demands[] = {
      {options.accounts > 0, "accounts must be at least 1"},
      {options.merchants > 0, "merchants must be at least 1"},
      {options.replicas > 0, "replicas must be at least 1"},
      {options.transaction_partitions > 0, "partitions must be at least 1"},
      {options.publication_partitions > 0, "model-partitions must be at least 1"},
      {options.skew.theta >= 0, "the skew must not be negative"},
      {options.frauds <= 100, "frauds must be at most 100"},
      {options.exploration <= 100, "exploration must be at most 100"},
  };
  for (const auto& [met, demand] : demands) {
    if (!met) return MakeError(ErrorCode::kInvalidArgument, "fraud-bandit: {}", demand);
  }
  if (options.publication_partitions <= kArms * options.replicas) return {};
  return MakeError(ErrorCode::kInvalidArgument,
                   "fraud-bandit: {} instances cannot fill {} model-partitions; use at most {}",
                   kArms * options.replicas, options.publication_partitions, kArms * options.replicas);
}

}  // namespace

Result<std::shared_ptr<const Application>> BanditApplication(const BanditOptions& options, std::uint64_t seed) {
  HOLDFAST_TRY(CheckOptions(options));
  const BanditRules rules{seed, options.exploration, options.replicas};
  ApplicationBuilder app("fraud-bandit", options.max_parallelism);
  app.Add<TransactionManager>(
      [threshold = options.threshold] { return std::make_unique<TransactionManager>(threshold); });
  app.Add<Account>();
  app.Add<Merchant>();
  app.Add<Classifier>([rules] { return std::make_unique<Classifier>(rules); });
  app.Add<Model>([seed] { return std::make_unique<Model>(seed); });
  app.AddIngress<TransactionManager, Transaction>(std::string(kTransactions));
  app.AddIngress<TransactionManager, Label>(std::string(kFeedback));
  app.AddIngress<Model, Publication>(std::string(kModels));
  app.AddEgress(kDecisions);
  app.AddEgress(kLessons);
  app.AddEgress(kRates);
  app.AddEgress(kSwaps);
  return std::move(app).Build();
}

BanditInput::BanditInput(std::uint64_t seed, const BanditOptions& options, const Application& application)
    : seed_(seed),
      options_(options),
      total_(static_cast<std::uint16_t>(2 * options.transaction_partitions + options.publication_partitions)),
      transactions_(application.FindIngress(kTransactions).value()),
      feedback_(application.FindIngress(kFeedback).value()),
      models_(application.FindIngress(kModels).value()),
      accounts_(options.accounts, options.skew),
      merchants_(options.merchants, options.skew) {
  CheckOptions(options).OrDie();
  Random random(seed);
  for (std::uint32_t i = 0; i < 2 * options.padding_bytes; ++i) {
    ballast_.push_back(static_cast<char>('a' + random.Below(26)));
  }
}

BanditInput::Stream BanditInput::StreamOf(PartitionId partition) const {
  if (partition.value < options_.transaction_partitions) return Stream::kBought;
  return partition.value < 2 * options_.transaction_partitions ? Stream::kLabelled : Stream::kReleased;
}

std::uint64_t BanditInput::Draw(const Place& place) const {
  return Mix64(Mix64(seed_) ^ Mix64(std::uint64_t{place.partition} << 48 ^ place.offset));
}

BanditInput::Facts BanditInput::TransactionAt(const Place& place) const {
  Random random(Draw(place));
  Facts facts{};
  facts.account = accounts_.Choose(random);
  facts.merchant = merchants_.Choose(random);
  facts.amount = 1 + static_cast<std::int64_t>(random.Below(kMostAmount));
  facts.fraud = fraud_detection::HashWords({seed_, place.partition, place.offset}) % 100 < options_.frauds;
  return facts;
}

std::string_view BanditInput::NoteAt(const Place& place) const {
  if (ballast_.empty()) return {};
  return std::string_view(ballast_).substr(Draw(place) % options_.padding_bytes, options_.padding_bytes);
}

BanditInput::Release BanditInput::PublicationAt(const Place& place) const {
  const std::uint64_t apart = options_.publication_partitions;
  const std::uint64_t first = place.partition - 2u * options_.transaction_partitions;
  const auto instances = (models() - first + apart - 1) / apart;
  return {first + apart * (place.offset % instances), static_cast<std::int64_t>(1 + place.offset / instances)};
}

std::uint64_t BanditInput::ModelOf(std::uint64_t account, std::uint32_t arm) const {
  return arm * options_.replicas + Hash64(AccountId(account)) % options_.replicas;
}

std::string BanditInput::TransactionId(const Place& place) {
  return fmt::format("transaction-{}-{}", place.partition, place.offset);
}
std::string BanditInput::AccountId(std::uint64_t account) { return Numbered("account-", account); }
std::string BanditInput::MerchantId(std::uint64_t merchant) { return Numbered("merchant-", merchant); }
std::string BanditInput::ModelId(std::uint64_t model) { return Numbered("model-", model); }

void BanditInput::Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const {
  HOLDFAST_CHECK(partition.value < total_, "partition {} of {}", partition, total_);
  record.value.clear();
  const auto stream = StreamOf(partition);
  if (stream == Stream::kReleased) {
    const Place place{partition.value, offset};
    const auto release = PublicationAt(place);
    record.ingress = models_;
    record.key = ModelId(release.model);
    return Codec<Publication>::Encode({place, release.version}, record.value);
  }
  const bool label = stream == Stream::kLabelled;
  const Place place{partition.value - (label ? options_.transaction_partitions : 0u), offset};
  const auto facts = TransactionAt(place);
  record.ingress = label ? feedback_ : transactions_;
  record.key = TransactionId(place);
  if (label) return Codec<Label>::Encode({place, facts.fraud}, record.value);
  const auto account = AccountId(facts.account);
  const auto merchant = MerchantId(facts.merchant);
  Codec<Transaction>::Encode({place, account, merchant, facts.amount, NoteAt(place)}, record.value);
}

}  // namespace holdfast::fraud_bandit
