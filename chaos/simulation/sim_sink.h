// The sink of a simulated cluster, and the way to it. The sink is one place with a stream per worker and is never
// killed; each process has a connection of its own, on which calls keep their order. A fault breaks the connection at a
// call, before or after it was carried out: every later call on it fails, until Fence makes it anew.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

#include "chaos/simulation/sim_fault.h"
#include "chaos/simulation/sim_ports.h"
#include "chaos/simulation/sim_probe.h"
#include "core/ports/egress.h"
#include "workloads/oracles/oracle.h"

namespace holdfast {

class SimSink {
 public:
  // `troubles` is forked for each worker, whose faults are drawn from its own.
  SimSink(SimScheduler& scheduler, Oracle& oracle, std::uint16_t workers, Random troubles)
      : scheduler_(scheduler), oracle_(oracle), streams_(workers) {
    for (auto& stream : streams_) stream.troubles = troubles.Fork();
  }
  // A fault of the sink, for those whom it befalls; it outlives the sink, or its end.
  void Begin(const SimFault& fault) { faults_.push_back(&fault); }
  void End(const SimFault& fault) { std::erase(faults_, &fault); }
  // How much longer what `worker` sends now takes.
  Duration Delay(WorkerId worker);
  // Carries out a call that has arrived, which returns a Status or Result, unless the connection is, or now gets,
  // `broken`: then it may not be carried out, and its answer is lost.
  template <class Call>
  auto Carry(WorkerId worker, bool& broken, const Call& call) -> decltype(call()) {
    const auto fate = broken ? Fate::kRefused : Draw(worker);
    broken = fate != Fate::kDone;
    if (fate == Fate::kDone) return call();
    if (fate == Fate::kAnswerLost) (void)call();
    return MakeError(ErrorCode::kUnavailable, "worker {}: the connection to the sink broke (injected)", worker);
  }
  Result<std::uint64_t> Fence(WorkerId worker, EgressFence fence);
  Status Commit(WorkerId worker, EgressFence fence, std::uint64_t position, std::string_view records);
  void Show(std::string_view records);
  // Sees each record after the oracle.
  using Also = std::function<void(const EgressRecord& record)>;
  void ShowTo(Also also) { also_ = std::move(also); }
  void TellObjection(std::string_view before) const;
  std::uint64_t visible() const { return visible_; }
  SimProbes& probes() { return probes_; }

 private:
  struct Stream {
    EgressFence fence;
    std::uint64_t committed = 0;
    Random troubles{0};
  };
  enum class Fate : unsigned char { kDone, kRefused, kAnswerLost };
  Fate Draw(WorkerId worker);
  SimScheduler& scheduler_;
  Oracle& oracle_;
  Also also_;
  std::vector<Stream> streams_;
  std::uint64_t visible_ = 0;
  SimProbes probes_;
  std::vector<const SimFault*> faults_;  // In force.
  std::set<std::uint64_t> contents_;     // Of a mutant.
};

class SimEgress final : public EgressSink {
 public:
  // One batch in twenty arrives later than others, by up to `late`.
  SimEgress(SimLifePtr life, SimSink& sink, WorkerId worker, Duration late)
      : life_(std::move(life)), sink_(sink), worker_(worker), late_(late) {}
  void Fence(EgressFence fence, std::function<void(Result<std::uint64_t>)> done) override;
  void Commit(std::uint64_t position, EgressBytes records, Callback done) override;
  void Emit(EgressPiece records) override;

 private:
  SteadyTime Arrival();
  // On the way to the sink, in order. Of what is there when the process dies, a first part arrives, the rest is lost.
  struct Line {
    bool cut = false;
    bool broken = false;
  };
  void Travel(std::function<void()> arrive, std::uint64_t flight = 0);
  // Tells of a batch on its way; returns the number of its flight.
  std::uint64_t Depart(std::uint64_t position, std::uint64_t bytes);
  SimLifePtr life_;
  SimSink& sink_;
  WorkerId worker_;
  const Duration late_;
  EgressFence fence_;
  SteadyTime last_arrival_;
  std::shared_ptr<Line> line_ = std::make_shared<Line>();
};

}  // namespace holdfast
