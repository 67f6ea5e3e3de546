// One invocation as a stateless service makes it: load the state of the target address from the database, run the
// function, store what it changed, all in one transaction. Functions, contexts and effects are those of the runtime;
// only what becomes of the effects is different.
//
//   naive      the transaction holds the state, and messages that are due later. Messages, operations and output are
//              the caller's to send once it has committed.
//   outbox     the transaction holds, besides, the mark that the message was handled, and all that the unit sends, as
//              rows for a dispatcher.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/random.h"
#include "core/model/application.h"
#include "core/model/record.h"
#include "core/ports/endpoint.h"
#include "engines/two-tier/database.h"

namespace holdfast::two_tier {

struct UnitInput {
  Consume consume = Consume::kNothing;
  MessageId id = 0;
  std::string envelope{};  // Whole and of a known function.
};

struct UnitOutcome {
  enum class Kind : std::uint8_t {
    kDone,
    kRepeated,  // It was handled before, or cancelled.
    kFailed,    // The function failed and is to be tried again; nothing happened.
  };
  Kind kind{};
  std::vector<OutboxRow> rows{};  // To be dispatched now; those of an outbox have ids.
  std::string egress{};           // To be shown now: encoded records.
  bool emitted = false;           // There is new output in the database.
  Duration retry_after{};         // Of kFailed.
  bool dead_letter = false;       // The message was given up.
};

// The body of an operation's row: its number, then an envelope from its address to itself with the request.
struct OperationCall {
  AsyncOperationId operation;
  EnvelopeView self;  // A view into the row.
};
OperationCall ReadOperationCall(std::string_view body);
// The message that tells the address the answer.
std::string OutcomeEnvelope(const Application& application, const OperationCall& call,
                            const Result<std::string>& answer);

// Used by one thread.
class UnitRunner {
 public:
  struct Options {
    bool outbox = false;
    int owner = 0;  // Number of the service.
    std::uint64_t seed = 0;
  };
  UnitRunner(Options options, std::shared_ptr<const Application> application, std::unique_ptr<Endpoint> endpoint,
             std::unique_ptr<DatabaseSession> session);

  // kUnavailable if the database was cut off, and the message is to be sent again; any other error is the end of the
  // service, and says why.
  Result<UnitOutcome> Run(const UnitInput& input, AppTime now);

 private:
  Result<UnitOutcome> Failed(const EnvelopeView& message, AppTime now, const Error& error);
  Result<UnitOutcome> Commit(const EnvelopeView& message, std::string_view record, AppTime now);
  void Place(const Effect& effect, const EnvelopeView& message, UnitEnd& end, UnitOutcome& outcome);

  const Options options_;
  const std::shared_ptr<const Application> application_;
  const std::unique_ptr<Endpoint> endpoint_;
  const std::unique_ptr<DatabaseSession> session_;
  Random random_;
  EffectsBuilder effects_;
  RecordMerger merger_;
  std::unordered_map<std::string, std::uint32_t> attempts_;  // Failed ones, by address; as volatile as the process.
};

}  // namespace holdfast::two_tier
