#include "workloads/greeter/workload.h"

#include "workloads/greeter/auditor.h"
#include "workloads/greeter/oracle.h"

namespace holdfast::greeter {
namespace {

// The visit an email answers.
std::optional<Cause> CauseOf(const EgressRecord& output, EgressId emails) {
  Email email;
  if (output.egress != emails || !Codec<Email>::Decode(output.value, email)) return std::nullopt;
  return Cause{PartitionId(static_cast<std::uint16_t>(email.partition)), email.offset};
}

// A visit appends itself to the list of its user and to that of its address.
std::vector<ListObservation> Observe(const EgressRecord& output, EgressId emails, std::uint16_t partitions) {
  Email email;
  if (output.egress != emails || !Codec<Email>::Decode(output.value, email)) return {};
  const auto visit = static_cast<std::int64_t>(email.offset * partitions + email.partition + 1);
  return {{std::string(email.user), visit, email.greeter.version},
          {std::string(email.address), visit, email.sender.version}};
}

}  // namespace

Descriptor GreeterDescriptor() {
  return {.kind = PartKind::kWorkload,
          .name = "greeter",
          .sentence = "Counts each user's visits and emails a greeting to an address that users share.",
          .options = OptionSet({
              IntOption("keys", 10'000, "Number of users.").Between(1, 1'000'000'000).InSimulation({3, 20, 100}),
              IntOption("users-per-address", 4, "How many users share an address, hence a sender instance.")
                  .Between(1, 1'000'000)
                  .InSimulation({1, 4, 50}),
              EnumOption("skew", "uniform", {"uniform", "zipf"}, "How visits spread over the users.")
                  .InSimulation({"uniform", "zipf"}),
              DoubleOption("zipf-theta", 0.99, "Exponent of the zipf skew; larger is more skewed.").Between(0.01, 10),
              BytesOption("padding", {0}, "Ballast in every message between functions.")
                  .Between({0}, MiB(1))
                  .InSimulation({{0}, {100}}),
              IntOption("partitions", 4, "Ingress partitions; a user visits through one of them.")
                  .Between(1, 1024)
                  .InSimulation({1, 3}),
          })};
}

GreeterOptions ReadGreeterOptions(const OptionValues& values) {
  GreeterOptions options;
  options.users = static_cast<std::uint64_t>(values.GetInt("keys"));
  options.users_per_address = static_cast<std::uint64_t>(values.GetInt("users-per-address"));
  options.skew.theta = values.GetText("skew") == "zipf" ? values.GetDouble("zipf-theta") : 0;
  options.padding_bytes = static_cast<std::uint32_t>(values.GetBytes("padding").bytes);
  options.partitions = static_cast<std::uint16_t>(values.GetInt("partitions"));
  return options;
}

void RegisterGreeter(WorkloadRegistry& workloads) {
  workloads.Add(GreeterDescriptor(), [](const OptionValues& values, std::uint64_t seed) -> Result<Workload> {
    const auto options = ReadGreeterOptions(values);
    HOLDFAST_ASSIGN(const auto application, GreeterApplication(options));
    const auto input = std::make_shared<GreeterInput>(seed, options);
    HOLDFAST_ASSIGN(const auto emails, application->FindEgress(kEmails.name));
    return Workload{
        .application = application,
        .input = input,
        .make_oracle = [application, input]() -> std::unique_ptr<Oracle> {
          return std::make_unique<GreeterOracle>(application, *input);
        },
        .make_auditor = [application, input]() -> std::unique_ptr<LineAuditor> {
          return std::make_unique<GreeterAuditor>(application, *input);
        },
        .cause = [emails](const EgressRecord& output) { return CauseOf(output, emails); },
        .observe = [emails, partitions = input->partitions()](
                       const EgressRecord& output) { return Observe(output, emails, partitions); },
    };
  });
}

}  // namespace holdfast::greeter
