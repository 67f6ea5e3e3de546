#include "apps/cli/number_check.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <string_view>

namespace holdfast {
namespace {

// The whole text as a number, if it is one.
template <class Number>
std::optional<Number> NumberIn(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

}  // namespace

CLI::Validator WholeNumber(std::uint64_t low, std::optional<std::uint64_t> high) {
  const auto range = high ? fmt::format("from {} to {}", low, *high) : fmt::format("from {} on", low);
  const auto check = [low, high, range](const std::string& text) -> std::string {
    const auto number = NumberIn<std::uint64_t>(text);
    if (number && *number >= low && (!high || *number <= *high)) return {};
    return fmt::format("'{}' is no whole number {}", text, range);
  };
  return {check, high ? fmt::format("INT in [{} - {}]", low, *high) : "POSITIVE"};
}

CLI::Validator NumberAboveZero() {
  const auto check = [](const std::string& text) -> std::string {
    const auto number = NumberIn<double>(text);
    if (number && std::isfinite(*number) && *number > 0) return {};
    return fmt::format("'{}' is no number above 0", text);
  };
  return {check, "POSITIVE"};
}

}  // namespace holdfast
