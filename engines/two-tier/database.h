// What the service processes of the two-tier engine keep in a database, and the transactions they need. A session is
// one connection; whoever needs several at once opens several.
//
// In the words of a relational database:
//
//   state      (function, id) -> record          one row per address, as core/model/record.h encodes it
//   processed  message id                        the dedup table: what has been handled
//   outbox     id, owner, due, ... -> body       messages and operations that a unit asked for and nobody handled yet;
//                                                with a due time they are the polled table of delayed messages
//   egress     id, stream -> record, position    output that the sink has not acknowledged yet
//
// Ids of outbox and egress rows rise in the order in which one address's units made them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/model/envelope.h"

namespace holdfast::two_tier {

// Of a row of the outbox, or below zero of a record of the ingress; 0 is none.
using MessageId = std::int64_t;

struct OutboxRow {
  enum class Kind : std::uint8_t { kMessage, kOperation };
  MessageId id = 0;
  Kind kind = Kind::kMessage;
  AppTime due{};            // 0: at once.
  std::string sender_id{};  // With the token, what names it.
  std::string token{};      // Empty: none.
  std::string body{};       // An envelope; of an operation see unit_runner.h.
};

// How the message of a unit is made sure to be handled once.
enum class Consume : std::uint8_t {
  kNothing,  // It is not.
  kMark,     // Its id is put into the dedup table; if it stands there, the message was handled.
  kRow,      // Its row of the outbox is deleted; if there is none, the message was handled or cancelled.
};

struct UnitStart {
  Consume consume = Consume::kNothing;
  MessageId message = 0;
  AddressView self;
  AppTime now;
};

struct UnitChange {
  enum class Kind : std::uint8_t { kInsert, kCancel, kEmit };
  Kind kind{};
  OutboxRow row{};              // To insert; to cancel only sender and token count.
  std::string egress_record{};  // To emit.
};

struct UnitEnd {
  int owner = 0;                        // Which service dispatches the rows.
  std::optional<std::string> record{};  // The new record, if it changed; empty: the row goes.
  AppTime expires{};                    // When no value of the record is live any more; 0: never.
  std::vector<UnitChange> changes{};
};

struct EgressBatch {
  std::uint64_t position = 0;
  std::string records;  // Empty: there is none.
};

// Every call may fail with kUnavailable, after which the session is as new and the transaction undone, or done if it
// was the commit that failed; with kExhausted if the database is full; with kInternal if it is not as it should be.
// One thread at a time.
class DatabaseSession {
 public:
  virtual ~DatabaseSession() = default;

  // Begins a transaction, and locks the address. Nothing if the message was handled before; then there is no
  // transaction. The record is empty if there is none.
  virtual Result<std::optional<std::string>> Begin(const UnitStart& start) = 0;
  // Ends it. Returns the ids of the inserted rows, in their order.
  virtual Result<std::vector<MessageId>> Commit(const UnitEnd& end) = 0;
  virtual void Abort() = 0;

  // Rows of `owner` that are to be dispatched at once (`delayed` false), or that are due now; in the order of their due
  // times, then of their ids.
  virtual Result<std::vector<OutboxRow>> ReadOutbox(int owner, bool delayed, AppTime now, std::size_t most) = 0;
  virtual Status DeleteOutbox(std::span<const MessageId> ids) = 0;
  // Forgets the output of `stream` up to position `acknowledged`, and returns the next: with its position, which it has
  // from now on for good.
  virtual Result<EgressBatch> NextEgress(int stream, std::uint64_t acknowledged) = 0;
  // Removes state that has expired, and marks that are older than the retention.
  virtual Status Sweep(AppTime now) = 0;
};

class Database {
 public:
  virtual ~Database() = default;
  // Makes the tables. Once.
  virtual Status CreateTables() = 0;
  // Connects when it is first used, and again after it was cut off.
  virtual std::unique_ptr<DatabaseSession> NewSession() = 0;
};

// Behind the Unix socket in `folder`. Marks of handled messages are kept for `retention`.
std::unique_ptr<Database> OpenPostgres(const std::string& folder, Duration retention);
std::unique_ptr<Database> OpenRedis(const std::string& folder, Duration retention);

}  // namespace holdfast::two_tier
