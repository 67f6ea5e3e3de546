#include "core/runtime/parking.h"

#include <algorithm>

#include "core/base/mutation.h"

namespace holdfast {

const Parking::Waiting* Parking::Find(const AddressView& address) const {
  const auto place = waiting_.find(KeyOf(address));
  return place == waiting_.end() ? nullptr : &place->second;
}

void Parking::Add(const AddressView& address, KeyGroup group, std::uint64_t row) {
  auto& waiting = waiting_[KeyOf(address)];
  waiting.group = group;
  if (HOLDFAST_MUTANT("parked-rows-in-found-order")) return waiting.rows.push_back(row);
  waiting.rows.insert(std::upper_bound(waiting.rows.begin(), waiting.rows.end(), row), row);
}

void Parking::Failed(const AddressView& address, const FailurePolicy& policy, SteadyTime now) {
  auto& waiting = waiting_.at(KeyOf(address));
  auto backoff = policy.backoff * (std::int64_t{1} << std::min<std::uint32_t>(waiting.attempts, 20));
  waiting.retry_at = now + std::min(backoff, policy.max_backoff);
  ++waiting.attempts;
}

void Parking::Done(const AddressView& address) {
  const auto place = waiting_.find(KeyOf(address));
  auto& waiting = place->second;
  waiting.rows.pop_front();
  waiting.attempts = 0;
  waiting.retry_at = {};
  if (waiting.rows.empty()) waiting_.erase(place);
}

std::optional<std::pair<FunctionId, std::string>> Parking::Due(SteadyTime now) const {
  for (const auto& [key, waiting] : waiting_) {
    if (waiting.retry_at <= now) return key;
  }
  return std::nullopt;
}

std::optional<SteadyTime> Parking::NextRetry() const {
  std::optional<SteadyTime> next;
  for (const auto& [key, waiting] : waiting_) {
    if (!next || waiting.retry_at < *next) next = waiting.retry_at;
  }
  return next;
}

}  // namespace holdfast
