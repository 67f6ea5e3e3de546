// Events of a run on their way from the process it happens in to the one that reads along, among whatever else that
// process says. Both must be one program: facts travel as they lie in memory.
#pragma once

#include <string>
#include <string_view>

#include "chaos/simulation/sim_event.h"

namespace holdfast {

std::string EncodeEvent(const SimEvent& event);

class EventReader {
 public:
  explicit EventReader(SimListener listener) : listener_(std::move(listener)) {}
  // Takes bytes as they come; tells the listener of each event that is whole.
  void Take(std::string_view bytes);
  // Everything that was no event, once nothing more will come.
  std::string said() const { return said_ + waiting_; }

 private:
  // True if an event stood at the beginning of `bytes`, and was told and removed; false if more bytes are needed.
  bool TakeEvent(std::string_view& bytes) const;
  SimListener listener_;
  std::string waiting_;
  std::string said_;
};

}  // namespace holdfast
