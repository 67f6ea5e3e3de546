#include "workloads/suite/config/load_options.h"

namespace holdfast {

const Descriptor& LoadDescriptor() {
  using namespace std::chrono_literals;
  static const Descriptor descriptor{
      .kind = PartKind::kLoad,
      .name = "generator",
      .sentence = "Offers records on a schedule that does not wait for the system under test.",
      .options = OptionSet({
          RateOption("rate", {20000},
                     "Records offered per second over all partitions; max keeps in-flight records going.")
              .Between({0.01}, Rate::Max()),
          EnumOption("arrivals", "poisson", {"constant", "poisson"}, "How the intended instants are spread."),
          DurationOption("warm-up", 1s, "Load before the measurement starts.").Between(0s, 24h),
          DurationOption("duration", 10s, "Length of the measurement.").Between(100ms, 168h),
          IntOption("in-flight", 4096, "Most records on their way at once when the rate is max.").Between(1, 1 << 24),
      })};
  return descriptor;
}

LoadConfig ReadLoad(const OptionValues& values) {
  return {.rate = values.GetRate("rate"),
          .arrivals = values.GetText("arrivals") == "constant" ? Arrivals::kConstant : Arrivals::kPoisson,
          .warm_up = values.GetDuration("warm-up"),
          .duration = values.GetDuration("duration"),
          .in_flight = values.GetInt("in-flight")};
}

}  // namespace holdfast
