// A service process of the two-tier engine: it takes messages by HTTP, handles each against the database, and calls the
// services of the addresses that the function wrote to. It keeps nothing that is not in the database: another process
// in its place would do.
//
//   POST /message   body: an envelope; Idempotency-Key: its id     answered when it is safe to forget it:
//                     naive: when all that it led to is acknowledged, too; outbox: when it has committed
//   POST /due       the same, of a row of the outbox that goes with it
//   POST /status    answered with its counters
//
// An address belongs to one service, by its id: a load balancer would route so, because then messages to one address
// keep their order and do not fight for its row.
#pragma once

#include <memory>
#include <string>

#include "chaos/faults/fault_injector.h"
#include "core/model/application.h"
#include "core/ports/endpoint.h"
#include "engines/engine.h"
#include "engines/two-tier/database.h"

namespace holdfast::two_tier {

struct ServiceOptions {
  std::string folder;  // Of the sockets.
  int index = 0;
  int services = 1;
  bool outbox = false;
  int connections = 4;  // Threads that handle messages, each with a connection to the database.
  Duration poll = std::chrono::milliseconds(20);
  std::uint64_t seed = 0;
  FaultInjector* replies = nullptr;  // Asked whether the reply to a message that was handled is lost; null: none is.
};

using MakeEndpoint = std::function<std::unique_ptr<Endpoint>(std::shared_ptr<const Application>)>;

// Returns only when it cannot go on, with the reason.
Status RunService(const ServiceOptions& options, std::shared_ptr<const Application> application,
                  const MakeEndpoint& make_endpoint, Database& database);

// Which service an address belongs to.
int OwnerOf(std::string_view id, int services);
std::string ServiceSocket(const std::string& folder, int index);
// Where the testbed takes output: POST /emit (at once), /fence (answered with the position of the stream that the key
// names) and /commit (key: "stream position"); and, by /last-words, why a service ends: what it prints may not get
// through, least of all when the reason is a full disk.
std::string SinkSocket(const std::string& folder);

// What /status answers.
std::string EncodeCounters(const EngineCounters& counters);
EngineCounters DecodeCounters(std::string_view text);

}  // namespace holdfast::two_tier
