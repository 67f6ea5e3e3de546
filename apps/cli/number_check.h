// Checks of numbers on the command line. What is refused is shown as it was given, beside what is accepted.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>

namespace holdfast {

// From `low` to `high`, or without an upper end.
CLI::Validator WholeNumber(std::uint64_t low, std::optional<std::uint64_t> high = std::nullopt);
// Any above 0.
CLI::Validator NumberAboveZero();

}  // namespace holdfast
