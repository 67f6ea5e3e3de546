#include "chaos/simulation/sim_options.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;

ByteSize Bytes(std::uint64_t bytes) { return {bytes}; }

}  // namespace

OptionSet SimOptions() {
  static const OptionSet options({
      IntOption("workers", 1, "Workers, each on a machine of its own.").Between(1, 64),
      IntOption("records", 100, "Ingress records, over all partitions.").Between(0, 1'000'000),
      DurationOption("record-gap", 200us, "Mean time between two records.").Between(1ns, 1h),
      DurationOption("interval", 10ms, "Time between the beginnings of two snapshots.").Between(1us, 1h),
      DurationOption("timeout", 40ms, "A snapshot not stored by then is given up.").Between(1us, 1h),
      BytesOption("max-frame", KiB(4), "A frame is closed when it has this size.").Between(Bytes(1), MiB(64)),
      IntOption("queue-low", 64, "Queued messages below which a worker takes ingress records.").Between(1, 1'000'000),
      BytesOption("queue-memory", MiB(64), "Queued messages a worker keeps in memory.").Between(Bytes(1), GiB(1)),
      IntOption("slice", 16, "Most units a worker runs before the world looks again.").Between(1, 1'000'000),
      DurationOption("late-output", 0ns, "How much later than others one of twenty egress batches may arrive.")
          .Between(0ns, 1h),
      DurationOption("patience", 5ms, "Silence of a process after which another takes its place.").Between(1us, 1h),
      StringOption("skip-sync", "", "A sync site that silently does nothing; empty for none."),
  });
  return options;
}

SimConfig ConfigFromOptions(const OptionValues& values, std::uint64_t seed) {
  SimConfig config;
  config.seed = seed;
  config.workers = static_cast<std::uint16_t>(values.GetInt("workers"));
  config.records = static_cast<std::uint64_t>(values.GetInt("records"));
  config.record_gap = values.GetDuration("record-gap");
  config.interval = values.GetDuration("interval");
  config.timeout = values.GetDuration("timeout");
  config.max_frame_bytes = values.GetBytes("max-frame").bytes;
  config.queue_low = static_cast<std::uint64_t>(values.GetInt("queue-low"));
  config.queue_memory = values.GetBytes("queue-memory").bytes;
  config.slice = static_cast<std::uint64_t>(values.GetInt("slice"));
  config.late_output = values.GetDuration("late-output");
  config.patience = values.GetDuration("patience");
  config.skip_sync = values.GetText("skip-sync");
  return config;
}

std::vector<std::pair<std::string, std::string>> ConfigAsOptions(const SimConfig& config) {
  return {
      {"workers", fmt::format("{}", config.workers)},     {"records", fmt::format("{}", config.records)},
      {"record-gap", FormatDuration(config.record_gap)},  {"interval", FormatDuration(config.interval)},
      {"timeout", FormatDuration(config.timeout)},        {"max-frame", FormatBytes({config.max_frame_bytes})},
      {"queue-low", fmt::format("{}", config.queue_low)}, {"queue-memory", FormatBytes({config.queue_memory})},
      {"slice", fmt::format("{}", config.slice)},         {"late-output", FormatDuration(config.late_output)},
      {"patience", FormatDuration(config.patience)},      {"skip-sync", config.skip_sync},
  };
}

}  // namespace holdfast
