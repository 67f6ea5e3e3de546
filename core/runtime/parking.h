// Messages whose function failed, waiting to be tried again, and those that came after them for the same address,
// waiting for their turn. They are rows of kParkedTable, so a snapshot holds them; this index says who waits, until
// when, and how often it was tried, which is memory only: a recovery begins counting anew.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "core/base/time.h"
#include "core/model/application.h"
#include "core/model/envelope.h"

namespace holdfast {

class Parking {
 public:
  struct Waiting {
    KeyGroup group;
    std::deque<std::uint64_t> rows;  // Oldest first.
    std::uint32_t attempts = 0;      // Of the oldest.
    SteadyTime retry_at;
  };

  void Clear() { waiting_.clear(); }
  bool empty() const { return waiting_.empty(); }
  // True if messages of this address wait: a new one must wait behind them.
  bool Blocked(const AddressView& address) const { return !waiting_.empty() && Find(address) != nullptr; }
  void Add(const AddressView& address, KeyGroup group, std::uint64_t row);
  // The oldest message of `address` failed for the `attempts`-th time.
  void Failed(const AddressView& address, const FailurePolicy& policy, SteadyTime now);
  // The oldest message of `address` is done with, one way or the other; the next may be tried at once.
  void Done(const AddressView& address);
  // An address whose oldest message may be tried now.
  std::optional<std::pair<FunctionId, std::string>> Due(SteadyTime now) const;
  std::optional<SteadyTime> NextRetry() const;
  const Waiting* Find(const AddressView& address) const;
  std::size_t addresses() const { return waiting_.size(); }

 private:
  using Key = std::pair<FunctionId, std::string>;
  static Key KeyOf(const AddressView& address) { return {address.type, std::string(address.id)}; }
  std::map<Key, Waiting> waiting_;
};

}  // namespace holdfast
