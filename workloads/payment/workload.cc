#include "workloads/payment/workload.h"

#include "workloads/payment/auditor.h"
#include "workloads/payment/oracle.h"
#include "workloads/payment/provider.h"

namespace holdfast::payment {
namespace {

using namespace std::chrono_literals;

std::optional<UserUnit> UnitOf(const EgressRecord& output, EgressId users) {
  UserUnit unit;
  if (output.egress != users || !Codec<UserUnit>::Decode(output.value, unit)) return std::nullopt;
  return unit;
}

bool IsChange(const UserUnit& unit) {
  const auto deed = static_cast<Deed>(unit.deed);
  return deed == Deed::kChanged || deed == Deed::kGone;
}

// The change that was made. What triggers and answers lead to answers nothing that was offered.
std::optional<Cause> CauseOf(const EgressRecord& output, EgressId users) {
  const auto unit = UnitOf(output, users);
  if (!unit || !IsChange(*unit)) return std::nullopt;
  return Cause{PartitionId(static_cast<std::uint16_t>(unit->first)), unit->second};
}

// Every unit of a user appends itself to the list of that user.
std::vector<ListObservation> Observe(const EgressRecord& output, EgressId users, std::uint16_t partitions) {
  const auto unit = UnitOf(output, users);
  if (!unit) return {};
  const auto number = IsChange(*unit) ? unit->second * partitions + unit->first + 1 : unit->first + 1;
  return {
      {fmt::format("user-{}", unit->user), static_cast<std::int64_t>(number << 3 | unit->deed), unit->witness.version}};
}

std::chrono::milliseconds Millis(const OptionValues& values, std::string_view key) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(values.GetDuration(key));
}

OptionSet Options() {
  return OptionSet({
      IntOption("users", 10'000, "Number of users.").Between(1, 1'000'000'000).InSimulation({3, 10, 50}),
      EnumOption("skew", "uniform", {"uniform", "zipf"}, "How changes spread over the users.")
          .InSimulation({"uniform", "zipf"}),
      DoubleOption("zipf-theta", 0.99, "Exponent of the zipf skew; larger is more skewed.").Between(0.01, 10),
      IntOption("cancellations", 10, "Percentage of changes by which a user is gone.")
          .Between(0, 100)
          .InSimulation({0, 20, 40}),
      IntOption("partitions", 4, "Ingress partitions with changes; a user changes through one of them.")
          .Between(1, 1024)
          .InSimulation({1, 3}),
      IntOption("answer-partitions", 1, "Ingress partitions with the provider's answers.")
          .Between(1, 1024)
          .InSimulation({1, 2}),
      DurationOption("interval", 720h, "Time between two bills of a user, in application time.")
          .Between(1ms, 87'600h)
          .InSimulation({2ms, 10ms, 40ms}),
      IntOption("intervals", 12, "Intervals that a change is good for; then nothing is billed until the next.")
          .Between(1, 1'000'000)
          .InSimulation({1, 3}),
      IntOption("attempts", 3, "How often a user is asked to pay before it is let off.")
          .Between(1, 100)
          .InSimulation({1, 2, 3}),
      DurationOption("back-off", 1h, "Wait after the first refusal, in application time; doubled after each other.")
          .Between(1ms, 87'600h)
          .InSimulation({1ms, 5ms}),
      EnumOption("provider", "plain", {"plain", "idempotent"},
                 "Whether the provider recognises a request that comes again, or charges again.")
          .InSimulation({"plain", "idempotent"}),
      IntOption("refusals", 10, "Percentage of requests that the provider refuses.")
          .Between(0, 100)
          .InSimulation({0, 40}),
      DurationOption("answer-time", 5ms, "How long the provider takes to answer, on average.")
          .Between(0ms, 1h)
          .InSimulation({0ms, 1ms, 5ms}),
      IntOption("slow-answers", 0, "Percentage of answers that are slow.").Between(0, 100).InSimulation({0, 20}),
      DurationOption("slow-time", 500ms, "How long these take, on average.")
          .Between(0ms, 24h)
          .InSimulation({10ms, 50ms}),
      IntOption("second-answers", 0, "Percentage of requests that are answered twice.")
          .Between(0, 100)
          .InSimulation({0, 30}),
      IntOption("unasked-answers", 0, "Percentage of requests upon which the provider also answers what nobody asked.")
          .Between(0, 100)
          .InSimulation({0, 30}),
  });
}

ProviderOptions ReadProviderOptions(const OptionValues& values) {
  const auto percent = [&](std::string_view key) { return static_cast<std::uint32_t>(values.GetInt(key)); };
  return {.idempotent = values.GetText("provider") == "idempotent",
          .refusals = percent("refusals"),
          .slow_answers = percent("slow-answers"),
          .second_answers = percent("second-answers"),
          .unasked_answers = percent("unasked-answers"),
          .answer_time = values.GetDuration("answer-time"),
          .slow_time = values.GetDuration("slow-time")};
}

}  // namespace

Descriptor PaymentDescriptor() {
  return {.kind = PartKind::kWorkload,
          .name = "payment",
          .sentence = "Bills users at the end of each interval, through a provider outside that may misbehave.",
          .options = Options(),
          .capabilities = {"answered-from-outside"}};
}

PaymentOptions ReadPaymentOptions(const OptionValues& values) {
  PaymentOptions options;
  options.users = static_cast<std::uint64_t>(values.GetInt("users"));
  options.skew.theta = values.GetText("skew") == "zipf" ? values.GetDouble("zipf-theta") : 0;
  options.cancellations = static_cast<std::uint32_t>(values.GetInt("cancellations"));
  options.change_partitions = static_cast<std::uint16_t>(values.GetInt("partitions"));
  options.answer_partitions = static_cast<std::uint16_t>(values.GetInt("answer-partitions"));
  options.interval = Millis(values, "interval");
  options.intervals = static_cast<std::uint64_t>(values.GetInt("intervals"));
  options.attempts = static_cast<std::uint32_t>(values.GetInt("attempts"));
  options.back_off = Millis(values, "back-off");
  options.provider = ReadProviderOptions(values);
  return options;
}

void RegisterPayment(WorkloadRegistry& workloads) {
  workloads.Add(PaymentDescriptor(), [](const OptionValues& values, std::uint64_t seed) -> Result<Workload> {
    const auto options = ReadPaymentOptions(values);
    HOLDFAST_ASSIGN(const auto application, PaymentApplication(options));
    const auto changes = std::make_shared<PaymentInput>(seed, options, *application);
    const auto loop = std::make_shared<ClosedLoopInput>(changes, options.answer_partitions);
    const auto users = application->FindEgress(kUsers.name).value();
    return Workload{
        .application = application,
        .input = loop,
        .make_oracle = [application, changes, loop]() -> std::unique_ptr<Oracle> {
          return std::make_unique<PaymentOracle>(application, *changes, loop);
        },
        .make_auditor = [application, changes, loop]() -> std::unique_ptr<LineAuditor> {
          return std::make_unique<PaymentAuditor>(application, *changes, loop);
        },
        .loop = loop,
        .make_participant = [seed, changes]() -> std::unique_ptr<Participant> {
          return std::make_unique<Provider>(seed, *changes);
        },
        .cause = [users](const EgressRecord& output) { return CauseOf(output, users); },
        .observe = [users, partitions = changes->partitions()](
                       const EgressRecord& output) { return Observe(output, users, partitions); },
    };
  });
}

}  // namespace holdfast::payment
