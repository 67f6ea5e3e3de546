// The page of one simulated run: verdict, space-time diagram, what the events prove, faults, events. One file that
// needs neither network nor script, of a bounded size, in the colours the reader prefers.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "chaos/diagram/history.h"

namespace holdfast {

struct RunPicture {
  std::string title;    // "message-logging, seed 17"
  std::string failure;  // "missing"; empty if the run kept its promise.
  std::string verdict;  // The whole text; empty if it kept it.
  std::vector<std::string> faults{};
  std::vector<std::pair<std::string, std::string>> facts{};  // What else to say, by name.
  std::string replay{};                                      // The command.
  std::uint16_t workers = 1;
  std::size_t most_events = 2'500;  // Drawn, of a long run.
};

std::string DrawRun(const RunPicture& picture, const History& history);

}  // namespace holdfast
