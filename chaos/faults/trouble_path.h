// Between whom a trouble of channels or sink stands: the processes of a cluster, as schedules call them, and the sink.
//
//   {TroubleEnd::Worker(WorkerId(1)), TroubleEnd::Coordinator()}    what worker 1 sends to the coordinator
//   {TroubleEnd::Everything(), TroubleEnd::Everything()}            what anybody sends to anybody
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/ids.h"

namespace holdfast {

class TroubleEnd {
 public:
  constexpr TroubleEnd() = default;  // Everything.
  static constexpr TroubleEnd Everything() { return TroubleEnd(kEverything); }
  static constexpr TroubleEnd Coordinator() { return TroubleEnd(kCoordinator); }
  static constexpr TroubleEnd Sink() { return TroubleEnd(kSink); }
  static constexpr TroubleEnd Worker(WorkerId worker) { return TroubleEnd(worker.value); }

  // What Text wrote, of a process or everything.
  static std::optional<TroubleEnd> Named(std::string_view text);
  // "worker 3", "coordinator", "everything", "sink"
  std::string Text() const;

  // Everything are all processes; the sink is none of them.
  bool Covers(TroubleEnd other) const { return code_ == other.code_ || (code_ == kEverything && other.code_ != kSink); }
  friend bool operator==(const TroubleEnd&, const TroubleEnd&) = default;

 private:
  static constexpr std::uint32_t kEverything = 1u << 16;
  static constexpr std::uint32_t kCoordinator = kEverything + 1;
  static constexpr std::uint32_t kSink = kEverything + 2;
  constexpr explicit TroubleEnd(std::uint32_t code) : code_(code) {}

  std::uint32_t code_ = kEverything;
};

// One direction.
struct TroublePath {
  TroubleEnd from{};
  TroubleEnd to{};
  bool Covers(const TroublePath& other) const { return from.Covers(other.from) && to.Covers(other.to); }
  friend bool operator==(const TroublePath&, const TroublePath&) = default;
};

}  // namespace holdfast
