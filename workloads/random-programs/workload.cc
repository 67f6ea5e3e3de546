#include "workloads/random-programs/workload.h"

#include "core/model/application_builder.h"
#include "workloads/random-programs/auditor.h"
#include "workloads/random-programs/oracle.h"

namespace holdfast::random_programs {
namespace {

using namespace std::chrono_literals;

Option Share(std::size_t kind) {
  const auto& info = kKindInfos[kind];
  return IntOption(std::string(info.name), info.share, fmt::format("Weight of {}.", info.sentence))
      .Between(0, 1000)
      .InSimulation({0, info.share, 3 * std::int64_t{info.share}});
}

std::chrono::milliseconds Millis(const OptionValues& values, std::string_view key) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(values.GetDuration(key));
}

struct Egresses {
  EgressId receipts;
  EgressId notes;
};

std::optional<StepId> StepOf(const EgressRecord& output, const Egresses& egresses) {
  if (output.egress == egresses.receipts) {
    Receipt receipt;
    if (Codec<Receipt>::Decode(output.value, receipt)) return receipt.id;
  } else if (output.egress == egresses.notes) {
    Note note;
    if (Codec<Note>::Decode(output.value, note)) return note.id;
  } else if (output.egress == EgressId(0)) {
    DeadLetter letter;
    Step step;
    if (Codec<DeadLetter>::Decode(output.value, letter) && Codec<Step>::Decode(letter.payload, step)) return step.id;
  }
  return std::nullopt;
}

// The record that started the program an output belongs to.
std::optional<Cause> CauseOf(const EgressRecord& output, const Egresses& egresses) {
  const auto step = StepOf(output, egresses);
  if (!step) return std::nullopt;
  return Cause{PartitionId(static_cast<std::uint16_t>(step->partition)), step->offset};
}

// A step appends itself to the list of its address, and so does every attempt of an operation whose outcome is unknown.
std::vector<ListObservation> Observe(const EgressRecord& output, const Egresses& egresses, std::uint16_t partitions) {
  Receipt receipt;
  if (output.egress != egresses.receipts || !Codec<Receipt>::Decode(output.value, receipt)) return {};
  const auto program = receipt.id.offset * partitions + receipt.id.partition + 1;
  const auto unit = (program << 20 | receipt.id.step) << 8 | receipt.attempt;
  return {
      {fmt::format("{}/{}", receipt.function, receipt.self), static_cast<std::int64_t>(unit), receipt.witness.version}};
}

}  // namespace

Descriptor ProgramsDescriptor() {
  return {
      .kind = PartKind::kWorkload,
      .name = "random-programs",
      .sentence = "Trees of commands drawn from the seed, which use every verb the model has.",
      .options = OptionSet({
          IntOption("instances", 1000, "Number of instance ids; two function types have an instance of each.")
              .Between(1, 100'000'000)
              .InSimulation({4, 20, 100}),
          IntOption("partitions", 4, "Ingress partitions; an instance is started through one of them.")
              .Between(1, 1024)
              .InSimulation({1, 3}),
          IntOption("depth", 3, "How deep steps nest.").Between(0, 20).InSimulation({1, 3, 5}),
          IntOption("fan-out", 4, "Most commands of a step.").Between(1, 32).InSimulation({2, 3}),
          IntOption("max-steps", 24, "Once a program has so many steps, it grows no more.")
              .Between(1, 1000)
              .InSimulation({4, 12}),
          DurationOption("max-delay", 100ms, "Longest delay of a step.").Between(0s, 1min).InSimulation({2ms, 15ms}),
          DurationOption("lease", 50ms, "Life of the value that expires after it was written.")
              .Between(1ms, 1min)
              .InSimulation({2ms, 8ms}),
          DurationOption("idle", 50ms, "Life of the value that expires after the last unit.")
              .Between(1ms, 1min)
              .InSimulation({2ms, 8ms}),
          Share(0),
          Share(1),
          Share(2),
          Share(3),
          Share(4),
          Share(5),
          Share(6),
          Share(7),
          Share(8),
          Share(9),
          Share(10),
          Share(11),
          Share(12),
          Share(13),
      })};
}

ProgramOptions ReadProgramOptions(const OptionValues& values) {
  ProgramOptions options;
  options.instances = static_cast<std::uint64_t>(values.GetInt("instances"));
  options.partitions = static_cast<std::uint16_t>(values.GetInt("partitions"));
  options.depth = static_cast<std::uint32_t>(values.GetInt("depth"));
  options.fan_out = static_cast<std::uint32_t>(values.GetInt("fan-out"));
  options.max_steps = static_cast<std::uint32_t>(values.GetInt("max-steps"));
  options.max_delay = Millis(values, "max-delay");
  options.lease = Millis(values, "lease");
  options.idle = Millis(values, "idle");
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    options.shares[kind] = static_cast<std::uint32_t>(values.GetInt(kKindInfos[kind].name));
  }
  return options;
}

void RegisterRandomPrograms(WorkloadRegistry& workloads) {
  workloads.Add(ProgramsDescriptor(), [](const OptionValues& values, std::uint64_t seed) -> Result<Workload> {
    const auto options = ReadProgramOptions(values);
    HOLDFAST_ASSIGN(const auto application, ProgramApplication(options));
    const Egresses egresses{application->FindEgress(kReceipts.name).value(),
                            application->FindEgress(kNotes.name).value()};
    const auto input = std::make_shared<ProgramInput>(seed, options);
    return Workload{
        .application = application,
        .input = input,
        .make_oracle = [application, input]() -> std::unique_ptr<Oracle> {
          return std::make_unique<ProgramOracle>(application, *input);
        },
        .make_auditor = [application, input]() -> std::unique_ptr<LineAuditor> {
          return std::make_unique<ProgramAuditor>(application, *input);
        },
        .cause = [egresses](const EgressRecord& output) { return CauseOf(output, egresses); },
        .observe = [egresses, partitions = options.partitions](
                       const EgressRecord& output) { return Observe(output, egresses, partitions); },
    };
  });
}

}  // namespace holdfast::random_programs
