// What can be wrong with the ports of a running system for a while, by the names that schedules use, and the page by
// which a testbed tells the process under test of it. Faulty decorators in the process ask the page before each call;
// it counts what they met, so that the testbed knows that a fault took hold and does not only believe so.
//
//   auto ours = TroublePage::Create(path).value();                     // the testbed
//   ours.Begin(PortTrouble::kDiskErrors, {.chance = 0.1});
//   auto theirs = TroublePage::Open(path).value();                     // the process, as often as it is started
//   FaultInjector faults(seed, sleep, theirs.OfDisk());
//   FaultyDisk disk(real_disk, faults);
//   ours.met(PortTrouble::kDiskErrors);                                // more than nothing, after a while
//   ours.End(PortTrouble::kDiskErrors);
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chaos/faults/fault_injector.h"
#include "chaos/faults/shared_page.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/ports/clock.h"

namespace holdfast {

enum class PortTrouble : std::uint8_t {
  kDiskErrors,      // Calls of the disk of store, logs and queues fail,
  kDiskFull,        // those that write do, for want of room,
  kSlowDisk,        // or all take longer.
  kFunctionErrors,  // A function has run, and no answer comes,
  kWrongReplies,    // or one that must be refused,
  kSlowFunctions,   // or it comes later.
  kClockForward,    // The clock of the application is set, and stays so.
  kClockBack,
};
inline constexpr std::size_t kPortTroubles = static_cast<std::size_t>(PortTrouble::kClockBack) + 1;

// "disk-errors", ...
std::string_view PortTroubleName(PortTrouble trouble);
std::optional<PortTrouble> PortTroubleNamed(std::string_view name);
// What a FaultyEndpoint met.
PortTrouble TroubleOfFunctions(Fault fault);
// True if it is over as soon as it has begun: the clock stays as it was set.
constexpr bool IsClockTrouble(PortTrouble trouble) { return trouble >= PortTrouble::kClockForward; }

struct TroubleSize {
  double chance = 1;
  Duration by{};  // How much longer, or how far a clock is set.
};

// Thread-safe, in each of the two processes.
class TroublePage {
 public:
  static Result<TroublePage> Create(const std::string& path);
  // The page in a file that came from Create; kInvalidArgument if it is none.
  static Result<TroublePage> Open(const std::string& path);
  TroublePage(TroublePage&& other) noexcept;
  TroublePage& operator=(TroublePage&& other) noexcept;
  ~TroublePage();

  // The testbed.
  void Begin(PortTrouble trouble, TroubleSize size);
  void End(PortTrouble trouble);
  // How often the process has met it since the page was made.
  std::uint64_t met(PortTrouble trouble) const;

  // The process: feeds for injectors, which outlive neither this nor its moving.
  FaultFeed OfDisk();
  FaultFeed OfFunctions();
  void Met(PortTrouble trouble);
  // By how much the application's clock is ahead.
  Duration clock_ahead() const;

 private:
  struct Page;
  static Result<TroublePage> Map(const std::string& path, PageFile file);
  explicit TroublePage(Page* page) : page_(page) {}
  TroubleSize SizeOf(PortTrouble trouble) const;

  Page* page_ = nullptr;
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
