#include "engines/holdfast/holdfast_engine.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>

#include "core/snapshot/manifest.h"
#include "engines/steady_now.h"

namespace holdfast {

namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::seconds;

constexpr Duration kSampleInterval = 100ms;
constexpr Duration kCheckInterval = 5ms;  // How often the process is looked at.
constexpr Duration kSpin = 200us;         // A sleep ends this much too late at times, so the rest is spun.
constexpr Duration kGoodbye = 2s;         // What a process may take to end by itself.
constexpr Duration kPatience = 200ms;     // How long a fault waits for work that it can hit,
constexpr Duration kGlance = 20us;        // and how often it looks.

// Calls of the disks under store and log that begin within it take as long as it lasts.
EngineFault DisksStandStill(Duration lasts) {
  return {.verb = FaultVerb::kTrouble,
          .lasts = lasts,
          .trouble = PortTrouble::kSlowDisk,
          .size = {.chance = 1, .by = lasts}};
}

}  // namespace

HoldfastEngine::HoldfastEngine(Options options, const MakeSystemLink& make_link, Generator& generator,
                               Collector& collector)
    : options_(std::move(options)), generator_(generator), collector_(collector), link_(make_link(*this)) {
  encode_ = [link = link_.get()](std::string& out, const InputRecord& record) { link->Encode(out, record); };
}

HoldfastEngine::~HoldfastEngine() { Stop(); }

Status HoldfastEngine::Start() {
  auto name = options_.parent_folder + "/holdfast-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) {
    return MakeError(ErrorCode::kNotFound, "cannot make a folder in {}; it must exist and be writable",
                     options_.parent_folder);
  }
  folder_ = name;
  options_.config.data = options_.data_folder.empty() ? folder_ + "/data" : options_.data_folder;
  std::error_code failed;
  if (!std::filesystem::create_directories(options_.config.data, failed)) {
    return MakeError(ErrorCode::kNotFound, "cannot make the folder {} for snapshots and logs: {}", options_.config.data,
                     failed ? failed.message() : "it exists");
  }
  if (options_.kill_switch) {
    options_.config.kill_switch = folder_ + "/kill-switch";
    HOLDFAST_ASSIGN(kill_switch_, KillSwitch::Create(options_.config.kill_switch));
  }
  if (options_.troubles) {
    options_.config.troubles = folder_ + "/troubles";
    HOLDFAST_ASSIGN(troubles_, TroubleWatch::Create(options_.config.troubles));
  }
  HOLDFAST_ASSIGN(outside_, StartOutside({options_.outside, options_.cpus}, options_.config, folder_, collector_,
                                         generator_.loop().get()));
  HOLDFAST_TRY(Launch());
  const auto give_up = SteadyNow() + options_.start_timeout;
  while (!generator_.subscribed()) {
    HOLDFAST_TRY(RunUntil(SteadyNow() + 1ms));
    if (SteadyNow() > give_up) {
      return MakeError(ErrorCode::kUnavailable,
                       "the system under test did not ask for input within {} s; it printed: {}",
                       duration_cast<seconds>(options_.start_timeout).count(), FileTail(folder_ + "/output"));
    }
  }
  return {};
}

Status HoldfastEngine::Launch() {
  auto& config = options_.config;
  if (!config.gateway.empty()) link_->StopListening(config.gateway);
  config.incarnation = config.incarnation.Next();
  config.gateway = fmt::format("{}/gateway-{}.sock", folder_, config.incarnation);
  HOLDFAST_TRY(link_->Listen(config.gateway));
  const auto path = fmt::format("{}/sut-{}.yaml", folder_, config.incarnation);
  HOLDFAST_TRY(WriteSutConfig(config, path));
  auto command = options_.command;
  command.push_back(path);
  last_words_.clear();
  if (troubles_) troubles_->NewLife();
  if (const auto accepted = std::exchange(offer_, std::nullopt)) {
    command.insert(command.end(), {"--accept-rollback", *accepted});
  }
  HOLDFAST_ASSIGN(child_, ChildProcess::Start({command, options_.cpus, folder_ + "/output"}));
  killed_ = false;
  lost_.reset();
  if (recovering_) log_.LastOf(FaultVerb::kKill)->restarted = SteadyNow();
  return {};
}

Status HoldfastEngine::RunUntil(SteadyTime until) {
  for (auto now = SteadyNow(); now < until; now = SteadyNow()) {
    FollowPause(now);
    if (troubles_) troubles_->Follow(now, *this, log_);
    if (now >= next_check_ || killed_) {
      HOLDFAST_TRY(Supervise(now));
      next_check_ = now + kCheckInterval;
    }
    if (now >= next_sample_) {
      log_.usage.push_back(Measure());
      next_sample_ = now + kSampleInterval;
    }
    if (outside_) HOLDFAST_TRY(outside_->Carry());
    Pump();
    Wait(std::min({until, next_check_, next_sample_, stopped_.value_or(until)}));
  }
  return {};
}

Status HoldfastEngine::Supervise(SteadyTime now) {
  if (killed_) return FollowKill(now);
  if (child_->Poll()) return FollowStrike(now) ? FollowKill(now) : DiedByItself();
  if (lost_ && now > lost_since_ + kGoodbye) return Error(*lost_).At("the gateway of the system under test");
  return {};
}

// A killed process is replaced once it has been reaped, all it sent has been handed on, and the pause is over.
Status HoldfastEngine::FollowKill(SteadyTime now) {
  auto& recovery = *log_.LastOf(FaultVerb::kKill);
  if (child_) {
    if (!child_->Poll()) return {};
    if (child_->Poll()->signal != SIGKILL) return DiedByItself();
    recovery.detected = now;
    // It may have struck itself an instant before.
    if (const auto strike = kill_switch_ ? kill_switch_->TakeStrike() : std::nullopt) recovery.armed = strike->order;
    past_usage_ = Measure();
    child_.reset();
  }
  if (session_ != nullptr || now < *recovery.detected + kill_.lasts) return {};
  HOLDFAST_TRY(TamperWithStore());
  if (kill_.everything && outside_) HOLDFAST_TRY(outside_->Restart());
  return Launch();
}

Status HoldfastEngine::TamperWithStore() {
  const auto fault = std::exchange(kill_.then, StoreFault::kNothing);
  if (fault == StoreFault::kNothing) return {};
  HOLDFAST_CHECK(options_.tamper, "nobody can tamper with the store");
  auto done = options_.tamper(options_.config.data, fault);
  if (!done.ok()) return Error(done.error()).At("the store could not be tampered with");
  log_.LastOf(FaultVerb::kKill)->store = std::move(done).value();
  return {};
}

void HoldfastEngine::FollowPause(SteadyTime now) {
  if (stopped_ && now >= *stopped_) {
    child_->Signal(SIGCONT);
    stopped_.reset();
    log_.LastOf(FaultVerb::kPause)->restarted = SteadyNow();
    units_in_pause_ = Counters().units;
  }
  // That it goes on is believed when it is seen to work.
  if (!units_in_pause_ || killed_ || Counters().units == *units_in_pause_) return;
  log_.LastOf(FaultVerb::kPause)->first_unit = SteadyNow();
  units_in_pause_.reset();
}

// A system that ends in good order says why in its last line; of one that crashes, more is worth reading.
Status HoldfastEngine::DiedByItself() {
  const auto give_up = SteadyNow() + kGoodbye;
  while (session_ != nullptr && SteadyNow() < give_up) link_->Poll(1ms);
  if (offer_ && options_.accept_rollback) return AcceptOffer();
  const auto exit = *child_->Poll();
  const auto* kill = log_.LastOf(FaultVerb::kKill);
  const auto cause = kill == nullptr || kill->store.empty() ? "" : fmt::format("{}; then ", kill->store);
  const auto output = FileTail(folder_ + "/output");
  const auto words = last_words_.empty() && exit.signal == 0 ? LastLine(output) : last_words_;
  if (!words.empty()) {
    return MakeError(ErrorCode::kUnavailable, "{}the system under test {} by itself: {}", cause, exit.Text(), words);
  }
  return MakeError(ErrorCode::kUnavailable, "{}the system under test {} by itself; it printed: {}", cause, exit.Text(),
                   output);
}

Status HoldfastEngine::AcceptOffer() {
  HOLDFAST_ASSIGN(log_.accepted_rollback, ParseSnapshotId(*offer_));
  past_usage_ = Measure();
  child_.reset();
  return Launch();
}

void HoldfastEngine::Pump() {
  if (session_ == nullptr || killed_) return;
  for (std::uint16_t p = 0; p < generator_.partitions(); ++p) {
    const PartitionId partition(p);
    if (!session_->CanSend(partition)) {
      generator_.Blocked(partition);
      continue;
    }
    if (!generator_.Take(partition, SteadyNow(), session_->Taken(), link_->batch_bytes(), encode_, batch_)) continue;
    session_->Send(partition, batch_.first, batch_.count, batch_.records);
    generator_.Sent(batch_, SteadyNow());
  }
}

void HoldfastEngine::Wait(SteadyTime until) {
  if (session_ != nullptr && !killed_) {
    for (std::uint16_t p = 0; p < generator_.partitions(); ++p) {
      if (!session_->CanSend(PartitionId(p))) continue;
      until = std::min(until, generator_.NextDue(PartitionId(p), session_->Taken()));
    }
  }
  const auto now = SteadyNow();
  // Without instants it is the system's progress that lets records go, and nothing announces it.
  const bool spin = until - now <= kSpin || (!generator_.timed() && generator_.zero() && !generator_.Done(now));
  link_->Poll(spin ? 0ns : until - now - kSpin);
  if (spin && options_.yield) ::sched_yield();
}

// A kill between two log flushes or snapshots would hit nothing; the next unit is never far under load.
Status HoldfastEngine::AwaitWorkInFlight() {
  const auto give_up = SteadyNow() + kPatience;
  while (session_ != nullptr && SteadyNow() < give_up) {
    if (Busy()) break;
    HOLDFAST_TRY(RunUntil(SteadyNow() + kGlance));
  }
  return {};
}

Status HoldfastEngine::Inject(const EngineFault& fault) {
  if (!child_ || killed_) return MakeError(ErrorCode::kRefused, "there is nothing to hit: the system is down");
  if (stopped_ && fault.verb == FaultVerb::kPause) {
    return MakeError(ErrorCode::kRefused, "there is nothing to hit: the system stands still already");
  }
  if (fault.verb == FaultVerb::kTrouble) return BeginTrouble(fault);
  if (fault.verb == FaultVerb::kOutage) return BeginTrouble(DisksStandStill(fault.lasts));
  if (!Recovering() && !fault.at_once) HOLDFAST_TRY(AwaitWorkInFlight());
  child_->Sample();
  auto& recovery = log_.recoveries.emplace_back();
  recovery.verb = fault.verb;
  recovery.applied = SteadyNow();
  if (fault.verb == FaultVerb::kKill) {
    child_->Signal(SIGKILL);
    if (fault.everything && outside_) outside_->Kill();
    BeginRecovery(fault);
  } else {
    Pause(recovery, fault.lasts);
  }
  return {};
}

Status HoldfastEngine::BeginTrouble(const EngineFault& fault) {
  if (!troubles_) return MakeError(ErrorCode::kRefused, "the system was started without a page of troubles");
  return troubles_->Begin(fault, log_);
}

// A death that looks like one of its own may be one that was ordered.
bool HoldfastEngine::FollowStrike(SteadyTime now) {
  if (!kill_switch_ || child_->Poll()->signal != SIGKILL) return false;
  const auto strike = kill_switch_->TakeStrike();
  if (!strike) return false;
  auto& recovery = log_.recoveries.emplace_back();
  recovery.verb = FaultVerb::kKill;
  recovery.applied = strike->at;
  recovery.detected = now;
  recovery.armed = strike->order;
  if (session_ == nullptr) recovery.executed_not_durable = in_flight_at_loss_;
  BeginRecovery(armed_[strike->order]);
  return true;
}

void HoldfastEngine::BeginRecovery(const EngineFault& kill) {
  kill_ = kill;
  killed_ = true;
  recovering_ = true;
  stopped_.reset();
  units_in_pause_.reset();
  generator_.Unsubscribe();
}

Result<std::size_t> HoldfastEngine::Arm(const EngineFault& kill, std::string_view site, std::uint64_t nth) {
  if (!kill_switch_) return MakeError(ErrorCode::kRefused, "the system was started without a kill switch");
  HOLDFAST_ASSIGN(const auto order, kill_switch_->Arm(site, nth));
  armed_.push_back(kill);
  return order;
}

void HoldfastEngine::Disarm() {
  if (kill_switch_) kill_switch_->Disarm();
}

void HoldfastEngine::Pause(EngineRecovery& recovery, Duration lasts) {
  child_->Signal(SIGSTOP);
  units_in_pause_.reset();
  stopped_ = recovery.applied + lasts;
  const auto give_up = recovery.applied + kPatience;
  while (!child_->Stopped() && SteadyNow() < give_up) ::sched_yield();
  if (child_->Stopped()) recovery.detected = SteadyNow();
}

void HoldfastEngine::Stop() {
  if (folder_.empty()) return;
  if (child_) {
    child_->Signal(SIGTERM);
    if (stopped_) child_->Signal(SIGCONT);
    const auto give_up = SteadyNow() + kGoodbye;
    while (!child_->Poll() && SteadyNow() < give_up) link_->Poll(1ms);
    child_->Kill();
  }
  link_->StopListening(options_.config.gateway);
  if (outside_) {
    outside_->Kill();
    log_.ledger = outside_->Ledger();
    outside_.reset();
  }
  std::error_code failed;  // What cannot be removed is left; the results matter more.
  std::filesystem::remove_all(folder_, failed);
  folder_.clear();
}

bool HoldfastEngine::Busy() const {
  if (session_ == nullptr) return false;
  const auto counters = session_->Counters();
  return counters.units > counters.durable_units;
}

EngineCounters HoldfastEngine::Counters() const {
  auto sum = past_;
  if (session_ != nullptr) sum += session_->Counters();
  return sum;
}

EngineUsage HoldfastEngine::Measure() {
  auto usage = past_usage_;
  usage.at = SteadyNow();
  usage.units = Counters().units;
  if (!child_) return usage;
  const auto& present = child_->Sample();
  usage.cpu += present.cpu;
  usage.resident_bytes = present.resident_bytes;
  usage.peak_resident_bytes = std::max(usage.peak_resident_bytes, present.peak_resident_bytes);
  usage.written_bytes += present.written_bytes;
  usage.context_switches += present.context_switches;
  return usage;
}

}  // namespace holdfast
