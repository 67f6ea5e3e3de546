#include "results/report/format.h"

#include <fmt/format.h>

#include <cmath>

namespace holdfast::report {
namespace {

// `value` with three significant digits, no exponent.
std::string ThreeDigits(double value) {
  const double size = std::abs(value);
  return fmt::format("{:.{}f}", value, size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

}  // namespace

std::string FormatNanos(double nanos) {
  if (nanos < 1e3) return fmt::format("{:.0f} ns", nanos);
  if (nanos < 999.5e3) return ThreeDigits(nanos / 1e3) + " us";
  if (nanos < 999.5e6) return ThreeDigits(nanos / 1e6) + " ms";
  return ThreeDigits(nanos / 1e9) + " s";
}

std::string FormatCount(double count) {
  if (std::abs(count) < 1e3) return count == std::floor(count) ? fmt::format("{:.0f}", count) : ThreeDigits(count);
  if (std::abs(count) < 999.5e3) return ThreeDigits(count / 1e3) + "k";
  if (std::abs(count) < 999.5e6) return ThreeDigits(count / 1e6) + "M";
  return ThreeDigits(count / 1e9) + "G";
}

std::string FormatPercent(double share, bool with_sign) {
  return fmt::format("{}{} %", with_sign && share >= 0 ? "+" : "", ThreeDigits(share * 100));
}

}  // namespace holdfast::report
