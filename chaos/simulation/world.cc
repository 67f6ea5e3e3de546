// World: what moves, and when it is over.
#include "chaos/simulation/world.h"

#include <algorithm>

#include "chaos/simulation/world_processes.h"

namespace holdfast {

World::World(const SimConfig& config, const std::vector<SimFault>& faults, SimParts parts, SimListener listener)
    : config_(config),
      faults_(faults),
      parts_(std::move(parts)),
      scheduler_(std::move(listener)),
      gaps_(SimStream(config.seed, "gaps")),
      topic_(parts_.input, config.records, parts_.loop),
      sink_(scheduler_, *parts_.oracle, config.workers, SimStream(config.seed, "sink faults")),
      owners_(EvenOwners(parts_.application->max_parallelism(), config.workers)),
      workers_(config.workers),
      slow_work_(config.workers + 1u),
      lives_(config.workers + 1u) {
  if (parts_.lend_clock) parts_.lend_clock(scheduler_);
  if (parts_.participant) InviteParticipant();
  store_machine_ = std::make_unique<Machine>(scheduler_, report_.probes, config_, config.workers, "store");
  for (std::uint16_t i = 0; i < config_.workers; ++i) {
    clocks_.emplace_back(scheduler_);
    machines_.push_back(
        std::make_unique<Machine>(scheduler_, report_.probes, config_, i, fmt::format("machine {}", i)));
    report_delays_.push_back(SimStream(config.seed, "reports", i));
    order_delays_.push_back(SimStream(config.seed, "orders", i));
    report_paths_.push_back(NewPath("report faults", i));
    order_paths_.push_back(NewPath("order faults", i));
    for (std::uint16_t j = 0; j < config_.workers; ++j) {
      const auto which = std::uint64_t{i} << 16 | j;
      links_.push_back({{}, {}, SimStream(config.seed, "frames", which), NewPath("frame faults", which)});
    }
  }
}

World::~World() {
  for (auto* processes : {&workers_, &zombies_}) {
    for (auto& process : *processes) {
      if (process) graveyard_.push_back(std::move(process->state));
    }
  }
  for (auto& process : dying_) graveyard_.push_back(std::move(process->state));
}

SimReport World::Run() {
  const auto begin = scheduler_.Now();
  healed_at_ = visible_since_ = calm_since_ = begin;
  StartCoordinator();
  for (std::uint16_t i = 0; i < config_.workers; ++i) StartWorker(WorkerId(i));
  PlanFaults();
  OfferNext();
  while (!Done()) {
    if (!scheduler_.RunOne()) Violation(SimFailure::kStuck, "nothing will ever happen again: " + DescribeAll());
  }
  report_.virtual_time = scheduler_.Now() - begin;
  report_.steps = scheduler_.steps();
  for (const auto* processes : {&workers_, &zombies_}) {
    for (const auto& process : *processes) {
      if (process) Collect(process->worker->counters());
    }
  }
  Judge();
  report_.hash = scheduler_.hash();
  return std::move(report_);
}

void World::OfferNext() {
  if (topic_.all_offered()) return;
  Offered(topic_.Offer());
  const auto gap = static_cast<std::int64_t>(gaps_.Exponential(static_cast<double>(config_.record_gap.count())));
  scheduler_.After(Duration(gap), [this] { OfferNext(); });
}

void World::Offered(PartitionId partition) {
  healed_at_ = std::max(healed_at_, scheduler_.Now());
  parts_.oracle->Offered(partition, topic_.offered(partition));
  const WorkerId reader(static_cast<std::uint16_t>(partition.value % config_.workers));
  if (workers_[reader.value]) ScheduleRun(workers_[reader.value]->self, Duration(1'000));
  for (const auto& zombie : zombies_) {
    if (zombie->self.id == reader) ScheduleRun(zombie->self, Duration(1'000));
  }
}

void World::ScheduleRun(WorkerLife life, Duration delay) {
  auto* process = Find(life);
  if (process == nullptr) return;
  const auto at = scheduler_.Now() + delay;
  if (process->run_scheduled && process->run_at <= at) return;
  process->run_scheduled = true;
  process->run_at = at;
  scheduler_.At(at, [this, life, at] {
    auto* same = Find(life);
    if (same == nullptr || !same->run_scheduled || same->run_at != at) return;
    same->run_scheduled = false;
    same->life->Meet([this, life] { GuardWorker(life, [this, life] { RunWorker(*Find(life)); }); });
  });
}

void World::RunWorker(WorkerProcess& process) {
  auto& worker = *process.worker;
  const auto before = worker.counters().units;
  const bool more = worker.Run(1 + process.life->random().Below(config_.slice));
  const auto units = worker.counters().units - before;
  scheduler_.Note("run", std::uint64_t{process.self.id.value} << 32 | units, [&] {
    if (process.replaced) return SimStory("a zombie: " + worker.Describe());
    return SimStory({.fact = SimFact::kUnits, .place = AtWorker(process.self.id), .count = units}, worker.Describe());
  });
  report_.peak_queue = std::max(report_.peak_queue, worker.queued());
  if (more) return ScheduleRun(process.self, Duration(1'000 + 2'000 * static_cast<std::int64_t>(units)));
  if (const auto wake = worker.NextWake()) ScheduleRun(process.self, *wake + Duration(1'000));
}

void World::TickCoordinator(std::uint64_t boot) {
  GuardCoordinator(boot, [this, boot] { FindCoordinator(boot)->coordinator->Tick(); });
  ScheduleTick(boot);
}

void World::ScheduleTick(std::uint64_t boot) {
  auto* process = FindCoordinator(boot);
  if (process == nullptr || !process->coordinator) return;
  const auto at = scheduler_.Now() + process->coordinator->NextWake();
  auto& tick_at = process->tick_at;
  if (tick_at && *tick_at <= at) return;
  tick_at = at;
  scheduler_.At(at, [this, at, boot] {
    auto* same = FindCoordinator(boot);
    if (same == nullptr || same->tick_at != at) return;
    same->tick_at.reset();
    same->life->Meet([this, boot] { TickCoordinator(boot); });
  });
}

}  // namespace holdfast
