// World: what is sent from one process to another, and what befalls it on the way. A hold belongs to the process whose
// messages are held: it ends with it, and whoever takes its place, on a machine of its own, is heard. What else befalls
// a channel befalls it whoever sends.
#include <algorithm>

#include "chaos/simulation/world.h"
#include "chaos/simulation/world_processes.h"
#include "core/base/units.h"
#include "core/snapshot/frame.h"

namespace holdfast {

void World::ForPathsOf(const SimFault& fault, const std::function<void(SimPath&)>& action) {
  const bool control_only = fault.verb == SimFaultVerb::kDuplicate || fault.verb == SimFaultVerb::kReorder;
  const auto coordinator = workers_.size();
  ForProcessesOf(fault.target, [&](std::size_t from) {
    ForProcessesOf(fault.to, [&](std::size_t to) {
      if (from == to) return;
      if (from == coordinator) return action(order_paths_[to]);
      if (to == coordinator) return action(report_paths_[from]);
      if (!control_only) action(links_[from * workers_.size() + to].path);
    });
  });
}

void World::BeginHold(const SimFault& fault) {
  if (fault.target.role == SimFaultRole::kCoordinator) {
    if (coordinator_) BeginHold(fault, *coordinator_);
  } else if (const auto& process = workers_[fault.target.worker.value]) {
    BeginHold(fault, *process);
  }
}

// A worker of which the coordinator hears nothing is suspected, and a coordinator of which nobody does.
template <class Process>
void World::BeginHold(const SimFault& fault, Process& process) {
  auto& until = process.hold->until;
  const auto end = scheduler_.Now() + fault.lasts;
  ForProcessesOf(fault.to, [&](std::size_t to) {
    if (to < until.size()) until[to] = std::max(until[to], end);
  });
  const bool of_worker = fault.target.role == SimFaultRole::kWorker;
  const bool silent =
      fault.to.role == SimFaultRole::kEverything || (of_worker && fault.to.role == SimFaultRole::kCoordinator);
  if (silent) Suspect(process);
  ++faults_left_;
  scheduler_.After(fault.lasts,
                   [this, &fault, silent, silence = process.silence, life = process.life, hold = process.hold] {
                     if (silent) --silence->reasons;
                     EndHold(fault, *life, hold);
                   });
}

// What was held arrives at this instant; it counts as healed once all of it has.
void World::EndHold(const SimFault& fault, SimLife& life, const std::shared_ptr<Hold>& hold) {
  const auto waited = hold->waiting;
  scheduler_.After(Duration(1), [this, &fault, life = life.shared_from_this(), hold, waited] {
    const auto now = scheduler_.Now();
    const bool again = std::ranges::any_of(hold->until, [now](SteadyTime until) { return until >= now; });
    HOLDFAST_CHECK(again || hold->waiting == 0, "{} messages of {} are still held", hold->waiting, life->name());
    scheduler_.Note("healed", static_cast<std::uint64_t>(fault.verb) << 32 | waited, [&] {
      return fmt::format("{} is {}; {} messages had waited for {}", life->name(), again ? "held again" : "heard again",
                         waited, FormatDuration(fault.lasts));
    });
    --faults_left_;
    calm_since_ = now;
  });
}

void World::Arrive(SteadyTime time, const std::shared_ptr<Hold>& from, std::size_t to, std::function<void()> arrive) {
  const auto until = from ? from->until[to] : SteadyTime();
  if (until <= time) return scheduler_.At(time, std::move(arrive));
  ++from->waiting;
  scheduler_.At(until, [this, from, arrive = std::move(arrive)] {
    --from->waiting;
    report_.probes.Reach(SimProbe::kHeldBack);
    arrive();
  });
}

namespace {

bool HasMessages(std::string_view bytes) {
  const auto frame = OpenFrame(bytes);
  return frame.ok() && frame->header.kind == FrameKind::kData;
}

}  // namespace

void World::DeliverFrame(WorkerLife from, WorkerId to, std::string frame) {
  const auto flight = scheduler_.NewFlight();
  scheduler_.Note("frame", Hash64(frame) ^ to.value, [&] { return TellFrame(from.id, to, flight, frame); });
  if (!workers_[to.value]) return TellDropped(AtWorker(to), flight, "it is down");
  auto& link = LinkOf(from.id, to);
  auto delay = Duration(static_cast<std::int64_t>(link.delays.Exponential(100'000)) + 5'000);
  if (link.delays.Chance(0.01)) delay *= 30;
  const auto longer = link.path.Delay();
  if (longer.count() > 0) report_.probes.Reach(SimProbe::kFrameDelayed);
  link.last_arrival = std::max(link.last_arrival, scheduler_.Now() + delay + longer);
  if (HasMessages(frame)) link.last_data = link.last_arrival;
  const Route route{from, workers_[to.value]->self, flight};
  const auto* process = Find(from);
  const auto hold = process == nullptr ? nullptr : process->hold;
  Arrive(link.last_arrival, hold, to.value, [this, route, frame = std::move(frame)]() mutable {
    auto* receiver = Find(route.to);
    const auto* sender = Find(route.from);
    const auto place = AtWorker(route.to.id);
    if (receiver == nullptr) return TellDropped(place, route.flight, "it died meanwhile");
    if (sender == nullptr) return TellDropped(place, route.flight, "the sender died meanwhile");
    if (sender->replaced && !receiver->replaced) report_.probes.Reach(SimProbe::kZombieSent);
    receiver->life->Meet([this, route, frame = std::move(frame)]() mutable { TakeFrame(route, std::move(frame)); });
  });
}

void World::TakeFrame(const Route& route, std::string frame) {
  const auto expected = scheduler_.listening() ? std::optional(Expect(route, frame)) : std::nullopt;
  GuardWorker(route.to, [&] { Find(route.to)->worker->OnFrame(std::move(frame)); });
  if (expected) TellArrived(route, *expected);
  ScheduleRun(route.to, Duration(1'000));
}

// Control messages overtake each other.
SteadyTime World::ControlArrival(Random& delays, SimPath& path) {
  Duration delay(static_cast<std::int64_t>(delays.Exponential(150'000)) + 5'000);
  if (delays.Chance(0.02)) delay *= 30;
  const auto late = path.Stray();
  if (late.count() > 0) report_.probes.Reach(SimProbe::kControlLate);
  return scheduler_.Now() + delay + late + path.Delay();
}

void World::ToCoordinator(WorkerLife from, std::string message) {
  if (report_paths_[from.id.value].Twice()) {
    report_.probes.Reach(SimProbe::kControlTwice);
    Report(from, message);
  }
  Report(from, std::move(message));
}

void World::Report(WorkerLife from, std::string message) {
  const auto flight = scheduler_.NewFlight();
  scheduler_.Note("report", Hash64(message),
                  [&] { return TellControl(AtWorker(from.id), kAtCoordinator, flight, message); });
  if (!coordinator_) return TellDropped(kAtCoordinator, flight, "it is down");
  const auto* sender = Find(from);
  if (sender != nullptr && sender->replaced) ProbeZombieReport(message);
  const auto arrival = ControlArrival(report_delays_[from.id.value], report_paths_[from.id.value]);
  const auto hold = sender == nullptr ? nullptr : sender->hold;
  const auto arrive = [this, flight, boot = coordinator_->boot, message = std::move(message)] {
    const auto* target = FindCoordinator(boot);
    if (target == nullptr || !target->coordinator) return TellDropped(kAtCoordinator, flight, "it died meanwhile");
    target->life->Meet([this, flight, boot, message] {
      TellArrived(kAtCoordinator, flight, message);
      GuardCoordinator(boot, [&] { FindCoordinator(boot)->coordinator->OnControl(message); });
      ScheduleTick(boot);
    });
  };
  Arrive(arrival, hold, workers_.size(), arrive);
}

void World::ToWorker(CoordinatorProcess& from, WorkerId to, std::string message) {
  if (order_paths_[to.value].Twice()) {
    report_.probes.Reach(SimProbe::kControlTwice);
    Order(from, to, message);
  }
  Order(from, to, std::move(message));
}

void World::Order(CoordinatorProcess& from, WorkerId to, std::string message) {
  const auto flight = scheduler_.NewFlight();
  scheduler_.Note("order", Hash64(message) ^ to.value,
                  [&] { return TellControl(kAtCoordinator, AtWorker(to), flight, message); });
  if (!workers_[to.value]) return TellDropped(AtWorker(to), flight, "it is down");
  const auto arrive = [this, flight, to = workers_[to.value]->self, message = std::move(message)] {
    const auto* target = Find(to);
    if (target == nullptr) return TellDropped(AtWorker(to.id), flight, "it died meanwhile");
    target->life->Meet([this, flight, to, message] {
      TellArrived(AtWorker(to.id), flight, message);
      GuardWorker(to, [&] { Find(to)->worker->OnControl(message); });
      ScheduleRun(to, Duration(1'000));
    });
  };
  Arrive(ControlArrival(order_delays_[to.value], order_paths_[to.value]), from.hold, to.value, arrive);
}

}  // namespace holdfast
