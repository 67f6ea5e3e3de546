// A page of memory that the testbed and the process under test share. The testbed writes into it which call of which
// sync site is to be the process' last; the process counts its calls there, and leaves word before it ends itself, so
// that its death is known for what it is, with its instant.
//
//   auto ours = KillSwitch::Create(path).value();             // the testbed
//   const auto order = ours.Arm("object.name", 3).value();
//   auto theirs = KillSwitch::Open(path).value();             // the process, as often as it is started
//   if (theirs.Strikes("object.name", now)) raise(SIGKILL);
//   ours.TakeStrike();                                        // {order, now}
//
// Lives in a file, because the process under test may be another program; nothing of it needs to be durable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chaos/faults/shared_page.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/ports/disk.h"

namespace holdfast {

// Thread-safe, in each of the two processes.
class KillSwitch {
 public:
  static constexpr std::size_t kOrders = 64;  // That wait at the same time.

  // A new page in a new file.
  static Result<KillSwitch> Create(const std::string& path);
  // The page in a file that came from Create; kInvalidArgument if it is none.
  static Result<KillSwitch> Open(const std::string& path);
  KillSwitch(KillSwitch&& other) noexcept;
  KillSwitch& operator=(KillSwitch&& other) noexcept;
  ~KillSwitch();

  // The testbed: the nth call of the site from now on is to be the last. Returns the number of the order; kExhausted if
  // too many wait. Requires a site that is shorter than 48 characters, and nth > 0.
  Result<std::size_t> Arm(SyncSite site, std::uint64_t nth);
  // The testbed: what waits, waits no longer.
  void Disarm();

  // The process: a call of this site begins. True if it must end now, for one call of an order only.
  bool Strikes(SyncSite site, SteadyTime now);

  struct Strike {
    std::size_t order;
    SteadyTime at;
  };
  // The testbed: an order that was carried out, each once.
  std::optional<Strike> TakeStrike();

 private:
  struct Page;
  static Result<KillSwitch> Map(const std::string& path, PageFile file);
  explicit KillSwitch(Page* page) : page_(page) {}

  Page* page_ = nullptr;
  std::size_t orders_ = 0;  // Given so far, by this one.
};

}  // namespace holdfast
