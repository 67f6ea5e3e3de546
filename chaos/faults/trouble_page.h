// The page by which a testbed tells the process under test what is wrong with its ports. Faulty decorators in the
// process ask the page before each call; it counts what they met, so that the testbed knows that a fault took hold and
// does not only believe so, and what still waits for it, so that it knows that all is well again.
//
//   auto ours = TroublePage::Create(path).value();                        // the testbed
//   const auto errors = ours.Begin({PortTrouble::kDiskErrors, {.chance = 0.1}}).value();
//   auto theirs = TroublePage::Open(path).value();                        // the process, as often as it is started
//   FaultInjector faults(seed, sleep, theirs.OfDisk());
//   FaultyDisk disk(real_disk, faults);
//   ours.met(errors);                                                     // more than nothing, after a while
//   ours.End(errors);
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "chaos/faults/fault_injector.h"
#include "chaos/faults/path_feed.h"
#include "chaos/faults/port_trouble.h"
#include "chaos/faults/shared_page.h"
#include "core/base/result.h"
#include "core/ports/clock.h"

namespace holdfast {

// The process's side is thread-safe; the testbed's is for one thread.
class TroublePage {
 public:
  static Result<TroublePage> Create(const std::string& path);
  // The page in a file that came from Create; kInvalidArgument if it is none.
  static Result<TroublePage> Open(const std::string& path);
  TroublePage(TroublePage&& other) noexcept;
  TroublePage& operator=(TroublePage&& other) noexcept;
  ~TroublePage();

  // The testbed. kExhausted if too many hold at once.
  Result<TroubleTicket> Begin(const TroubleOrder& order);
  void End(TroubleTicket ticket);
  // How often the process has met it; known until dozens of others have begun after its end.
  std::uint64_t met(TroubleTicket ticket) const;
  // How many things that met it are still on their way,
  std::uint64_t waiting(TroubleTicket ticket) const;
  // and how many were when the process died, and went with it.
  std::uint64_t lost(TroubleTicket ticket) const;
  // Call between the death of a process and the start of the next. A hold befalls the process that ran when it began:
  // its successor is heard.
  void NewLife();

  // The process: feeds for decorators, which outlive neither this nor its moving.
  FaultFeed OfDisk();
  FaultFeed OfFunctions();
  FaultFeed OfReplies();
  PathFeed OfPaths();
  void Met(PortTrouble trouble);
  // By how much the application's clock is ahead.
  Duration clock_ahead() const;

 private:
  struct Slot;
  struct Page;
  static Result<TroublePage> Map(const std::string& path, PageFile file);
  explicit TroublePage(Page* page);
  Slot* Find(TroubleTicket ticket) const;
  // All of this kind that hold now, taken together.
  TroubleSize SizeOf(PortTrouble trouble) const;
  std::vector<TroubleOnPath> On(const TroublePath& path) const;

  Page* page_ = nullptr;
  std::uint64_t life_ = 0;  // When this was opened.
};

// The clock of a process whose testbed sets the application's time. `clock` and `page` outlive it.
class TroubledClock final : public Clock {
 public:
  TroubledClock(const Clock& clock, TroublePage& page) : clock_(clock), page_(page) {}
  SteadyTime Now() const override { return clock_.Now(); }
  AppTime AppNow() const override;

 private:
  const Clock& clock_;
  TroublePage& page_;
  mutable std::atomic<std::int64_t> last_ahead_{0};  // What it is now was met.
};

}  // namespace holdfast
