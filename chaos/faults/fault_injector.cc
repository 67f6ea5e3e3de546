#include "chaos/faults/fault_injector.h"

#include <algorithm>

#include "core/base/check.h"

namespace holdfast {

FaultInjector::FaultInjector(std::uint64_t seed, FaultChances chances, Sleep sleep)
    : sleep_(std::move(sleep)), random_(seed) {
  Change(chances);
}

FaultInjector::FaultInjector(std::uint64_t seed, Sleep sleep, FaultFeed feed)
    : sleep_(std::move(sleep)), feed_(std::move(feed)), random_(seed) {}

void FaultInjector::Change(FaultChances chances) {
  const double sum = chances.fail + chances.full + chances.lose_answer + chances.slow + chances.wrong_reply;
  HOLDFAST_CHECK(sum <= 1, "fault chances add up to {}", sum);
  const std::lock_guard lock(mutex_);
  chances_ = chances;
}

void FaultInjector::Script(std::vector<ScriptedFault> faults) {
  const std::lock_guard lock(mutex_);
  script_.insert(script_.end(), faults.begin(), faults.end());
}

Fault FaultInjector::Next(bool writes) {
  if (feed_) Change(feed_->now());
  Duration delay{};
  Fault fault;
  {
    const std::lock_guard lock(mutex_);
    fault = Draw();
    if (fault == Fault::kFull && !writes) fault = Fault::kNone;
    if (fault != Fault::kNone) ++injected_;
    if (fault == Fault::kSlow) delay = chances_.delay;
  }
  if (feed_ && fault != Fault::kNone) feed_->met(fault);
  if (fault == Fault::kSlow) sleep_(delay);
  return fault;
}

Fault FaultInjector::Draw() {
  ++calls_;
  double draw = random_.Unit();
  const auto scripted = [this](const ScriptedFault& fault) { return fault.call == calls_; };
  const auto found = std::find_if(script_.begin(), script_.end(), scripted);
  if (found != script_.end()) return found->fault;
  const std::pair<Fault, double> chances[] = {{Fault::kFail, chances_.fail},
                                              {Fault::kFull, chances_.full},
                                              {Fault::kLoseAnswer, chances_.lose_answer},
                                              {Fault::kSlow, chances_.slow},
                                              {Fault::kWrongReply, chances_.wrong_reply}};
  for (const auto& [fault, chance] : chances) {
    if (draw < chance) return fault;
    draw -= chance;
  }
  return Fault::kNone;
}

Error FaultInjector::ErrorOf(Fault fault, std::string_view verb, std::string_view name) {
  if (fault == Fault::kFull)
    return MakeError(ErrorCode::kExhausted, "cannot {} '{}': disk full (injected)", verb, name);
  const auto how = fault == Fault::kLoseAnswer ? "no answer came" : "the storage failed";
  return MakeError(ErrorCode::kUnavailable, "cannot {} '{}': {} (injected)", verb, name, how);
}

std::uint64_t FaultInjector::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

std::uint64_t FaultInjector::injected() const {
  const std::lock_guard lock(mutex_);
  return injected_;
}

}  // namespace holdfast
