// All values of one address are one row, so that a unit costs one look-up. The row's value is a short list:
//
//   repeated: u8 slot | u8 flags (1 = has expiry) | u32 size | [i64 expiry in ms] | bytes
//
// A value past its expiry is never shown and is dropped the next time the row is written.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/effects.h"

namespace holdfast {

// The value in `slot` that is live at `now`, as a view into `record`.
std::optional<std::string_view> FindValue(std::string_view record, StateSlot slot, AppTime now);

// True if no value in `record` is live at `now`.
bool IsExpired(std::string_view record, AppTime now);

// When the last of its values is no longer live; kNeverExpires if one always is. Requires a value.
AppTime LiveUntil(std::string_view record);

// True if `record` is well formed: what a checker asks of bytes from disk.
bool IsRecord(std::string_view record);

// Applies the value effects among `effects` to a record, and sets the others apart. One instance per worker, reused.
class RecordMerger {
 public:
  // The new record after `effects`, valid until the next call; empty when no live value is left, which means the row
  // goes. `changed` tells whether anything differs from `record` in a way that must be stored. Requires effects that
  // parse.
  std::string_view Merge(std::string_view record, std::string_view effects, AppTime now, bool& changed);
  // The effects of the last Merge that are not about values, in their order.
  const std::vector<Effect>& others() const { return others_; }

 private:
  struct Value {
    bool present = false;
    AppTime expiry;
    std::string_view bytes;
  };
  void Load(std::string_view record, AppTime now);
  Value& At(std::uint8_t slot);
  std::string_view Write();

  std::array<Value, kMaxStateSlots> values_;
  std::size_t slots_ = 0;  // How many of them, from the first on, mean something.
  std::vector<Effect> others_;
  std::string out_;
};

}  // namespace holdfast
