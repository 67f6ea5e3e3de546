#include "apps/simulate/sim_run.h"

#include <algorithm>

#include "core/base/suggest.h"
#include "storage-backends/durable/sync_sites.h"
#include "transports/hosts/check_effects.h"

namespace holdfast {
namespace {

constexpr std::string_view kState = "heap";

}  // namespace

SimRun DrawSimRun(const Parts& parts, const std::string& workload, const std::string& protocol, std::uint64_t seed,
                  const std::function<void(SimConfig& config)>& adjust) {
  Random random(Mix64(seed) ^ 0x9a127);
  SimRun run;
  run.workload = workload;
  run.workload_options = (*parts.workloads.Find(workload))->descriptor.options.Draw(random);
  run.protocol = protocol;
  const auto hosts = parts.hosts.Descriptors();
  run.host = hosts[random.Below(hosts.size())].name;
  run.store_options = (*parts.stores.Find(kSimStore))->descriptor.options.Draw(random);
  run.log_options = (*parts.logs.Find(kSimStore))->descriptor.options.Draw(random);
  run.config = DrawSimConfig(seed);
  if (adjust) adjust(run.config);
  run.faults = DrawFaults(run.config);
  return run;
}

SimParts MakeSimParts(const Parts& parts, const SimRun& run) {
  const auto made = (*parts.workloads.Find(run.workload))->factory(run.workload_options, run.config.seed);
  made.status().OrDie();
  const auto* state = *parts.states.Find(kState);
  const auto* stores = *parts.stores.Find(kSimStore);
  const auto* logs = *parts.logs.Find(kSimStore);
  SimParts made_parts;
  made_parts.application = made->application;
  made_parts.input = made->input;
  made_parts.oracle = made->make_oracle();
  made_parts.auditor = made->make_auditor();
  made_parts.loop = made->loop;
  if (made->make_participant) made_parts.participant = made->make_participant();
  made_parts.protocol = (*parts.protocols.Find(run.protocol))->factory;
  made_parts.make_endpoint = (*parts.hosts.Find(run.host))->factory;
  made_parts.check_effects = [application = made->application](const AddressView& self, std::string_view effects) {
    return CheckEffects(*application, self, effects);
  };
  made_parts.make_state = [state](Background& background) {
    return *state->factory({{}, background}, state->descriptor.options.Defaults());
  };
  made_parts.open_objects = [stores, values = run.store_options](Disk& disk, const std::string& writer) {
    return stores->factory(disk, writer, values);
  };
  made_parts.open_logs = [logs, values = run.log_options](Disk& disk, Background& background) {
    return logs->factory(disk, background, values);
  };
  return made_parts;
}

SimReport RunSimRun(const Parts& parts, const SimRun& run, SimListener listener) {
  return Simulate(run.config, run.faults, MakeSimParts(parts, run), std::move(listener));
}

Status CheckSyncSite(const std::string& site, const ConfigPlace& place) {
  const std::vector<std::string> known(kFilesystemSyncSites.begin(), kFilesystemSyncSites.end());
  if (site.empty() || std::ranges::count(known, site) > 0) return {};
  return ConfigError(ConfigErrorId::kUnknownName, place, "unknown sync site {}; {}", Quote(site),
                     KnownWords(site, known));
}

}  // namespace holdfast
