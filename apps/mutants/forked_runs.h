// Runs that may bring their process down, made in child processes, one batch after the other.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace holdfast {

struct ForkedRuns {
  // Called in a child for 1, 2, ... `runs`; says what went wrong, or nothing.
  std::function<std::string(std::uint64_t run)> run;
  std::uint64_t runs = 1;
  // Whether a run that brings its process down, or needs more CPU time than `seconds`, is a failure. If not, it is
  // counted and the next one follows.
  bool crash_fails = false;
  int seconds = 20;
};

struct ForkedResult {
  struct Failure {
    std::uint64_t run = 0;
    std::string what;
    bool crash = false;
  };
  std::optional<Failure> failure;  // The first; no run follows it.
  std::uint64_t crashes = 0;       // Runs before it that brought their process down.
};

// Standard error of the children is not shown. Requires: as class Forked does.
ForkedResult RunForked(const ForkedRuns& runs);

}  // namespace holdfast
