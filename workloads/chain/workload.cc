#include "workloads/chain/workload.h"

#include "workloads/chain/auditor.h"
#include "workloads/chain/messages.h"
#include "workloads/chain/oracle.h"

namespace holdfast::chain {
namespace {

std::optional<Outcome> ReadOutcome(const EgressRecord& output, EgressId outcomes) {
  Outcome outcome;
  if (output.egress != outcomes || !Codec<Outcome>::Decode(output.value, outcome)) return std::nullopt;
  return outcome;
}

}  // namespace

Descriptor ChainDescriptor() {
  return {.kind = PartKind::kWorkload,
          .name = "chain",
          .sentence = "Sends each record out along branches of hops and joins their answers.",
          .options = OptionSet({
              IntOption("hops", 3, "Hops of each branch.").Between(1, 1024).InSimulation({1, 2, 4}),
              IntOption("fan-out", 1, "Branches of each record.").Between(1, 4096).InSimulation({1, 2, 4}),
              IntOption("instances", 1000, "Hops there are: with few, many walks come by each.")
                  .Between(1, 100'000'000)
                  .InSimulation({1, 5, 100}),
              EnumOption("skew", "uniform", {"uniform", "zipf"}, "How walks spread over the hops.")
                  .InSimulation({"uniform", "zipf"}),
              DoubleOption("zipf-theta", 0.99, "Exponent of the zipf skew; larger is more skewed.").Between(0.01, 10),
              IntOption("locality", 0, "Percent of messages to a hop that stay near the sender.")
                  .Between(0, 100)
                  .InSimulation({0, 50, 100}),
              EnumOption("near", "key-group", {"key-group", "instance"},
                         "What stays near: a hop of the sender's key group, hence worker, or the sender itself.")
                  .InSimulation({"key-group", "instance"}),
              BytesOption("payload", {0}, "Ballast that every walk carries.")
                  .Between({0}, MiB(1))
                  .InSimulation({{0}, {100}}),
              IntOption("partitions", 4, "Ingress partitions.").Between(1, 1024).InSimulation({1, 3}),
          })};
}

ChainOptions ReadChainOptions(const OptionValues& values) {
  ChainOptions options;
  auto& routes = options.routes;
  routes.hops = static_cast<std::uint32_t>(values.GetInt("hops"));
  routes.fan_out = static_cast<std::uint32_t>(values.GetInt("fan-out"));
  routes.instances = static_cast<std::uint64_t>(values.GetInt("instances"));
  routes.skew.theta = values.GetText("skew") == "zipf" ? values.GetDouble("zipf-theta") : 0;
  routes.locality = static_cast<std::uint32_t>(values.GetInt("locality"));
  routes.near_is_same_instance = values.GetText("near") == "instance";
  options.payload_bytes = static_cast<std::uint32_t>(values.GetBytes("payload").bytes);
  options.partitions = static_cast<std::uint16_t>(values.GetInt("partitions"));
  return options;
}

void RegisterChain(WorkloadRegistry& workloads) {
  workloads.Add(ChainDescriptor(), [](const OptionValues& values, std::uint64_t seed) -> Result<Workload> {
    const auto options = ReadChainOptions(values);
    HOLDFAST_ASSIGN(const auto application, ChainApplication(options, seed));
    const auto input = std::make_shared<const ChainInput>(seed, options);
    HOLDFAST_ASSIGN(const auto outcomes, application->FindEgress(kOutcomes.name));
    return Workload{
        .application = application,
        .input = input,
        .make_oracle = [application, input]() -> std::unique_ptr<Oracle> {
          return std::make_unique<ChainOracle>(application, input);
        },
        .make_auditor = [application, input]() -> std::unique_ptr<LineAuditor> {
          return std::make_unique<ChainAuditor>(application, input);
        },
        .cause = [outcomes](const EgressRecord& output) -> std::optional<Cause> {
          const auto outcome = ReadOutcome(output, outcomes);
          if (!outcome) return std::nullopt;
          return Cause{PartitionId(static_cast<std::uint16_t>(outcome->partition)), outcome->offset};
        },
        // Outcomes tell nothing of the order in which hops were visited.
        .observe = [](const EgressRecord&) { return std::vector<ListObservation>(); },
    };
  });
}

}  // namespace holdfast::chain
