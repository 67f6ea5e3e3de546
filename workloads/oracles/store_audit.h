// Audits the recovery lines that a store of snapshots holds, from outside, with nothing but the store and the
// application: what is found is wrong whether or not the cluster ever goes back to it.
//
// A snapshot of all workers is a line by itself. Where each worker has snapshots of its own, a line is made of those
// and of what the logs say since; but once the cluster is at rest, the newest of all workers are one as they stand.
#pragma once

#include "core/model/application.h"
#include "core/ports/object_store.h"
#include "workloads/oracles/line_auditor.h"

namespace holdfast {

// Audits every complete snapshot of all workers; returns how many there are. An error if the store cannot be read;
// damage of what it holds is a finding.
Result<std::uint64_t> AuditSnapshots(ObjectStore& store, const Application& application, LineAuditor& auditor,
                                     Findings& findings);

// Audits the line of every worker's own newest snapshot. False, and nothing is audited, as long as one of these was
// begun before `at_rest_since` (application time, ms), since when nothing goes on; then try again later. kNotFound if a
// newer snapshot replaced one that was being read: then too.
Result<bool> AuditNewestParts(ObjectStore& store, const Application& application, std::int64_t at_rest_since,
                              LineAuditor& auditor, Findings& findings);

}  // namespace holdfast
