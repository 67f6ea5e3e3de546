// HoldfastEngine: its recovery lines, read from its store while it is at rest.
#include "engines/holdfast/holdfast_engine.h"
#include "engines/steady_now.h"
#include "workloads/oracles/store_audit.h"

namespace holdfast {

using namespace std::chrono_literals;

Result<std::uint64_t> HoldfastEngine::AuditLines(const Application& application, LineAuditor& auditor,
                                                 std::int64_t at_rest_since, Findings& findings) {
  if (!options_.open_store) return std::uint64_t{0};
  HOLDFAST_ASSIGN(const auto store, options_.open_store(options_.config.data));
  if (!options_.own_snapshots) return AuditSnapshots(*store.objects, application, auditor, findings);
  // Each worker must have begun a snapshot since.
  const auto give_up = SteadyNow() + 3 * options_.interval + 5s;
  for (;;) {
    const auto audited = AuditNewestParts(*store.objects, application, at_rest_since, auditor, findings);
    if (audited.ok() && *audited) return std::uint64_t{1};
    if (!audited.ok() && audited.error().code != ErrorCode::kNotFound) return audited.error();
    if (SteadyNow() > give_up) {
      return MakeError(ErrorCode::kUnavailable, "not every worker has taken a snapshot since the load ended");
    }
    HOLDFAST_TRY(RunUntil(SteadyNow() + 20ms));
  }
}

}  // namespace holdfast
