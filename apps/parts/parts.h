// Every pluggable part this program has, by kind and name. The one place where implementations are listed: adding one
// is a folder, and a line in parts.cc.
#pragma once

#include <functional>
#include <memory>

#include "core/base/registry.h"
#include "core/ports/endpoint.h"
#include "core/protocols/factory.h"
#include "storage-backends/durable/registries.h"
#include "storage-backends/state/registry.h"
#include "workloads/oracles/workload.h"

namespace holdfast {

using HostFactory = std::function<std::unique_ptr<Endpoint>(std::shared_ptr<const Application> application)>;

struct Parts {
  Registry<ProtocolFactory> protocols{PartKind::kProtocol};
  StateBackendRegistry states{PartKind::kStateBackend};
  Registry<HostFactory> hosts{PartKind::kHost};
  ObjectStoreRegistry stores{PartKind::kObjectStore};
  AppendLogRegistry logs{PartKind::kAppendLog};
  WorkloadRegistry workloads{PartKind::kWorkload};
  // Parts that are built in: engines, channels, faults.
  std::vector<Descriptor> fixed;

  // Everything, for suites, lists and reference pages.
  Catalog MakeCatalog() const;
};

Parts AllParts();

// Options every snapshot protocol has: when to begin a snapshot, when to give up on it, how many to keep.
OptionSet ProtocolOptions();

}  // namespace holdfast
