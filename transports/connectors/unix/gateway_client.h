// The system's end of the gateway: one connection of the process under test to its testbed, on which all its workers
// pull their ingress and commit their egress, and by which the testbed learns what happens inside.
//
//   HOLDFAST_ASSIGN(auto gateway, GatewayClient::Connect({.socket = path, .incarnation = n, .workers = 3}));
//   auto ports = gateway->Attach(WorkerId(0), {.wake = ..., .post = ...});   // once per worker
//   gateway->Start();
//   ... Worker(..., ports.ingress, ports.egress) ...
//   gateway->status().Set(WorkerId(0), Counter::kUnitsExecuted, n);
//
// A thread of its own does the input and output; workers reach it by lock-free queues, and it reaches them by the
// hooks. The ports of a worker are for that worker's thread; everything else is thread-safe. At the end come Stop, then
// the workers' loops, which the hooks reach, and last the client, which their ports belong to.
//
// Back-pressure: a partition holds at most wire::kWindow batches, and Poll yields nothing while more than
// kMaxUnsentEgress bytes of egress wait for the socket.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/ports/egress.h"
#include "core/ports/ingress.h"
#include "transports/connectors/unix/status.h"

namespace holdfast {

inline constexpr std::size_t kMaxUnsentEgress = 64u << 20;

// How to reach a worker's loop; both may be called from any thread and never wait.
struct LoopHooks {
  std::function<void()> wake;                       // New ingress is there to poll.
  std::function<void(std::function<void()>)> post;  // Runs the function on the loop.
};

class GatewayClient {
 public:
  struct Options {
    std::string socket;
    Incarnation incarnation;
    std::uint16_t workers = 1;
    // Called once, on the gateway's thread, when the testbed has gone or spoke nonsense: time to end the process.
    std::function<void(const Error&)> on_lost;
  };
  struct WorkerPorts {
    Ingress& ingress;
    EgressSink& egress;
  };

  // Connects and greets. kUnavailable if nobody listens, kRefused if the testbed is of another version.
  static Result<std::unique_ptr<GatewayClient>> Connect(Options options);
  virtual ~GatewayClient() = default;

  // Makes the ports of one worker, which live as long as the client. Requires: before Start, once per worker.
  virtual WorkerPorts Attach(WorkerId worker, LoopHooks hooks) = 0;
  // Starts the thread. From now on hooks may be called.
  virtual void Start() = 0;
  // Ends the thread, after what was reported has been sent as far as the socket takes it, and with it every call of a
  // hook. Ports still take what they are given, but nothing leaves any more and nothing is answered. Requires: the
  // owner's thread, not a hook or on_lost. Also done by the destructor.
  virtual void Stop() = 0;

  // The counters the testbed sees, for every worker to write its own.
  virtual StatusPage& status() = 0;
  virtual void Report(const SnapshotReport& report) = 0;
  virtual void Report(const InstantReport& report) = 0;
  virtual void Report(const NoteReport& report) = 0;
};

}  // namespace holdfast
