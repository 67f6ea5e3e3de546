// The testbed's side of ports that misbehave for a while. That a trouble took hold is believed when the system says it
// met it, that it is over when nothing waits for it any more and the system handles a message afterwards.
//
//   auto watch = TroubleWatch::Create(folder + "/troubles").value();  // The system opens the page there.
//   HOLDFAST_TRY(watch.Begin(fault, log));                            // A recovery of the log is its account.
//   watch.Follow(now, engine, log);                                   // Again and again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chaos/faults/trouble_page.h"
#include "engines/engine.h"

namespace holdfast {

// Owned by an engine, and used from its thread.
class TroubleWatch {
 public:
  static Result<TroubleWatch> Create(const std::string& path);

  // kRefused if too many hold at once.
  Status Begin(const EngineFault& fault, EngineLog& log);
  // Ends those that are over, and keeps their accounts. Requires: `log` is the one that they began in.
  void Follow(SteadyTime now, const Engine& engine, EngineLog& log);
  // As TroublePage has it.
  void NewLife() { page_.NewLife(); }

 private:
  // One that holds, or is over and has not been seen to be.
  struct Trouble {
    PortTrouble kind;
    TroubleTicket ticket;
    std::size_t recovery;  // Its place in the log.
    SteadyTime until;
    std::optional<std::uint64_t> units_at_end{};
  };

  explicit TroubleWatch(TroublePage page) : page_(std::move(page)) {}
  bool IsOver(Trouble& trouble, SteadyTime now, const Engine& engine, EngineRecovery& recovery);

  TroublePage page_;
  std::vector<Trouble> troubles_;
};

}  // namespace holdfast
