// What the engine does to its processes, and how it sees them come back.
#include <sched.h>
#include <signal.h>

#include <algorithm>

#include "engines/steady_now.h"
#include "engines/two-tier/two_tier_engine.h"

namespace holdfast::two_tier {

namespace {

using namespace std::chrono_literals;

constexpr Duration kPatience = 200ms;  // How long a fault waits for work that it can hit,
constexpr Duration kGlance = 20us;     // and how often it looks.

KillTarget TargetOf(const EngineFault& fault, KillTarget usual) {
  if (fault.everything) return KillTarget::kEverything;
  if (fault.verb == FaultVerb::kOutage) return KillTarget::kDatabase;
  switch (fault.part) {
    case SystemPart::kService:
      return KillTarget::kService;
    case SystemPart::kServices:
      return KillTarget::kServices;
    case SystemPart::kDatabase:
      return KillTarget::kDatabase;
    case SystemPart::kUsual:
      break;
  }
  return usual;
}

}  // namespace

Status TwoTierEngine::Supervise(SteadyTime now) {
  if (troubles_) troubles_->Follow(now, *this, log_);
  if (down_) return FollowKill(now);
  HOLDFAST_TRY(FindUnexpectedEnds());
  return coming_up_ ? FollowComeback(now) : Status();
}

Status TwoTierEngine::FindUnexpectedEnds() {
  if (const auto exit = database_->Poll()) {
    return MakeError(ErrorCode::kUnavailable, "the database {} by itself: {}", exit->Text(), database_->LastWords());
  }
  for (std::size_t i = 0; i < services_.size(); ++i) {
    auto& child = services_[i].child;
    if (!child || !child->Poll()) continue;
    const auto output = FileTail(folder_ + "/output");
    const auto& words = services_[i].last_words;
    return MakeError(ErrorCode::kUnavailable, "service {} {} by itself: {}", i, child->Poll()->Text(),
                     !words.empty()               ? words
                     : child->Poll()->signal == 0 ? LastLine(output)
                                                  : output);
  }
  return {};
}

void TwoTierEngine::ChooseTarget(const EngineFault& fault) {
  const auto target = TargetOf(fault, options_.target);
  const bool all = target == KillTarget::kServices || target == KillTarget::kEverything;
  database_hit_ = target == KillTarget::kDatabase || target == KillTarget::kEverything;
  for (auto& service : services_) service.hit = all;
  if (target == KillTarget::kService) services_[next_victim_++ % services_.size()].hit = true;
}

void TwoTierEngine::SignalTarget(int signal) {
  for (auto& service : services_) {
    if (service.hit && service.child) service.child->Sample(), service.child->Signal(signal);
  }
  if (database_hit_) database_->Signal(signal);
}

// A kill between two records would hit nothing; the next is never far under load.
Status TwoTierEngine::AwaitWorkInFlight() {
  const auto give_up = SteadyNow() + kPatience;
  while (!Busy() && SteadyNow() < give_up) HOLDFAST_TRY(RunUntil(SteadyNow() + kGlance));
  return {};
}

Status TwoTierEngine::Inject(const EngineFault& fault) {
  if (down_) return MakeError(ErrorCode::kRefused, "there is nothing to hit: the system is down");
  if (fault.verb == FaultVerb::kTrouble) return BeginTrouble(fault);
  if (paused_until_ && fault.verb != FaultVerb::kKill) {
    return MakeError(ErrorCode::kRefused, "there is nothing to hit: the system stands still already");
  }
  if (!Recovering() && !fault.at_once) HOLDFAST_TRY(AwaitWorkInFlight());
  if (paused_until_) FollowPause(*paused_until_);  // What was stopped goes on before others are hit.
  ChooseTarget(fault);
  auto& recovery = log_.recoveries.emplace_back();
  recovery.verb = fault.verb;
  recovery.applied = SteadyNow();
  recovery.replayed_records = ingress_->under_way();
  awaits_unit_.reset();
  if (fault.verb == FaultVerb::kKill) {
    SignalTarget(SIGKILL);
    if (fault.everything && outside_) outside_->Kill();
    kill_ = fault;
    down_ = true;
    coming_up_ = false;
    return {};
  }
  recovery.replayed_records = 0;
  SignalTarget(SIGSTOP);
  pause_ = fault;
  paused_until_ = recovery.applied + fault.lasts;
  recovery.detected = SteadyNow();
  return {};
}

Status TwoTierEngine::BeginTrouble(const EngineFault& fault) {
  if (fault.trouble != PortTrouble::kDropReplies) {
    return MakeError(ErrorCode::kRefused, "engine two-tier has no such ports");
  }
  if (!troubles_) return MakeError(ErrorCode::kRefused, "the services were started without a page of troubles");
  return troubles_->Begin(fault, log_);
}

Result<std::size_t> TwoTierEngine::Arm(const EngineFault& /*kill*/, std::string_view /*site*/, std::uint64_t /*nth*/) {
  return MakeError(ErrorCode::kRefused, "the database of engine two-tier cannot be made to kill itself");
}

void TwoTierEngine::Retire(ServiceProcess& service) {
  service.past_counters += std::exchange(service.counters, {});
  const auto& used = service.child->Sample();
  service.past_usage.cpu += used.cpu;
  service.past_usage.written_bytes += used.written_bytes;
  service.past_usage.context_switches += used.context_switches;
  service.child.reset();
  service.ready = false;
}

bool TwoTierEngine::AllEnded() {
  bool ended = true;
  for (auto& service : services_) {
    if (!service.hit || !service.child) continue;
    if (service.child->Poll()) {
      Retire(service);
    } else {
      ended = false;
    }
  }
  if (database_hit_ && database_->running() && !database_->Poll()) ended = false;
  return ended;
}

// What was killed is started again once all of it has been reaped and the pause is over.
Status TwoTierEngine::FollowKill(SteadyTime now) {
  auto& recovery = *log_.LastOf(kill_.verb);
  if (!recovery.detected) {
    if (!AllEnded()) return {};
    recovery.detected = now;
  }
  if (now < *recovery.detected + kill_.lasts) return {};
  if (kill_.everything && outside_) HOLDFAST_TRY(outside_->Restart());
  if (database_hit_) HOLDFAST_TRY(database_->Launch());
  for (std::size_t i = 0; i < services_.size(); ++i) {
    if (services_[i].hit) HOLDFAST_TRY(LaunchService(i));
  }
  recovery.restarted = SteadyNow();
  log_.events.emplace_back(EngineEvent::kRestarted, *recovery.restarted);
  down_ = false;
  coming_up_ = true;
  give_up_ = *recovery.restarted + options_.start_timeout;
  return {};
}

Status TwoTierEngine::FollowComeback(SteadyTime now) {
  if (!AllReady()) {
    if (now < give_up_) return {};
    return MakeError(ErrorCode::kUnavailable, "{} did not come back within {} s after a kill; it printed: {}",
                     database_->Ready() ? "a service" : "the database",
                     std::chrono::duration_cast<std::chrono::seconds>(options_.start_timeout).count(),
                     database_->Ready() ? FileTail(folder_ + "/output") : database_->LastWords());
  }
  coming_up_ = false;
  log_.LastOf(kill_.verb)->restored = now;
  log_.events.emplace_back(EngineEvent::kRestored, now);
  awaits_unit_ = kill_.verb;
  units_before_ = Counters().units;
  return {};
}

void TwoTierEngine::FollowPause(SteadyTime now) {
  if (!paused_until_ || now < *paused_until_) return;
  SignalTarget(SIGCONT);
  paused_until_.reset();
  log_.LastOf(pause_.verb)->restarted = SteadyNow();
  awaits_unit_ = pause_.verb;
  units_before_ = Counters().units;
}

bool TwoTierEngine::AllReady() const {
  return database_->Ready() && std::ranges::all_of(services_, [](const auto& service) { return service.ready; });
}

void TwoTierEngine::AskStatus() {
  for (auto& service : services_) {
    if (service.child && !service.asked) Ask(service);
  }
}

void TwoTierEngine::Ask(ServiceProcess& service) {
  service.asked = true;
  const auto pid = service.child->pid();
  service.client->Post({"/status", "", ""}, [this, &service, pid](const HttpReply& reply) {
    service.asked = false;
    if (reply.status != kHttpOk || !service.child || service.child->pid() != pid) return;
    service.ready = true;
    service.counters = DecodeCounters(reply.body);
    if (!awaits_unit_ || Counters().units <= units_before_) return;
    log_.LastOf(*awaits_unit_)->first_unit = SteadyNow();
    if (awaits_unit_ == FaultVerb::kKill) log_.events.emplace_back(EngineEvent::kFirstUnit, SteadyNow());
    awaits_unit_.reset();
  });
}

}  // namespace holdfast::two_tier
