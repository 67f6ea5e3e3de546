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
      topic_(parts_.input, config.records),
      sink_(scheduler_, *parts_.oracle, config.workers),
      owners_(EvenOwners(parts_.application->max_parallelism(), config.workers)),
      workers_(config.workers),
      slow_work_(config.workers + 1u),
      lives_(config.workers + 1u) {
  store_machine_ = std::make_unique<Machine>(scheduler_, config_, config.workers, "store");
  for (std::uint16_t i = 0; i < config_.workers; ++i) {
    machines_.push_back(std::make_unique<Machine>(scheduler_, config_, i, fmt::format("machine {}", i)));
    report_delays_.push_back(SimStream(config.seed, "reports", i));
    order_delays_.push_back(SimStream(config.seed, "orders", i));
    for (std::uint16_t j = 0; j < config_.workers; ++j) {
      links_.push_back({{}, SimStream(config.seed, "frames", std::uint64_t{i} << 16 | j)});
    }
  }
}

World::~World() {
  for (auto& process : workers_) {
    if (process) graveyard_.push_back(std::move(process->state));
  }
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
  for (const auto& process : workers_) {
    if (process) Collect(process->worker->counters());
  }
  Judge();
  report_.hash = scheduler_.hash();
  return std::move(report_);
}

void World::OfferNext() {
  if (topic_.all_offered()) return;
  const auto partition = topic_.Offer();
  healed_at_ = std::max(healed_at_, scheduler_.Now());
  parts_.oracle->Offered(partition, topic_.offered(partition));
  ScheduleRun(WorkerId(static_cast<std::uint16_t>(partition.value % config_.workers)), Duration(1'000));
  const auto gap = static_cast<std::int64_t>(gaps_.Exponential(static_cast<double>(config_.record_gap.count())));
  scheduler_.After(Duration(gap), [this] { OfferNext(); });
}

void World::ScheduleRun(WorkerId id, Duration delay) {
  auto* process = workers_[id.value].get();
  if (process == nullptr) return;
  const auto at = scheduler_.Now() + delay;
  if (process->run_scheduled && process->run_at <= at) return;
  process->run_scheduled = true;
  process->run_at = at;
  scheduler_.At(at, [this, id, boot = process->boot, at] {
    auto* same = workers_[id.value].get();
    if (same == nullptr || same->boot != boot || !same->run_scheduled || same->run_at != at) return;
    same->run_scheduled = false;
    GuardWorker(id, [this, id] { RunWorker(id); });
  });
}

void World::RunWorker(WorkerId id) {
  auto& process = *workers_[id.value];
  auto& worker = *process.worker;
  const auto before = worker.counters().units;
  const bool more = worker.Run(1 + process.life->random().Below(config_.slice));
  const auto units = worker.counters().units - before;
  scheduler_.Note("run", std::uint64_t{id.value} << 32 | units, [&] {
    return SimStory({.fact = SimFact::kUnits, .place = AtWorker(id), .count = units}, worker.Describe());
  });
  report_.peak_queue = std::max(report_.peak_queue, worker.queued());
  if (more) return ScheduleRun(id, Duration(1'000 + 2'000 * static_cast<std::int64_t>(units)));
  if (const auto wake = worker.NextWake()) ScheduleRun(id, *wake + Duration(1'000));
}

void World::TickCoordinator() {
  if (!coordinator_ || !coordinator_->coordinator) return;
  GuardCoordinator([this] { coordinator_->coordinator->Tick(); });
  ScheduleTick();
}

void World::ScheduleTick() {
  if (!coordinator_ || !coordinator_->coordinator) return;
  const auto at = scheduler_.Now() + coordinator_->coordinator->NextWake();
  auto& tick_at = coordinator_->tick_at;
  if (tick_at && *tick_at <= at) return;
  tick_at = at;
  scheduler_.At(at, [this, at, boot = coordinator_->boot] {
    if (!coordinator_ || coordinator_->boot != boot || coordinator_->tick_at != at) return;
    coordinator_->tick_at.reset();
    TickCoordinator();
  });
}

void World::DeliverFrame(WorkerId from, WorkerId to, std::string frame) {
  const auto flight = scheduler_.NewFlight();
  scheduler_.Note("frame", Hash64(frame) ^ to.value, [&] { return TellFrame(from, to, flight, frame); });
  auto* target = workers_[to.value].get();
  if (target == nullptr) return TellDropped(AtWorker(to), flight, "it is down");
  auto& link = LinkOf(from, to);
  auto delay = Duration(static_cast<std::int64_t>(link.delays.Exponential(100'000)) + 5'000);
  if (link.delays.Chance(0.01)) delay *= 30;
  link.last_arrival = std::max(link.last_arrival, scheduler_.Now() + delay);
  const Route route{from, to, workers_[from.value]->boot, target->boot, flight};
  scheduler_.At(link.last_arrival,
                [this, route, frame = std::move(frame)]() mutable { TakeFrame(route, std::move(frame)); });
}

void World::TakeFrame(const Route& route, std::string frame) {
  auto* receiver = workers_[route.to.value].get();
  auto* sender = workers_[route.from.value].get();
  if (receiver == nullptr || receiver->boot != route.target)
    return TellDropped(AtWorker(route.to), route.flight, "it died meanwhile");
  if (sender == nullptr || sender->boot != route.source)
    return TellDropped(AtWorker(route.to), route.flight, "the sender died meanwhile");
  const auto expected = scheduler_.listening() ? std::optional(Expect(route, frame)) : std::nullopt;
  GuardWorker(route.to, [&] { receiver->worker->OnFrame(std::move(frame)); });
  if (expected) TellArrived(route, *expected);
  ScheduleRun(route.to, Duration(1'000));
}

Duration World::ControlDelay(Random& delays) {
  Duration delay(static_cast<std::int64_t>(delays.Exponential(150'000)) + 5'000);
  return delays.Chance(0.02) ? delay * 30 : delay;  // Control messages overtake each other.
}

void World::ToCoordinator(WorkerId from, std::string message) {
  const auto flight = scheduler_.NewFlight();
  scheduler_.Note("report", Hash64(message),
                  [&] { return TellControl(AtWorker(from), kAtCoordinator, flight, message); });
  if (!coordinator_) return TellDropped(kAtCoordinator, flight, "it is down");
  const auto delay = ControlDelay(report_delays_[from.value]);
  scheduler_.After(delay, [this, flight, boot = coordinator_->boot, message = std::move(message)] {
    if (!coordinator_ || coordinator_->boot != boot || !coordinator_->coordinator) {
      return TellDropped(kAtCoordinator, flight, "it died meanwhile");
    }
    TellArrived(kAtCoordinator, flight, message);
    GuardCoordinator([&] { coordinator_->coordinator->OnControl(message); });
    ScheduleTick();
  });
}

void World::ToWorker(WorkerId to, std::string message) {
  const auto flight = scheduler_.NewFlight();
  scheduler_.Note("order", Hash64(message) ^ to.value,
                  [&] { return TellControl(kAtCoordinator, AtWorker(to), flight, message); });
  auto* process = workers_[to.value].get();
  if (process == nullptr) return TellDropped(AtWorker(to), flight, "it is down");
  scheduler_.After(ControlDelay(order_delays_[to.value]),
                   [this, to, flight, boot = process->boot, message = std::move(message)] {
                     auto* target = workers_[to.value].get();
                     if (target == nullptr || target->boot != boot)
                       return TellDropped(AtWorker(to), flight, "it died meanwhile");
                     TellArrived(AtWorker(to), flight, message);
                     GuardWorker(to, [&] { target->worker->OnControl(message); });
                     ScheduleRun(to, Duration(1'000));
                   });
}

}  // namespace holdfast
