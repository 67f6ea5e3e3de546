#include "apps/cli/bench.h"

#include <algorithm>
#include <filesystem>

#include "apps/cli/two_tier_bench.h"
#include "apps/gateway/unix_link.h"
#include "chaos/faults/store_damage.h"
#include "engines/holdfast/holdfast_engine.h"
#include "storage-backends/durable/posix-disk/posix_disk.h"
#include "storage-backends/durable/sync_sites.h"
#include "workloads/suite/config/load_options.h"
#include "workloads/suite/config/reference.h"
#include "workloads/suite/runner/fault_plan.h"
#include "workloads/suite/runner/fault_words.h"

namespace holdfast {

namespace {

constexpr std::string_view kDefaults =
    "{engine: holdfast, host: embedded, protocol: unaligned, state: heap, store: filesystem, log: filesystem, "
    "channel: inproc, fault: none}";

ConfigTree BenchDefaults() { return ConfigTree::Parse(kDefaults, "built-in defaults").value(); }

// The sites that come from a store or a log in files, whichever of them the point has.
EngineCapabilities CapabilitiesOf(const SuitePoint& point, const ProtocolTraits& traits) {
  const bool store = point.Part("store").name == "filesystem";
  const bool log = traits.effect_log && point.Part("log").name == "filesystem";
  auto capabilities = HoldfastEngine::kCapabilities;
  capabilities.store = store;
  capabilities.commits = traits.egress != EgressRelease::kImmediate;
  const std::span<const std::string_view> sites(kFilesystemSyncSites);
  const auto first_of_log = static_cast<std::size_t>(std::ranges::find(sites, sync_site::kLogFolder) -
                                                     sites.begin());  // Those of the store stand before it.
  const auto from = store ? 0 : first_of_log;
  capabilities.sync_sites = sites.subspan(from, (log ? sites.size() : first_of_log) - from);
  return capabilities;
}

// What is kept in the memory of a process cannot survive its kill.
Status CheckDurability(const SuitePoint& point, const ProtocolTraits& traits) {
  if (!KillsSystem(point) || traits.restore == RestoreScope::kNothing) return {};
  std::vector<std::string_view> sections = {"store"};
  if (traits.effect_log) sections.emplace_back("log");
  for (const auto section : sections) {
    const auto& part = point.Part(section);
    if (part.name != "memory") continue;
    return ConfigError(ConfigErrorId::kCombination, part.place,
                       "{} memory forgets everything when the process is killed, so protocol {} could not keep what it "
                       "promises; use {} filesystem",
                       section, traits.name, section);
  }
  return {};
}

// Output that waits for a snapshot must have one to wait for.
Status CheckInterval(const SuitePoint& point, const ProtocolTraits& traits) {
  if (traits.egress != EgressRelease::kOnComplete) return {};
  const auto& part = point.Part("protocol");
  const auto interval = part.options.GetDuration("interval");
  const auto load = ReadLoad(point.Part("load").options);
  if (interval <= load.warm_up + load.duration) return {};
  return ConfigError(ConfigErrorId::kCombination, part.place,
                     "protocol {} shows output only when a snapshot is complete, and with an interval of {} none is "
                     "within {} of load; shorten protocol.interval or lengthen load.duration",
                     traits.name, FormatDuration(interval), FormatDuration(load.warm_up + load.duration));
}

// The testbed remembers every record until the point has been judged.
Status CheckLoad(const SuitePoint& point) {
  constexpr double kMostRecords = 1e9;
  const auto& part = point.Part("load");
  const auto load = ReadLoad(part.options);
  const auto seconds = std::chrono::duration<double>(load.warm_up + load.duration).count();
  if (load.rate.unlimited() || load.rate.per_second * seconds <= kMostRecords) return {};
  return ConfigError(ConfigErrorId::kCombination, part.place,
                     "{} for {} are more than {} records, the most that the testbed remembers; lower load.rate or "
                     "shorten load.duration",
                     FormatRate(load.rate), FormatDuration(load.warm_up + load.duration), kMostRecords);
}

// The store in the data folder of a system under test, seen from outside.
Result<OpenedObjects> OpenStoreOf(const Parts& parts, const SuitePoint& point, const std::string& folder,
                                  const std::string& writer) {
  const auto& store = point.Part("store");
  HOLDFAST_ASSIGN(const auto* kind, parts.stores.Find(store.name));
  OpenedObjects opened;
  HOLDFAST_ASSIGN(opened.disk, OpenPosixDisk(folder));
  HOLDFAST_ASSIGN(opened.objects, kind->factory(*opened.disk, writer, store.options));
  return opened;
}

bool IsAudited(const SuitePoint& point) {
  return !IsTwoTier(point) && point.Part("engine").options.GetText("audit") == "on";
}

// A line must be there to be audited, for long enough, and promise something.
Status CheckAudit(const SuitePoint& point, const ProtocolTraits& traits) {
  if (!IsAudited(point) || traits.restore == RestoreScope::kNothing) return {};
  const auto& store = point.Part("store");
  if (store.name != "memory") return {};
  return ConfigError(ConfigErrorId::kCombination, store.place,
                     "engine.audit reads the snapshots of a run from outside, and nobody can look into store memory; "
                     "use store filesystem, or turn engine.audit off");
}

// Snapshots of all workers are lines, and all are kept until the run is over. Where each worker has its own, only the
// last line is one without the logs.
Status PrepareAudit(const Parts& parts, const SuitePoint& point, HoldfastEngine::Options& options) {
  HOLDFAST_ASSIGN(const auto* protocol, parts.protocols.Find(point.Part("protocol").name));
  const auto& traits = protocol->factory.traits;
  if (!IsAudited(point) || traits.restore == RestoreScope::kNothing) return {};
  options.own_snapshots = !traits.snapshots_are_global;
  options.interval = point.Part("protocol").options.GetDuration("interval");
  options.open_store = [&parts, point](const std::string& folder) {
    return OpenStoreOf(parts, point, folder, "auditor");
  };
  if (!traits.snapshots_are_global) return {};
  for (auto& [path, value] : options.config.point) {
    if (path == "protocol.retained") value = "1000";
  }
  return {};
}

Result<std::string> Tamper(const Parts& parts, const SuitePoint& point, const std::string& folder, StoreFault fault) {
  if (fault == StoreFault::kEmptyStore) {
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
      std::filesystem::remove_all(entry.path(), failed);
    }
    if (failed) return MakeError(ErrorCode::kUnavailable, "{} cannot be emptied: {}", folder, failed.message());
    return std::string("snapshots and logs were removed");
  }
  HOLDFAST_ASSIGN(const auto store, OpenStoreOf(parts, point, folder, "main"));
  return fault == StoreFault::kDamageNewest ? DamageNewestSnapshot(*store.objects)
                                            : RemoveNewestSnapshot(*store.objects);
}

Result<BenchLoad> MakeLoad(const Parts& parts, const SuitePoint& point, std::uint64_t seed) {
  const auto& part = point.Part("workload");
  HOLDFAST_ASSIGN(const auto* registered, parts.workloads.Find(part.name, part.place));
  HOLDFAST_ASSIGN(const auto workload, registered->factory(part.options, seed));
  BenchLoad load{.input = workload.input,
                 .loop = workload.loop,
                 .make_oracle = workload.make_oracle,
                 .cause = workload.cause,
                 .observe = workload.observe};
  if (IsAudited(point)) load.make_auditor = workload.make_auditor, load.application = workload.application;
  return load;
}

Result<std::unique_ptr<Engine>> MakeEngine(const Parts& parts, const BenchOptions& bench, const SuitePoint& point,
                                           std::uint64_t seed, const std::string& data_folder, Generator& generator,
                                           Collector& collector) {
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (failed) return MakeError(ErrorCode::kInternal, "cannot find this program's own file: {}", failed.message());
  HoldfastEngine::Options options{
      .command = {program.string(), "sut", "--config"},
      .config = {},
      .parent_folder = bench.folder,
      .cpus = bench.places.system_cpus,
      .tamper = [&parts, point](const std::string& folder,
                                StoreFault fault) { return Tamper(parts, point, folder, fault); },
      .data_folder = data_folder,
      .accept_rollback = bench.accept_rollback,
      .kill_switch = KillsAtSyncs(point),
      .troubles = TroublesPorts(point),
      .yield = bench.places.placement != Placement::kSplit};
  options.config.seed = seed;
  for (auto& [path, value] : point.Resolved()) {
    // What is done to the system is none of its business.
    const auto section = path.substr(0, path.find('.'));
    if (section != "load" && section != "fault") options.config.point.emplace_back(path, value);
  }
  if (generator.loop()) options.outside = {program.string(), "participant", "--config"};
  HOLDFAST_TRY(PrepareAudit(parts, point, options));
  return std::unique_ptr<Engine>(std::make_unique<HoldfastEngine>(options, MakeUnixLink, generator, collector));
}

}  // namespace

std::string BenchPlaces::Text() const {
  const auto cpus = [](const std::vector<int>& list) { return fmt::format("CPU {}", fmt::join(list, ",")); };
  switch (placement) {
    case Placement::kSplit:
      return fmt::format("split: system on {}, generator on {}", cpus(system_cpus), cpus(generator_cpus));
    case Placement::kSameCpu:
      return fmt::format("same-cpu: system and generator on {}", cpus(system_cpus));
    case Placement::kFloat:
      break;
  }
  return "float: the kernel decides";
}

BenchPlaces PlaceBench(Placement placement, const std::vector<int>& cpus) {
  if (placement == Placement::kFloat || cpus.empty()) return {Placement::kFloat, {}, {}};
  if (placement == Placement::kSameCpu) return {placement, {cpus.front()}, {cpus.front()}};
  if (cpus.size() < 2) return {Placement::kFloat, {}, {}};
  return {placement, {cpus.begin(), cpus.end() - 1}, {cpus.back()}};
}

Catalog BenchCatalog(const Parts& parts) {
  auto catalog = parts.MakeCatalog();
  catalog.Add(FaultDescriptors());
  return catalog;
}

std::string BenchReferenceMarkdown(const Parts& parts) {
  auto catalog = BenchCatalog(parts);
  catalog.Add(LoadDescriptor());
  return SuiteReferenceMarkdown(catalog, BenchDefaults()) + "\n## Steps of a schedule\n\n```\n" + ScheduleText() +
         "```\n";
}

std::string ScheduleText() { return FaultWordsText(kFilesystemSyncSites); }

Result<Suite> LoadBenchSuite(const Parts& parts, const std::string& path, std::span<const SuiteOverride> overrides) {
  const auto catalog = BenchCatalog(parts);
  const auto check = [&parts](const SuitePoint& point) -> Status {
    if (IsTwoTier(point)) {
      HOLDFAST_TRY(CheckTwoTier(point));
      return CheckLoad(point);
    }
    HOLDFAST_ASSIGN(const auto* protocol, parts.protocols.Find(point.Part("protocol").name));
    HOLDFAST_TRY(
        CheckFault(point, CapabilitiesOf(point, protocol->factory.traits)));  // First: others look at the faults.
    HOLDFAST_TRY(CheckInterval(point, protocol->factory.traits));
    HOLDFAST_TRY(CheckAudit(point, protocol->factory.traits));
    HOLDFAST_TRY(CheckLoad(point));
    return CheckDurability(point, protocol->factory.traits);
  };
  HOLDFAST_ASSIGN(auto suite, LoadSuite(path, overrides, {catalog, BenchDefaults(), check}));
  LeaveWhatTwoTierHas(suite);
  return suite;
}

BenchParts MakeBenchParts(const Parts& parts, const BenchOptions& options) {
  const auto traits_of = [&parts](const SuitePoint& point) -> const ProtocolTraits& {
    return parts.protocols.Find(point.Part("protocol").name).value()->factory.traits;
  };
  return {.make_load = [&parts](const SuitePoint& point, std::uint64_t seed) { return MakeLoad(parts, point, seed); },
          .make_engine =
              [&parts, options](const SuitePoint& point, std::uint64_t seed, const std::string& data_folder,
                                Generator& generator, Collector& collector) {
                if (IsTwoTier(point)) {
                  return MakeTwoTierEngine(parts, options, point, seed, data_folder, generator, collector);
                }
                return MakeEngine(parts, options, point, seed, data_folder, generator, collector);
              },
          .holds_output =
              [traits_of](const SuitePoint& point) {
                return !IsTwoTier(point) && traits_of(point).egress != EgressRelease::kImmediate;
              },
          .guarantee = [traits_of](const SuitePoint& point) -> record::Guarantee {
            if (IsTwoTier(point)) return TwoTierGuarantee(point);
            const auto& promised = traits_of(point).guarantee;
            return {.sentence = std::string(promised.sentence),
                    .exactly_once_state = promised.exactly_once_state,
                    .exactly_once_egress = promised.exactly_once_egress,
                    .may_lose = !promised.exactly_once_egress,
                    .may_duplicate = !promised.exactly_once_egress};
          }};
}

}  // namespace holdfast
