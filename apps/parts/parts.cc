#include "apps/parts/parts.h"

#include "core/protocols/message-logging/message_logging.h"
#include "core/protocols/none/none.h"
#include "core/protocols/stop-the-world/stop_the_world.h"
#include "core/protocols/unaligned/unaligned.h"
#include "storage-backends/durable/append-log/filesystem/filesystem_append_log.h"
#include "storage-backends/durable/append-log/memory/memory_append_log.h"
#include "storage-backends/durable/object-store/filesystem/filesystem_object_store.h"
#include "storage-backends/durable/object-store/memory/memory_object_store.h"
#include "storage-backends/state/heap/heap_backend.h"
#include "storage-backends/state/lmdb/lmdb_backend.h"
#include "storage-backends/state/rocksdb/rocksdb_backend.h"
#include "transports/hosts/embedded_endpoint.h"
#include "transports/hosts/loopback_endpoint.h"
#include "workloads/chain/workload.h"
#include "workloads/fraud-bandit/workload.h"
#include "workloads/fraud-detection/workload.h"
#include "workloads/greeter/workload.h"
#include "workloads/iot-aggregates/workload.h"
#include "workloads/key-value/workload.h"
#include "workloads/payment/workload.h"
#include "workloads/random-programs/workload.h"
#include "workloads/shopping-cart/workload.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;

void AddProtocol(Parts& parts, const ProtocolFactory& factory, std::string sentence) {
  std::vector<std::string> capabilities;
  if (factory.traits.restore == RestoreScope::kFailed) capabilities.emplace_back("recovers-one-worker");
  if (factory.traits.effect_log) capabilities.emplace_back("effect-log");
  parts.protocols.Add({.kind = PartKind::kProtocol,
                       .name = std::string(factory.traits.name),
                       .sentence = std::move(sentence),
                       .options = ProtocolOptions(),
                       .capabilities = std::move(capabilities),
                       .guarantee = std::string(factory.traits.guarantee.sentence)},
                      factory);
}

void AddProtocols(Parts& parts) {
  AddProtocol(parts, NoneProtocol(), "No snapshots: the baseline, and the negative control under faults.");
  AddProtocol(parts, StopTheWorldProtocol(), "Everybody pauses until the network is empty, then everybody cuts.");
  AddProtocol(parts, UnalignedProtocol(),
              "Chandy-Lamport on every channel: nobody waits, in-flight messages are kept.");
  AddProtocol(parts, MessageLoggingProtocol(), "Every unit's effects are durable before anything leaves the worker.");
}

template <class EndpointType>
void AddHost(Parts& parts, std::string name, std::string sentence) {
  parts.hosts.Add({.kind = PartKind::kHost, .name = std::move(name), .sentence = std::move(sentence)},
                  [](std::shared_ptr<const Application> application) -> std::unique_ptr<Endpoint> {
                    return std::make_unique<EndpointType>(std::move(application));
                  });
}

OptionSet EngineOptions() {
  return OptionSet({
      IntOption("workers", 3, "Worker threads.").Between(1, 256),
      EnumOption("idle", "block", {"spin", "yield", "block"}, "What a worker does when there is nothing to do."),
      BytesOption("queue-memory", MiB(64), "Messages a worker queues in memory; more goes to disk.")
          .Between(KiB(1), GiB(64)),
      EnumOption("audit", "off", {"off", "on"},
                 "Whether all snapshots of a run are kept, and audited as recovery lines once it is over."),
      DurationOption("watchdog", 10s, "A function that runs longer than this is reported.").Between(10ms, 1h),
  });
}

OptionSet TwoTierOptions() {
  return OptionSet({
      EnumOption("variant", "idempotent", {"naive", "idempotent"},
                 "Only retries, or a dedup table and a transactional outbox besides."),
      EnumOption("database", "postgresql", {"postgresql", "redis"}, "What the services keep their state in."),
      IntOption("workers", 3, "Service processes.").Between(1, 64),
      IntOption("connections", 4, "Connections of a service to the database, each with a thread.").Between(1, 32),
      DurationOption("poll", 20ms, "How often a service looks for delayed messages that are due.").Between(1ms, 1h),
      DurationOption("dedup-retention", 10min, "How long the dedup table remembers a message.").Between(1s, 168h),
      EnumOption("hit", "everything", {"service", "services", "database", "everything"},
                 "What a fault hits: one service after the other, all of them, the database, or all processes."),
      StringOption("binaries", "", "The folder of the database's programs; empty: where Debian puts them."),
  });
}

}  // namespace

OptionSet ProtocolOptions() {
  return OptionSet({
      DurationOption("interval", 1s, "Time between the beginnings of two snapshots.")
          .Between(1ms, 24h)
          .InSimulation({3ms, 10ms, 30ms}),
      DurationOption("timeout", 60s, "A snapshot not complete after this long is given up.")
          .Between(1ms, 24h)
          .InSimulation({10ms, 60ms}),
      IntOption("retained", 2, "Complete snapshots kept.").Between(1, 1000),
  });
}

Parts AllParts() {
  Parts parts;
  AddProtocols(parts);
  RegisterHeapBackend(parts.states);
  RegisterRocksDbBackend(parts.states);
  RegisterLmdbBackend(parts.states);
  AddHost<EmbeddedEndpoint>(parts, "embedded", "Functions are called in the worker's thread.");
  AddHost<LoopbackEndpoint>(parts, "loopback",
                            "Functions are called through an encode and decode of every invocation.");
  RegisterMemoryObjectStore(parts.stores);
  RegisterFilesystemObjectStore(parts.stores);
  RegisterMemoryAppendLog(parts.logs);
  RegisterFilesystemAppendLog(parts.logs);
  chain::RegisterChain(parts.workloads);
  fraud_bandit::RegisterFraudBandit(parts.workloads);
  fraud_detection::RegisterFraudDetection(parts.workloads);
  greeter::RegisterGreeter(parts.workloads);
  iot_aggregates::RegisterIotAggregates(parts.workloads);
  key_value::RegisterKeyValue(parts.workloads);
  payment::RegisterPayment(parts.workloads);
  random_programs::RegisterRandomPrograms(parts.workloads);
  shopping_cart::RegisterShoppingCart(parts.workloads);
  parts.fixed.push_back({.kind = PartKind::kEngine,
                         .name = "holdfast",
                         .sentence = "This runtime, in a process of its own: a thread per worker.",
                         .options = EngineOptions()});
  parts.fixed.push_back({.kind = PartKind::kEngine,
                         .name = "two-tier",
                         .sentence = "Stateless services that keep state in a database and call each other by HTTP.",
                         .options = TwoTierOptions()});
  parts.fixed.push_back({.kind = PartKind::kChannel,
                         .name = "inproc",
                         .sentence = "Lock-free queues between the worker threads of one process."});
  return parts;
}

Catalog Parts::MakeCatalog() const {
  Catalog catalog;
  const auto add = [&catalog](const auto& registry) { catalog.Add(registry.Descriptors()); };
  add(workloads);
  add(hosts);
  add(protocols);
  add(states);
  add(stores);
  add(logs);
  catalog.Add(fixed);
  return catalog;
}

}  // namespace holdfast
