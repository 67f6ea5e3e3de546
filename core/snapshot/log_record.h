// One unit in the effect log: what it consumed and what it did. Replaying a record does to a worker exactly what the
// unit did when it ran, without running the function again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/model/effects.h"
#include "core/snapshot/message_queue.h"

namespace holdfast {

// What a unit took in; consuming it and the unit's effects are one atom.
struct UnitInput {
  enum class Kind : std::uint8_t {
    kIngress = 1,  // partition, offset
    kChannel,      // A message from another worker: source.
    kLocal,        // The oldest queued message of the worker itself.
    kDelayed,      // A due row of kDelayedTable: group, row.
    kAsync,        // An answered row of kAsyncTable.
    kParked,       // A row of kParkedTable, tried again.
  };
  Kind kind{};
  PartitionId partition{};
  std::uint64_t offset = 0;
  MessageSource source{};
  KeyGroup group{};
  std::string_view row{};
};

struct LogRecord {
  enum class Outcome : std::uint8_t {
    kApplied = 1,  // `effects` are the unit's.
    kParked,       // The message could not be handled yet; `effects` is its envelope.
  };
  UnitInput input{};
  Outcome outcome = Outcome::kApplied;
  AppTime now{};
  AddressView self{};  // Whose values the effects change; not valid() if nobody's.
  KeyGroup self_group{};
  std::string_view effects{};
};

void AppendLogRecord(std::string& out, const LogRecord& record);
// Views into `bytes`. kDataLoss if they are not a record.
Result<LogRecord> ReadLogRecord(std::string_view bytes);

}  // namespace holdfast
