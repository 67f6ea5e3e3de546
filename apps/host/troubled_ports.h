// The ports of a process under test that its testbed makes misbehave: faulty decorators over whatever the process
// stands on, fed by one page of troubles.
//
//   HOLDFAST_ASSIGN(const auto troubled, TroubledPorts::Open(path, seed));
//   disk = &troubled->Over(*disk);
//   troubled->Wrap(cluster_parts, workers);
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "apps/host/local_cluster.h"
#include "chaos/faults/trouble_page.h"
#include "core/ports/disk.h"

namespace holdfast {

// Outlives the cluster. Made and destroyed by the thread that owns that.
class TroubledPorts {
 public:
  static Result<std::unique_ptr<TroubledPorts>> Open(const std::string& page, std::uint64_t seed);

  // A disk over `disk`, which outlives this. Call once.
  Disk& Over(Disk& disk);
  // Functions, channels, sink and clock. `parts` is complete but for this.
  void Wrap(LocalClusterParts& parts, std::uint16_t workers);

 private:
  TroubledPorts(TroublePage page, std::uint64_t seed) : page_(std::move(page)), seed_(seed) {}
  void WrapFunctions(LocalClusterParts& parts);
  void WrapChannels(LocalClusterParts& parts, std::uint16_t workers);
  void WrapSink(LocalClusterParts& parts);
  // Of a purpose, and of one worker among others.
  Random Draws(std::string_view purpose, WorkerId worker = {}) const;

  TroublePage page_;
  const std::uint64_t seed_;
  std::unique_ptr<FaultInjector> disk_faults_, function_faults_;
  std::unique_ptr<Disk> disk_;
  std::vector<std::unique_ptr<EgressSink>> sinks_;
  SystemClock clock_;
  std::unique_ptr<Clock> troubled_clock_;
};

}  // namespace holdfast
