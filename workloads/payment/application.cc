#include "workloads/payment/application.h"

#include "core/model/application_builder.h"
#include "workloads/payment/functions.h"

namespace holdfast::payment {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kHighestPrice = 1000;

Status CheckOptions(const PaymentOptions& options) {
  const auto wrong = [](const std::string& why) { return MakeError(ErrorCode::kInvalidArgument, "payment: {}", why); };
  if (options.users == 0) return wrong("users must be at least 1");
  if (options.change_partitions == 0) return wrong("partitions must be at least 1");
  if (options.answer_partitions == 0) return wrong("answer-partitions must be at least 1");
  if (options.change_partitions > options.users) {
    return wrong(fmt::format("{} users cannot fill {} partitions; use at most {}", options.users,
                             options.change_partitions, options.users));
  }
  if (!(options.skew.theta >= 0)) return wrong("the skew must not be negative");
  if (options.interval < 1ms || options.back_off < 1ms) return wrong("interval and back-off must be at least 1ms");
  if (options.intervals == 0) return wrong("intervals must be at least 1");
  if (options.attempts == 0) return wrong("attempts must be at least 1");
  return {};
}

}  // namespace

Result<std::shared_ptr<const Application>> PaymentApplication(const PaymentOptions& options) {
  HOLDFAST_TRY(CheckOptions(options));
  ApplicationBuilder app("payment", options.max_parallelism);
  app.Add<User>([terms = User::Terms{options.interval, options.intervals}] { return std::make_unique<User>(terms); });
  app.Add<Payment>([patience = Payment::Patience{options.attempts, options.back_off}] {
    return std::make_unique<Payment>(patience);
  });
  app.AddIngress<User, UserChange>(std::string(kUserChanges));
  app.AddIngress<Payment, Answer>(std::string(kAnswers));
  app.AddEgress(kRequests);
  app.AddEgress(kUsers);
  app.AddEgress(kSteps);
  app.AddEgress(kStrays);
  return std::move(app).Build();
}

PaymentInput::PaymentInput(std::uint64_t seed, const PaymentOptions& options, const Application& application)
    : seed_(seed),
      options_(options),
      changes_(application.FindIngress(kUserChanges).value()),
      answers_(application.FindIngress(kAnswers).value()),
      requests_(application.FindEgress(kRequests.name).value()) {
  CheckOptions(options).OrDie();
  const std::uint64_t apart = options.change_partitions;
  for (std::uint64_t p = 0; p < apart; ++p) users_.emplace_back((options.users - p + apart - 1) / apart, options.skew);
}

PaymentInput::Facts PaymentInput::ChangeAt(PartitionId partition, std::uint64_t offset) const {
  Random random(Mix64(Mix64(seed_) ^ Mix64(std::uint64_t{partition.value} << 48 ^ offset)));
  Facts facts{};
  facts.user = users_[partition.value].Choose(random) * options_.change_partitions + partition.value;
  facts.gone = random.Below(100) < options_.cancellations;
  if (!facts.gone) facts.price = 1 + static_cast<std::int64_t>(random.Below(kHighestPrice));
  return facts;
}

void PaymentInput::Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const {
  HOLDFAST_CHECK(partition.value < partitions(), "partition {} of {}", partition, partitions());
  const auto facts = ChangeAt(partition, offset);
  record.ingress = changes_;
  record.key = UserId(facts.user);
  record.value.clear();
  Codec<UserChange>::Encode({{partition.value, offset}, facts.gone, facts.price}, record.value);
}

}  // namespace holdfast::payment
