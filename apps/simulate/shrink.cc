#include "apps/simulate/shrink.h"

#include <algorithm>

#include "chaos/simulation/ddmin.h"
#include "chaos/simulation/sim_options.h"

namespace holdfast {
namespace {

// Passes over faults, workload and options; one changes what the next can leave out.
constexpr int kMaxPasses = 4;

// `values` with one of them replaced; nothing if that is out of bounds.
std::optional<OptionValues> With(const OptionValues& values, std::string_view key, std::string_view text) {
  auto map = ConfigTree::Map({});
  for (const auto& [name, value] : values.Resolved()) {
    map.Set(name, {}, ConfigTree::Scalar(name == key ? std::string(text) : value, {}));
  }
  auto changed = values.set().Parse(map, "the run");
  if (!changed.ok()) return std::nullopt;
  return std::move(*changed);
}

OptionValues OptionsOf(const SimConfig& config) {
  auto map = ConfigTree::Map({});
  for (const auto& [name, value] : ConfigAsOptions(config)) map.Set(name, {}, ConfigTree::Scalar(value, {}));
  return *SimOptions().Parse(map, "the cluster");
}

// Fewer workers: faults of those that are gone befall one that is left.
void SetWorkers(SimRun& run, std::uint16_t workers) {
  run.config.workers = workers;
  for (auto& fault : run.faults) {
    auto& target = fault.when ? fault.when->disk : fault.target;
    target.worker = WorkerId(static_cast<std::uint16_t>(target.worker.value % workers));
    fault.to.worker = WorkerId(static_cast<std::uint16_t>(fault.to.worker.value % workers));
    if (fault.to == fault.target) fault.to = {};
  }
}

class Shrinker {
 public:
  Shrinker(const Parts& parts, SimRun run, SimOutcome outcome, const std::function<void(std::string_view)>& say)
      : parts_(parts), best_{std::move(run), std::move(outcome), 1}, say_(say) {}

  Shrunk Run() {
    for (int pass = 0; pass < kMaxPasses; ++pass) {
      changed_ = false;
      ShrinkFaults();
      ShrinkWorkload();
      ShrinkOptions();
      PlainFaults();
      if (!changed_) break;
    }
    return std::move(best_);
  }

 private:
  // True if the run with this change fails alike; then it is the best one.
  template <class Change>
  bool Try(const Change& change) {
    auto run = best_.run;
    change(run);
    ++best_.tried;
    auto outcome = RunApart(parts_, run);
    if (!outcome.SameFailure(best_.outcome)) return false;
    best_.run = std::move(run);
    best_.outcome = std::move(outcome);
    changed_ = true;
    return true;
  }

  // Says how something went from one value to another, and what that took.
  template <class Value, class Work>
  void Phase(std::string_view what, const std::function<Value(const SimRun&)>& value, const Work& work) {
    const auto before = value(best_.run);
    const auto tried = best_.tried;
    work();
    const auto after = value(best_.run);
    const auto runs = best_.tried - tried;
    if (runs == 0) return;
    const auto change = before == after ? fmt::format("stays {}", after) : fmt::format("{} -> {}", before, after);
    say_(fmt::format("{}: {} ({} run{})", what, change, runs, runs == 1 ? "" : "s"));
  }

  void ShrinkFaults() {
    Phase<std::size_t>(
        "faults", [](const SimRun& run) { return run.faults.size(); },
        [&] {
          Ddmin(best_.run.faults, [&](const auto& faults) { return Try([&](SimRun& run) { run.faults = faults; }); });
        });
  }

  void ShrinkWorkload() {
    Phase<std::uint64_t>(
        "records", [](const SimRun& run) { return run.config.records; },
        [&] {
          const auto fails = [&](std::int64_t records) {
            return Try([&](SimRun& run) { run.config.records = static_cast<std::uint64_t>(records); });
          };
          if (best_.run.config.records > 1) {
            SmallestFailing(1, static_cast<std::int64_t>(best_.run.config.records), [&](std::int64_t records) {
              return static_cast<std::uint64_t>(records) == best_.run.config.records || fails(records);
            });
          }
        });
    Phase<std::uint16_t>(
        "workers", [](const SimRun& run) { return run.config.workers; },
        [&] {
          const auto all = best_.run.config.workers;
          for (std::uint16_t workers = 1; workers < all; ++workers) {
            if (Try([&](SimRun& run) { SetWorkers(run, workers); })) break;
          }
        });
    for (const auto& option : best_.run.workload_options.set().options()) ShrinkNumber(option);
  }

  // A number of the workload goes as low as it can.
  void ShrinkNumber(const Option& option) {
    const auto* low = option.low ? std::get_if<std::int64_t>(&*option.low) : nullptr;
    if (low == nullptr) return;
    const auto of = [&option](const SimRun& run) { return run.workload_options.GetInt(option.key); };
    Phase<std::int64_t>(option.key, of, [&] {
      const auto fails = [&](std::int64_t number) {
        const auto values = With(best_.run.workload_options, option.key, fmt::format("{}", number));
        return values && Try([&](SimRun& run) { run.workload_options = *values; });
      };
      const auto now = of(best_.run);
      if (now > *low)
        SmallestFailing(*low, now, [&](std::int64_t number) { return number == of(best_.run) || fails(number); });
    });
  }

  void ShrinkOptions() {
    for (const auto& option : SimOptions().options()) {
      if (option.key == "workers" || option.key == "records" || option.key == "skip-sync") continue;
      MakePlain(
          option, "cluster", [](SimRun& run) { return OptionsOf(run.config); },
          [](SimRun& run, const OptionValues& values) {
            auto config = ConfigFromOptions(values, run.config.seed);
            config.mix = run.config.mix;
            run.config = std::move(config);
          });
    }
    const auto make_plain = [&](OptionValues SimRun::*values, std::string_view of) {
      for (const auto& option : (best_.run.*values).set().options()) {
        const bool number = option.low && std::holds_alternative<std::int64_t>(*option.low);
        if (values == &SimRun::workload_options && number) continue;
        MakePlain(
            option, of, [values](SimRun& run) { return run.*values; },
            [values](SimRun& run, const OptionValues& plain) { run.*values = plain; });
      }
    };
    make_plain(&SimRun::workload_options, "workload");
    make_plain(&SimRun::store_options, "store");
    make_plain(&SimRun::log_options, "log");
    if (best_.run.host == kPlainHost) return;
    Phase<std::string>(
        "host", [](const SimRun& run) { return run.host; }, [&] { Try([](SimRun& run) { run.host = kPlainHost; }); });
  }

  // One option takes its default.
  template <class Get, class Set>
  void MakePlain(const Option& option, std::string_view of, const Get& get, const Set& set) {
    const auto value = [&](const SimRun& run) {
      auto copy = run;
      return FormatOptionValue(get(copy).Get(option.key));
    };
    const auto plain = FormatOptionValue(option.default_value);
    if (value(best_.run) == plain) return;
    Phase<std::string>(fmt::format("{} of the {}", option.key, of), value, [&] {
      Try([&](SimRun& run) {
        if (const auto values = With(get(run), option.key, plain)) set(run, *values);
      });
    });
  }

  // Faults that say less: no call to wait for, the usual absence.
  void PlainFaults() {
    for (std::size_t i = 0; i < best_.run.faults.size(); ++i) {
      Phase<std::string>(
          fmt::format("fault {}", i + 1), [i](const SimRun& run) { return DescribeFault(run.faults[i]); },
          [&] {
            const SimFault plain;
            const auto fault = best_.run.faults[i];
            if (fault.when && fault.when->nth > 1) Try([i](SimRun& run) { run.faults[i].when->nth = 1; });
            if (fault.verb == SimFaultVerb::kKill && fault.restart_after != plain.restart_after) {
              Try([&](SimRun& run) { run.faults[i].restart_after = plain.restart_after; });
            }
            Shorten(i);
            if (fault.target.role == SimFaultRole::kEverything && fault.verb == SimFaultVerb::kKill) {
              Try([i](SimRun& run) { run.faults[i].target = {SimFaultRole::kWorker}; });
            }
          });
    }
  }

  // What lasts, for as short as it can, within a factor of two.
  void Shorten(std::size_t fault) {
    const auto shorter = [&] { return best_.run.faults[fault].lasts / 2; };
    while (shorter() >= kShortest && Try([&](SimRun& run) { run.faults[fault].lasts = shorter(); })) {
    }
  }

  static constexpr Duration kShortest{1'000};
  static constexpr const char* kPlainHost = "embedded";
  const Parts& parts_;
  Shrunk best_;
  const std::function<void(std::string_view)>& say_;
  bool changed_ = false;
};

}  // namespace

Result<Shrunk> Shrink(const Parts& parts, const SimRun& run, const std::function<void(std::string_view)>& say) {
  auto outcome = RunApart(parts, run);
  if (outcome.failure == SimFailure::kNone) {
    return MakeError(ErrorCode::kInvalidArgument, "the run keeps its promise: there is nothing to shrink");
  }
  say(fmt::format("fails: {}", SimFailureName(outcome.failure)));
  return Shrinker(parts, run, std::move(outcome), say).Run();
}

}  // namespace holdfast
