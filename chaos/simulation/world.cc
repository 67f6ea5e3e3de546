// World: what moves, and when it is over.
#include "chaos/simulation/world.h"

#include <algorithm>

#include "chaos/simulation/world_processes.h"

namespace holdfast {
namespace {

constexpr Duration kGiveUpAfter = std::chrono::seconds(20);
// How long the world at rest goes on, to see what should not come.
constexpr Duration kAftermath = std::chrono::milliseconds(15);

}  // namespace

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
  StartCoordinator();
  for (std::uint16_t i = 0; i < config_.workers; ++i) StartWorker(WorkerId(i));
  PlanFaults();
  OfferNext();
  const auto begin = scheduler_.Now();
  while (!Done()) {
    if (!scheduler_.RunOne() || scheduler_.Now() - begin > kGiveUpAfter) {
      Violation("stuck: " + DescribeAll());
      break;
    }
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

void World::Violation(std::string text) {
  if (report_.violation.empty()) report_.violation = std::move(text);
}

void World::OfferNext() {
  if (topic_.all_offered()) return;
  const auto partition = topic_.Offer();
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
  scheduler_.Note("run", std::uint64_t{id.value} << 32 | units, [&] { return worker.Describe(); });
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
  scheduler_.Note("frame", Hash64(frame) ^ to.value,
                  [&] { return fmt::format("worker {} -> {}: {}", from, to, DescribeFrame(frame)); });
  auto* target = workers_[to.value].get();
  if (target == nullptr) return;
  auto& link = LinkOf(from, to);
  auto delay = Duration(static_cast<std::int64_t>(link.delays.Exponential(100'000)) + 5'000);
  if (link.delays.Chance(0.01)) delay *= 30;
  link.last_arrival = std::max(link.last_arrival, scheduler_.Now() + delay);
  const auto source = workers_[from.value]->boot;
  scheduler_.At(link.last_arrival, [this, from, to, source, boot = target->boot, frame = std::move(frame)]() mutable {
    auto* receiver = workers_[to.value].get();
    auto* sender = workers_[from.value].get();
    if (receiver == nullptr || receiver->boot != boot || sender == nullptr || sender->boot != source) return;
    GuardWorker(to, [&] { receiver->worker->OnFrame(std::move(frame)); });
    ScheduleRun(to, Duration(1'000));
  });
}

Duration World::ControlDelay(Random& delays) {
  Duration delay(static_cast<std::int64_t>(delays.Exponential(150'000)) + 5'000);
  return delays.Chance(0.02) ? delay * 30 : delay;  // Control messages overtake each other.
}

void World::ToCoordinator(WorkerId from, std::string message) {
  scheduler_.Note("report", Hash64(message),
                  [&] { return fmt::format("worker {} -> coordinator: {}", from, DescribeControl(message)); });
  if (!coordinator_) return;
  const auto delay = ControlDelay(report_delays_[from.value]);
  scheduler_.After(delay, [this, boot = coordinator_->boot, message = std::move(message)] {
    if (!coordinator_ || coordinator_->boot != boot || !coordinator_->coordinator) return;
    GuardCoordinator([&] { coordinator_->coordinator->OnControl(message); });
    ScheduleTick();
  });
}

void World::ToWorker(WorkerId to, std::string message) {
  scheduler_.Note("order", Hash64(message) ^ to.value,
                  [&] { return fmt::format("coordinator -> worker {}: {}", to, DescribeControl(message)); });
  auto* process = workers_[to.value].get();
  if (process == nullptr) return;
  scheduler_.After(ControlDelay(order_delays_[to.value]),
                   [this, to, boot = process->boot, message = std::move(message)] {
                     auto* target = workers_[to.value].get();
                     if (target == nullptr || target->boot != boot) return;
                     GuardWorker(to, [&] { target->worker->OnControl(message); });
                     ScheduleRun(to, Duration(1'000));
                   });
}

bool World::Done() {
  if (!report_.violation.empty()) return true;
  if (!topic_.all_offered() || faults_left_ > 0) return false;
  const bool promised = parts_.protocol.traits.guarantee.exactly_once_egress;
  if (promised && Outstanding()) return false;
  if (sink_.visible() != calm_visible_ || !AtRest()) {
    calm_visible_ = sink_.visible();
    calm_since_ = scheduler_.Now();
  }
  return scheduler_.Now() - calm_since_ > kAftermath;
}

bool World::Outstanding() const {
  const auto ledger = parts_.oracle->ledger();
  return ledger.seen < ledger.expected;
}

// What is promised includes delayed messages, operations and held output, however late: no run is over before them.
bool World::AtRest() const {
  const bool promised = parts_.protocol.traits.guarantee.exactly_once_egress;
  return coordinator_ && std::all_of(workers_.begin(), workers_.end(), [promised](const auto& process) {
           if (!process || process->worker->phase() != Worker::Phase::kRunning) return false;
           return promised ? process->worker->Settled() : process->worker->Idle();
         });
}

bool World::Judge() {
  auto& oracle = *parts_.oracle;
  oracle.Finish();
  report_.ledger = oracle.ledger();
  if (!report_.violation.empty()) report_.violation += "\n" + oracle.findings().Text();
  if (!parts_.protocol.traits.guarantee.exactly_once_egress) return true;
  oracle.CheckState([this](const StateVisitor& visit) {
    for (const auto& process : workers_) {
      if (!process) continue;
      const auto& functions = parts_.application->functions();
      for (std::uint16_t table = 0; table < functions.size(); ++table) {
        process->state
            ->ForEachIn(TableId(table),
                        [&](const RowKey& key, std::string_view value) -> Status {
                          visit(functions[table].name, key.id, value);
                          return {};
                        })
            .OrDie();
      }
    }
  });
  if (!oracle.findings().none()) Violation(oracle.findings().Text());
  return report_.violation.empty();
}

void World::Collect(const WorkerCounters& counters) {
  report_.units += counters.units;
  report_.messages_local += counters.sent_local;
  report_.messages_remote += counters.sent_remote;
  report_.late += counters.late;
  report_.replayed += counters.replayed_records;
  report_.spilled += counters.spilled;
  report_.delayed_fired += counters.delayed_fired;
  report_.delayed_cancelled += counters.delayed_cancelled;
  report_.delayed_restored += counters.delayed_restored;
  report_.outcomes += counters.async_outcomes;
  report_.outcomes_unknown += counters.async_unknown;
  report_.failed_attempts += counters.failed_attempts;
  report_.dead_letters += counters.dead_letters;
}

std::string World::DescribeAll() const {
  const auto ledger = parts_.oracle->ledger();
  auto text = fmt::format("{} of {} seen", ledger.seen, ledger.expected);
  if (coordinator_ && coordinator_->coordinator) text += "\n  " + coordinator_->coordinator->Describe();
  for (const auto& process : workers_) {
    if (process) text += "\n  " + process->worker->Describe();
  }
  return text;
}

}  // namespace holdfast
