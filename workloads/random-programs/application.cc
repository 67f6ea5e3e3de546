#include "workloads/random-programs/application.h"

#include "core/model/application_builder.h"
#include "workloads/random-programs/functions.h"

namespace holdfast::random_programs {
namespace {

using namespace std::chrono_literals;

Status CheckOptions(const ProgramOptions& options) {
  const auto wrong = [](const std::string& why) {
    return MakeError(ErrorCode::kInvalidArgument, "random-programs: {}", why);
  };
  if (options.instances == 0) return wrong("instances must be at least 1");
  if (options.partitions == 0) return wrong("partitions must be at least 1");
  if (options.partitions > options.instances) {
    return wrong(fmt::format("{} instances cannot fill {} partitions; use at most {} partitions", options.instances,
                             options.partitions, options.instances));
  }
  if (options.fan_out == 0) return wrong("fan-out must be at least 1");
  if (options.lease < 1ms || options.idle < 1ms) return wrong("lease and idle must be at least 1ms");
  return {};
}

}  // namespace

Result<std::shared_ptr<const Application>> ProgramApplication(const ProgramOptions& options) {
  HOLDFAST_TRY(CheckOptions(options));
  const FailurePolicy policy{.max_attempts = kMaxAttempts, .backoff = 2ms, .max_backoff = 20ms};
  const Lifetimes lifetimes{options.lease, options.idle};
  ApplicationBuilder app("random-programs", options.max_parallelism);
  app.Add<Alpha>([lifetimes] { return std::make_unique<Alpha>(lifetimes); }, policy);
  app.Add<Beta>([lifetimes] { return std::make_unique<Beta>(lifetimes); }, policy);
  app.Add<Locker>(policy);
  app.AddIngress<Alpha, Step>(std::string(kPrograms));
  app.AddEgress(kReceipts);
  app.AddEgress(kNotes);
  app.AddAsync<Errand>(RunErrand);
  return std::move(app).Build();
}

void ProgramInput::Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const {
  HOLDFAST_CHECK(partition.value < options_.partitions, "partition {} of {}", partition, options_.partitions);
  const auto program = At(partition, offset);
  record.key = IdOf(program[0].where);
  record.value = EncodeProgram(program, partition, offset);
}

}  // namespace holdfast::random_programs
