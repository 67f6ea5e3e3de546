#include "workloads/key-value/workload.h"

#include <algorithm>
#include <array>

#include "workloads/key-value/auditor.h"
#include "workloads/key-value/oracle.h"

namespace holdfast::key_value {
namespace {

struct NamedMix {
  std::string_view name;
  Mix mix;
};
// Of the Yahoo! Cloud Serving Benchmark, without E, whose scans no function can do.
constexpr std::array<NamedMix, 5> kMixes{{
    {"A", {.read = 50, .update = 50, .modify = 0, .insert = 0}},
    {"B", {.read = 95, .update = 5, .modify = 0, .insert = 0}},
    {"C", {.read = 100, .update = 0, .modify = 0, .insert = 0}},
    {"D", {.read = 95, .update = 0, .modify = 0, .insert = 5}},
    {"F", {.read = 50, .update = 0, .modify = 50, .insert = 0}},
}};
constexpr std::array<const char*, 4> kPercentages{"read", "update", "read-modify-write", "insert"};

Result<Mix> ReadMix(const OptionValues& values) {
  const auto& name = values.GetText("mix");
  const auto percent = [&values](const char* key) { return static_cast<std::uint32_t>(values.GetInt(key)); };
  const auto* known = std::ranges::find(kMixes, name, &NamedMix::name);
  if (known == kMixes.end()) {
    return Mix{percent("read"), percent("update"), percent("read-modify-write"), percent("insert")};
  }
  for (const auto* key : kPercentages) {
    if (percent(key) == 0) continue;
    return MakeError(ErrorCode::kInvalidArgument,
                     "key-value: {} is {}, but mix {} has percentages of its own; say mix: own to give others", key,
                     percent(key), name);
  }
  return known->mix;
}

Distribution ReadDistribution(const OptionValues& values) {
  const auto& name = values.GetText("distribution");
  if (name == "uniform") return Distribution::kUniform;
  const bool latest = name == "latest" || (name == "ycsb" && values.GetText("mix") == "D");
  return latest ? Distribution::kLatest : Distribution::kZipf;
}

std::optional<Reply> ReadReply(const EgressRecord& output, EgressId replies) {
  Reply reply;
  if (output.egress != replies || !Codec<Reply>::Decode(output.value, reply)) return std::nullopt;
  return reply;
}

// A write appends itself to the list of its key.
std::vector<ListObservation> Observe(const EgressRecord& output, EgressId replies, std::uint16_t partitions) {
  const auto reply = ReadReply(output, replies);
  if (!reply || reply->left.version == 0) return {};
  const auto request = static_cast<std::int64_t>(reply->offset * partitions + reply->partition + 1);
  return {{std::string(reply->key), request, reply->left.version}};
}

Option PercentOption(const char* key, std::string sentence) {
  return IntOption(key, 0, std::move(sentence)).Between(0, 100);
}

}  // namespace

Descriptor KeyValueDescriptor() {
  return {.kind = PartKind::kWorkload,
          .name = "key-value",
          .sentence = "Reads and writes values by key, as YCSB does, and answers with versions and checksums.",
          .options = OptionSet({
              IntOption("keys", 10'000, "Number of keys before any is inserted by the mix.")
                  .Between(1, 1'000'000'000)
                  .InSimulation({3, 20, 100}),
              BytesOption("value-size", {100}, "Bytes of a value.")
                  .Between({16}, MiB(1))
                  .InSimulation({{16}, {100}, KiB(4)}),
              EnumOption("mix", "A", {"A", "B", "C", "D", "F", "own"},
                         "A mix of YCSB's, or its own: the four percentages below.")
                  .InSimulation({"A", "D", "F"}),
              PercentOption("read", "With mix own: percent of requests that read."),
              PercentOption("update", "With mix own: percent that write without reading."),
              PercentOption("read-modify-write", "With mix own: percent that read and write what follows from it."),
              PercentOption("insert", "With mix own: percent that write a key beyond all others."),
              EnumOption("distribution", "ycsb", {"ycsb", "uniform", "zipf", "latest"},
                         "How requests spread over the keys; ycsb: latest for mix D, else zipf.")
                  .InSimulation({"uniform", "ycsb", "latest"}),
              DoubleOption("zipf-theta", 0.99, "Exponent of zipf and latest; larger is more skewed.").Between(0.01, 10),
              BoolOption("preload", false, "Whether the input begins with an insert of every key.")
                  .InSimulation({false, true}),
              IntOption("partitions", 4, "Ingress partitions; a key is asked through one of them.")
                  .Between(1, 1024)
                  .InSimulation({1, 3}),
          })};
}

Result<KeyValueOptions> ReadKeyValueOptions(const OptionValues& values) {
  KeyValueOptions options;
  HOLDFAST_ASSIGN(options.mix, ReadMix(values));
  options.keys = static_cast<std::uint64_t>(values.GetInt("keys"));
  options.value_bytes = static_cast<std::uint32_t>(values.GetBytes("value-size").bytes);
  options.distribution = ReadDistribution(values);
  options.theta = values.GetDouble("zipf-theta");
  options.preload = values.GetBool("preload");
  options.partitions = static_cast<std::uint16_t>(values.GetInt("partitions"));
  return options;
}

void RegisterKeyValue(WorkloadRegistry& workloads) {
  workloads.Add(KeyValueDescriptor(), [](const OptionValues& values, std::uint64_t seed) -> Result<Workload> {
    HOLDFAST_ASSIGN(const auto options, ReadKeyValueOptions(values));
    HOLDFAST_ASSIGN(const auto application, KeyValueApplication(options));
    const auto input = std::make_shared<KeyValueInput>(seed, options);
    HOLDFAST_ASSIGN(const auto replies, application->FindEgress(kReplies.name));
    return Workload{
        .application = application,
        .input = input,
        .make_oracle = [application, input]() -> std::unique_ptr<Oracle> {
          return std::make_unique<KeyValueOracle>(application, *input);
        },
        .make_auditor = [application, input]() -> std::unique_ptr<LineAuditor> {
          return std::make_unique<KeyValueAuditor>(application, *input);
        },
        .cause = [replies](const EgressRecord& output) -> std::optional<Cause> {
          const auto reply = ReadReply(output, replies);
          if (!reply) return std::nullopt;
          return Cause{PartitionId(static_cast<std::uint16_t>(reply->partition)), reply->offset};
        },
        .observe = [replies, partitions = input->partitions()](
                       const EgressRecord& output) { return Observe(output, replies, partitions); },
    };
  });
}

}  // namespace holdfast::key_value
