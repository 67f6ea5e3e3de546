#include "workloads/fraud-detection/workload.h"

#include "workloads/fraud-detection/auditor.h"
#include "workloads/fraud-detection/oracle.h"

namespace holdfast::fraud_detection {
namespace {

using namespace std::chrono_literals;

struct Egresses {
  EgressId decisions;
  EgressId alerts;
  EgressId counts;
  EgressId calls;
};

Cause CauseAt(const Place& place) { return {PartitionId(static_cast<std::uint16_t>(place.partition)), place.offset}; }

// The transaction that was decided, or the confirmation that was counted. Expiries and calls answer nothing.
std::optional<Cause> CauseOf(const EgressRecord& output, const Egresses& egresses) {
  Decision decision;
  Alert alert;
  CountChange change;
  if (output.egress == egresses.decisions && Codec<Decision>::Decode(output.value, decision)) {
    return CauseAt(decision.transaction);
  }
  if (output.egress == egresses.alerts && Codec<Alert>::Decode(output.value, alert)) return CauseAt(alert.transaction);
  if (output.egress == egresses.counts && Codec<CountChange>::Decode(output.value, change) &&
      static_cast<Deed>(change.deed) == Deed::kConfirmed) {
    return CauseAt(change.confirmation);
  }
  return std::nullopt;
}

// Every unit of a counter or a merchant appends itself to the list of its instance.
std::vector<ListObservation> Observe(const EgressRecord& output, const Egresses& egresses, std::uint16_t partitions) {
  const auto element = [](std::uint64_t number, std::uint32_t deed) {
    return static_cast<std::int64_t>(number << 3 | deed);
  };
  const auto record = [&](const Place& place, std::uint32_t deed) {
    return element(place.offset * partitions + place.partition + 1, deed);
  };
  const auto queried = static_cast<std::uint32_t>(Deed::kQueried);
  Decision decision;
  CountChange change;
  CallOutcome outcome;
  if (output.egress == egresses.decisions && Codec<Decision>::Decode(output.value, decision)) {
    return {{std::string(decision.account), record(decision.transaction, queried), decision.counter.version},
            {std::string(decision.merchant), record(decision.transaction, queried), decision.asked.version}};
  }
  if (output.egress == egresses.counts && Codec<CountChange>::Decode(output.value, change)) {
    return {{std::string(change.account), record(change.confirmation, change.deed), change.counter.version}};
  }
  if (output.egress == egresses.calls && Codec<CallOutcome>::Decode(output.value, outcome)) {
    return {{std::string(outcome.merchant), element(outcome.call << 16 | (outcome.attempt & 0xffff), outcome.deed),
             outcome.witness.version}};
  }
  return {};
}

std::chrono::milliseconds Millis(const OptionValues& values, std::string_view key) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(values.GetDuration(key));
}

OptionSet Options() {
  return OptionSet({
      IntOption("accounts", 10'000, "Number of accounts, each with a fraud counter.")
          .Between(1, 1'000'000'000)
          .InSimulation({2, 10, 50}),
      IntOption("merchants", 1'000, "Number of merchants.").Between(1, 1'000'000'000).InSimulation({1, 4, 20}),
      EnumOption("skew", "uniform", {"uniform", "zipf"}, "How records spread over accounts and merchants.")
          .InSimulation({"uniform", "zipf"}),
      DoubleOption("zipf-theta", 0.99, "Exponent of the zipf skew; larger is more skewed.").Between(0.01, 10),
      BytesOption("padding", {0}, "Ballast in every transaction, and in its manager's state.")
          .Between({0}, MiB(1))
          .InSimulation({{0}, {100}}),
      IntOption("partitions", 4, "Ingress partitions with transactions.").Between(1, 1024).InSimulation({1, 3}),
      IntOption("confirmation-partitions", 1,
                "Ingress partitions with confirmed frauds; an account has them in one of these.")
          .Between(1, 1024)
          .InSimulation({1, 2}),
      DurationOption("window", 720h, "How long a confirmed fraud counts, in application time.")
          .Between(1ms, 87'600h)
          .InSimulation({2ms, 15ms, 60ms}),
      DurationOption("score-ttl", 1h, "How long a merchant trusts its score.")
          .Between(1ms, 87'600h)
          .InSimulation({1ms, 5ms, 40ms}),
      DurationOption("call-time", 0ms, "How long a call of the score service takes.").Between(0ms, 1h),
      IntOption("failing-calls", 0, "Percentage of calls to the score service that fail and are made again.")
          .Between(0, 90)
          .InSimulation({0, 40}),
      IntOption("threshold", 90, "A transaction with a higher score, of 0 to 100, is alerted.")
          .Between(-1, 100)
          .InSimulation({0, 60, 100}),
  });
}

}  // namespace

Descriptor FraudDescriptor() {
  return {
      .kind = PartKind::kWorkload,
      .name = "fraud-detection",
      .sentence = "Joins an account's confirmed frauds and a merchant's score, and alerts on suspicious transactions.",
      .options = Options()};
}

FraudOptions ReadFraudOptions(const OptionValues& values) {
  FraudOptions options;
  options.accounts = static_cast<std::uint64_t>(values.GetInt("accounts"));
  options.merchants = static_cast<std::uint64_t>(values.GetInt("merchants"));
  options.skew.theta = values.GetText("skew") == "zipf" ? values.GetDouble("zipf-theta") : 0;
  options.padding_bytes = static_cast<std::uint32_t>(values.GetBytes("padding").bytes);
  options.transaction_partitions = static_cast<std::uint16_t>(values.GetInt("partitions"));
  options.confirmation_partitions = static_cast<std::uint16_t>(values.GetInt("confirmation-partitions"));
  options.window = Millis(values, "window");
  options.score_ttl = Millis(values, "score-ttl");
  options.call_time = values.GetDuration("call-time");
  options.failing_calls = static_cast<std::uint32_t>(values.GetInt("failing-calls"));
  options.threshold = values.GetInt("threshold");
  return options;
}

void RegisterFraudDetection(WorkloadRegistry& workloads) {
  workloads.Add(FraudDescriptor(), [](const OptionValues& values, std::uint64_t seed) -> Result<Workload> {
    const auto options = ReadFraudOptions(values);
    HOLDFAST_ASSIGN(const auto application, FraudApplication(options, seed));
    const auto input = std::make_shared<FraudInput>(seed, options, *application);
    const Egresses egresses{
        application->FindEgress(kDecisions.name).value(), application->FindEgress(kAlerts.name).value(),
        application->FindEgress(kCounts.name).value(), application->FindEgress(kCalls.name).value()};
    return Workload{
        .application = application,
        .input = input,
        .make_oracle = [application, input]() -> std::unique_ptr<Oracle> {
          return std::make_unique<FraudOracle>(application, *input);
        },
        .make_auditor = [application, input]() -> std::unique_ptr<LineAuditor> {
          return std::make_unique<FraudAuditor>(application, *input);
        },
        .cause = [egresses](const EgressRecord& output) { return CauseOf(output, egresses); },
        .observe = [egresses, partitions = input->partitions()](
                       const EgressRecord& output) { return Observe(output, egresses, partitions); },
    };
  });
}

}  // namespace holdfast::fraud_detection
