#include "workloads/fraud-bandit/workload.h"

#include "workloads/fraud-bandit/auditor.h"
#include "workloads/fraud-bandit/oracle.h"

namespace holdfast::fraud_bandit {
namespace {

struct Egresses {
  EgressId decisions;
  EgressId lessons;
  EgressId rates;
  EgressId swaps;
};

Cause CauseAt(std::uint64_t partition, std::uint64_t offset) {
  return {PartitionId(static_cast<std::uint16_t>(partition)), offset};
}

// The transaction that was decided, the label that was learned from, or the publication.
std::optional<Cause> CauseOf(const EgressRecord& output, const Egresses& egresses, std::uint16_t label_partitions) {
  Decision decision;
  Lesson lesson;
  RateChange change;
  Swap swap;
  if (output.egress == egresses.decisions && Codec<Decision>::Decode(output.value, decision)) {
    return CauseAt(decision.transaction.partition, decision.transaction.offset);
  }
  if (output.egress == egresses.lessons && Codec<Lesson>::Decode(output.value, lesson)) {
    return CauseAt(lesson.transaction.partition + label_partitions, lesson.transaction.offset);
  }
  if (output.egress == egresses.rates && Codec<RateChange>::Decode(output.value, change)) {
    return CauseAt(change.transaction.partition + label_partitions, change.transaction.offset);
  }
  if (output.egress == egresses.swaps && Codec<Swap>::Decode(output.value, swap)) {
    return CauseAt(swap.publication.partition, swap.publication.offset);
  }
  return std::nullopt;
}

// Every unit of an account, merchant, classifier or model appends itself to the list of its instance.
std::vector<ListObservation> Observe(const EgressRecord& output, const Egresses& egresses, const BanditInput& input) {
  const auto unit = [&](std::string key, const Place& place, Deed deed, const Witness& witness) {
    const auto record = place.offset * input.partitions() + place.partition + 1;
    return ListObservation{std::move(key), static_cast<std::int64_t>(record << 3 | static_cast<std::uint64_t>(deed)),
                           witness.version};
  };
  const auto bandit = [](std::string_view account) { return fmt::format("bandit of {}", account); };
  Decision decision;
  Lesson lesson;
  RateChange change;
  Swap swap;
  if (output.egress == egresses.decisions && Codec<Decision>::Decode(output.value, decision)) {
    const auto& place = decision.transaction;
    if (!input.Holds(BanditInput::Stream::kBought, place) || decision.arm >= kArms) return {};
    const auto model = input.ModelOf(input.TransactionAt(place).account, decision.arm);
    return {unit(std::string(decision.account), place, Deed::kSpent, decision.spender),
            unit(std::string(decision.merchant), place, Deed::kRated, decision.seller),
            unit(bandit(decision.account), place, Deed::kChose, decision.classifier),
            unit(BanditInput::ModelId(model), place, Deed::kScored, decision.model)};
  }
  if (output.egress == egresses.lessons && Codec<Lesson>::Decode(output.value, lesson)) {
    return {unit(bandit(output.key), lesson.transaction, Deed::kRewarded, lesson.classifier)};
  }
  if (output.egress == egresses.rates && Codec<RateChange>::Decode(output.value, change)) {
    return {unit(std::string(output.key), change.transaction, Deed::kLabelled, change.merchant)};
  }
  if (output.egress == egresses.swaps && Codec<Swap>::Decode(output.value, swap)) {
    return {unit(std::string(output.key), swap.publication, Deed::kPublished, swap.model)};
  }
  return {};
}

OptionSet Options() {
  return OptionSet({
      IntOption("accounts", 10'000, "Number of accounts, each with a bandit of its own.")
          .Between(1, 1'000'000'000)
          .InSimulation({1, 4, 20}),
      IntOption("merchants", 1'000, "Number of merchants.").Between(1, 1'000'000'000).InSimulation({1, 4, 20}),
      EnumOption("skew", "uniform", {"uniform", "zipf"}, "How transactions spread over accounts and merchants.")
          .InSimulation({"uniform", "zipf"}),
      DoubleOption("zipf-theta", 0.99, "Exponent of the zipf skew; larger is more skewed.").Between(0.01, 10),
      BytesOption("padding", {0}, "Ballast in every transaction, and in its manager's state.")
          .Between({0}, MiB(1))
          .InSimulation({{0}, {100}}),
      IntOption("partitions", 4, "Ingress partitions with transactions, and as many with their labels.")
          .Between(1, 512)
          .InSimulation({1, 2}),
      IntOption("model-partitions", 1,
                "Ingress partitions with new versions of models; an instance has them from one of these.")
          .Between(1, 1024)
          .InSimulation({1, 2}),
      IntOption("replicas", 4, "Instances of each of the five models; an account is served by one of each.")
          .Between(1, 100'000)
          .InSimulation({1, 3}),
      IntOption("frauds", 10, "Percentage of the transactions that are fraud.").Between(0, 100).InSimulation({10, 50}),
      IntOption("exploration", 10, "Percentage of the choices that a bandit makes at random.")
          .Between(0, 100)
          .InSimulation({0, 10, 100}),
      IntOption("threshold", 50, "A transaction with a higher score, of 0 to 100, is suspected.")
          .Between(-1, 100)
          .InSimulation({20, 50}),
  });
}

}  // namespace

Descriptor BanditDescriptor() {
  return {.kind = PartKind::kWorkload,
          .name = "fraud-bandit",
          .sentence = "Scores transactions by their features with one of five models, chosen per account by a bandit.",
          .options = Options()};
}

BanditOptions ReadBanditOptions(const OptionValues& values) {
  BanditOptions options;
  options.accounts = static_cast<std::uint64_t>(values.GetInt("accounts"));
  options.merchants = static_cast<std::uint64_t>(values.GetInt("merchants"));
  options.skew.theta = values.GetText("skew") == "zipf" ? values.GetDouble("zipf-theta") : 0;
  options.padding_bytes = static_cast<std::uint32_t>(values.GetBytes("padding").bytes);
  options.transaction_partitions = static_cast<std::uint16_t>(values.GetInt("partitions"));
  options.publication_partitions = static_cast<std::uint16_t>(values.GetInt("model-partitions"));
  options.replicas = static_cast<std::uint64_t>(values.GetInt("replicas"));
  options.frauds = static_cast<std::uint32_t>(values.GetInt("frauds"));
  options.exploration = static_cast<std::uint32_t>(values.GetInt("exploration"));
  options.threshold = values.GetInt("threshold");
  return options;
}

void RegisterFraudBandit(WorkloadRegistry& workloads) {
  workloads.Add(BanditDescriptor(), [](const OptionValues& values, std::uint64_t seed) -> Result<Workload> {
    const auto options = ReadBanditOptions(values);
    HOLDFAST_ASSIGN(const auto application, BanditApplication(options, seed));
    const auto input = std::make_shared<BanditInput>(seed, options, *application);
    const Egresses egresses{application->FindEgress(kDecisions.name).value(),
                            application->FindEgress(kLessons.name).value(),
                            application->FindEgress(kRates.name).value(), application->FindEgress(kSwaps.name).value()};
    return Workload{
        .application = application,
        .input = input,
        .make_oracle = [application, input]() -> std::unique_ptr<Oracle> {
          return std::make_unique<BanditOracle>(application, *input);
        },
        .make_auditor = [application, input]() -> std::unique_ptr<LineAuditor> {
          return std::make_unique<BanditAuditor>(application, *input);
        },
        .cause = [egresses, apart = options.transaction_partitions](
                     const EgressRecord& output) { return CauseOf(output, egresses, apart); },
        .observe = [egresses, input](const EgressRecord& output) { return Observe(output, egresses, *input); },
    };
  });
}

}  // namespace holdfast::fraud_bandit
