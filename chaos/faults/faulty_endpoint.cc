#include "chaos/faults/faulty_endpoint.h"

#include "core/base/check.h"

namespace holdfast {

Status FaultyEndpoint::Invoke(const Invocation& invocation, EffectsBuilder& effects) {
  const auto& self = invocation.self;
  auto status = inner_->Invoke(invocation, effects);
  if (!status.ok()) failed_by_itself_.emplace(self.type, self.id);
  auto fault = faults_.Next(false);
  if (fault == Fault::kSlow) hooks_.tell(fault, self);
  if (fault == Fault::kSlow || !status.ok() || !MayFail(self)) fault = Fault::kNone;
  if (fault == Fault::kWrongReply) {
    Damage(self, effects);
    status = hooks_.check(self, effects.bytes());
    HOLDFAST_CHECK(!status.ok(), "a damaged answer of '{}' was believed", self.id);
  } else if (fault != Fault::kNone) {
    status = MakeError(ErrorCode::kUnavailable, "'{}' gave no answer (injected)", self.id);
  }
  if (fault != Fault::kNone) hooks_.tell(fault, self);
  if (!status.ok()) {
    ++failed_[{self.type, std::string(self.id)}];
  } else if (!failed_.empty()) {
    failed_.erase({self.type, std::string(self.id)});
  }
  return status;
}

bool FaultyEndpoint::MayFail(const AddressView& self) const {
  const Key key(self.type, self.id);
  if (failed_by_itself_.contains(key)) return false;
  const auto failed = failed_.find(key);
  const auto times = failed == failed_.end() ? 0 : failed->second;
  return times + 1 < application_->functions()[self.type.value].policy.max_attempts;
}

// Each time another kind of damage, none of which could be meant: what is only a wrong value nobody can tell.
void FaultyEndpoint::Damage(const AddressView& self, EffectsBuilder& effects) {
  const auto kind = damaged_++ % 4;
  if (kind == 0 && !effects.empty()) {
    std::string cut(effects.bytes());
    cut.pop_back();
    effects.Clear();
    return effects.AppendEncoded(cut);
  }
  if (kind == 1) return effects.Emit(EgressId(0xffff), ValueTypeId(0), "key", "value");
  if (kind == 2) return effects.Send({{FunctionId(0xfffe), "nobody"}, self, ValueTypeId(0), KeyGroup(0), ""});
  effects.AppendEncoded("\xff");
}

}  // namespace holdfast
