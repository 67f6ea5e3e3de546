#include "apps/cli/two_tier_bench.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "engines/two-tier/two_tier_engine.h"
#include "workloads/suite/runner/fault_plan.h"

namespace holdfast {

namespace {

using two_tier::KillTarget;

const std::map<std::string, KillTarget, std::less<>> kTargets{{"service", KillTarget::kService},
                                                              {"services", KillTarget::kServices},
                                                              {"database", KillTarget::kDatabase},
                                                              {"everything", KillTarget::kEverything}};

bool MeansNothing(std::string_view section) {
  constexpr std::string_view kMeaningful[] = {"workload", "engine", "load", "fault"};
  return std::ranges::find(kMeaningful, section) == std::end(kMeaningful);
}

}  // namespace

bool IsTwoTier(const SuitePoint& point) { return point.Part("engine").name == "two-tier"; }

Status CheckTwoTier(const SuitePoint& point) { return CheckFault(point, two_tier::TwoTierEngine::kCapabilities); }

void LeaveWhatTwoTierHas(Suite& suite) {
  std::set<std::string> names;
  std::erase_if(suite.points, [&names](SuitePoint& point) {
    if (!IsTwoTier(point)) return false;
    std::erase_if(point.parts, [](const SuitePart& part) { return MeansNothing(part.section); });
    std::erase_if(point.axes,
                  [](const auto& axis) { return MeansNothing(axis.first.substr(0, axis.first.find('.'))); });
    std::vector<std::string_view> labels;
    for (const auto& [axis, label] : point.axes) labels.push_back(label);
    point.name = labels.empty() ? point.Part("workload").name : fmt::to_string(fmt::join(labels, "/"));
    return !names.insert(point.name).second;
  });
}

record::Guarantee TwoTierGuarantee(const SuitePoint& point) {
  const bool naive = point.Part("engine").options.GetText("variant") == "naive";
  if (!naive) {
    return {.sentence = "exactly-once state, by a dedup table; exactly-once output, by positions in the outbox",
            .exactly_once_state = true,
            .exactly_once_egress = true};
  }
  return {
      .sentence =
          "at-least-once: what is not acknowledged is done again, upon a state that may have changed the first time; "
          "a function that knows repetitions by its state then sends nothing",
      .may_lose = true,
      .may_duplicate = true};
}

Result<std::unique_ptr<Engine>> MakeTwoTierEngine(const Parts& parts, const BenchOptions& bench,
                                                  const SuitePoint& point, std::uint64_t seed,
                                                  const std::string& data_folder, Generator& generator,
                                                  Collector& collector) {
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (failed) return MakeError(ErrorCode::kInternal, "cannot find this program's own file: {}", failed.message());
  const auto& workload_part = point.Part("workload");
  HOLDFAST_ASSIGN(const auto* registered, parts.workloads.Find(workload_part.name, workload_part.place));
  HOLDFAST_ASSIGN(const auto workload, registered->factory(workload_part.options, seed));
  const auto& engine = point.Part("engine").options;
  two_tier::TwoTierEngine::Options options{.command = {program.string(), "two-tier-service", "--config"},
                                           .config = {},
                                           .parent_folder = bench.folder,
                                           .data_folder = data_folder,
                                           .database = *two_tier::DatabaseKindOf(engine.GetText("database")),
                                           .database_binaries = engine.GetText("binaries"),
                                           .cpus = bench.places.system_cpus,
                                           .services = static_cast<int>(engine.GetInt("workers")),
                                           .target = kTargets.at(engine.GetText("hit")),
                                           .troubles = TroublesPorts(point),
                                           .yield = bench.places.placement != Placement::kSplit};
  options.config.seed = seed;
  for (auto& [path, value] : point.Resolved()) {
    const auto section = path.substr(0, path.find('.'));
    if (section == "workload" || section == "engine") options.config.point.emplace_back(path, value);
  }
  if (generator.loop()) options.outside = {program.string(), "participant", "--config"};
  return std::unique_ptr<Engine>(
      std::make_unique<two_tier::TwoTierEngine>(options, workload.application, generator, collector));
}

}  // namespace holdfast
