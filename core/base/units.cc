#include "core/base/units.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <span>
#include <vector>

#include "core/base/config_tree_error.h"
#include "core/base/suggest.h"

namespace holdfast {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t size;
};

// Smallest first.
constexpr Unit kDurationUnits[] = {
    {"ns", 1}, {"us", 1'000}, {"ms", 1'000'000}, {"s", 1'000'000'000}, {"m", 60'000'000'000}, {"h", 3'600'000'000'000}};
constexpr Unit kByteUnits[] = {
    {"B", 1}, {"KiB", 1ull << 10}, {"MiB", 1ull << 20}, {"GiB", 1ull << 30}, {"TiB", 1ull << 40}};
// Here the size is the length of the unit in seconds.
constexpr Unit kRateUnits[] = {{"/s", 1}, {"/m", 60}, {"/h", 3600}};

constexpr std::size_t kMaxDecimals = 6;

// What a family of units is called in an error, and how a good value looks.
struct Family {
  std::string_view noun;
  std::string_view example;
  std::span<const Unit> units;
};
constexpr Family kDurations{"a duration", "500ms", kDurationUnits};
constexpr Family kSizes{"a size in bytes", "64KiB", kByteUnits};
constexpr Family kRates{"a rate", "50000/s", kRateUnits};

struct Quantity {
  std::string_view whole;
  std::string_view decimals;
  const Unit* unit = nullptr;
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string_view TakeDigits(std::string_view& rest) {
  std::size_t n = 0;
  while (n < rest.size() && IsDigit(rest[n])) ++n;
  const auto digits = rest.substr(0, n);
  rest.remove_prefix(n);
  return digits;
}

Error NotA(const Family& family, std::string_view text, std::string_view reason) {
  return MakeError(ErrorCode::kInvalidArgument, "{} is not {}: {}", Quote(text), family.noun, reason);
}

Result<Quantity> Split(const Family& family, std::string_view text) {
  Quantity quantity;
  auto rest = text;
  quantity.whole = TakeDigits(rest);
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    quantity.decimals = TakeDigits(rest);
    if (quantity.decimals.empty()) return NotA(family, text, "the point has no digit behind it");
  }
  std::vector<std::string> known;
  for (const auto& unit : family.units) known.emplace_back(unit.name);
  if (quantity.whole.empty()) {
    return NotA(family, text,
                fmt::format("write a number and a unit ({}), as in {}", fmt::join(known, ", "), family.example));
  }
  if (rest.empty()) {
    return NotA(family, text,
                fmt::format("it has no unit; known: {}, as in {}", fmt::join(known, ", "), family.example));
  }
  for (const auto& unit : family.units) {
    if (unit.name == rest) quantity.unit = &unit;
  }
  if (quantity.unit == nullptr) {
    return NotA(family, text, fmt::format("unknown unit {}; {}", Quote(rest), KnownWords(rest, known)));
  }
  return quantity;
}

// The quantity in units of size 1; at most `limit`.
Result<std::uint64_t> ParseWhole(const Family& family, std::string_view text, std::uint64_t limit) {
  HOLDFAST_ASSIGN(const Quantity quantity, Split(family, text));
  if (quantity.decimals.size() > kMaxDecimals) return NotA(family, text, "it has more than six decimals");
  std::uint64_t whole = 0;
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(quantity.whole.data(), quantity.whole.data() + quantity.whole.size(), whole);
  if (error != std::errc() || __builtin_mul_overflow(whole, quantity.unit->size, &value)) {
    return NotA(family, text, "it is too large");
  }
  std::uint64_t decimals = 0;
  std::uint64_t scale = 1;
  for (const char digit : quantity.decimals) {
    decimals = decimals * 10 + static_cast<std::uint64_t>(digit - '0');
    scale *= 10;
  }
  decimals *= quantity.unit->size;
  if (decimals % scale != 0) {
    return NotA(family, text, fmt::format("it is not a whole number of {}", family.units.front().name));
  }
  if (__builtin_add_overflow(value, decimals / scale, &value) || value > limit) {
    return NotA(family, text, "it is too large");
  }
  return value;
}

std::string FormatWhole(std::span<const Unit> units, std::uint64_t value, std::string_view zero) {
  if (value == 0) return std::string(zero);
  const auto* best = &units.front();
  for (const auto& unit : units) {
    if (value % unit.size == 0) best = &unit;
  }
  return fmt::format("{}{}", value / best->size, best->name);
}

}  // namespace

Result<Duration> ParseDuration(std::string_view text) {
  HOLDFAST_ASSIGN(const std::uint64_t nanos,
                  ParseWhole(kDurations, text, static_cast<std::uint64_t>(Duration::max().count())));
  return Duration(static_cast<Duration::rep>(nanos));
}

Result<ByteSize> ParseBytes(std::string_view text) {
  HOLDFAST_ASSIGN(const std::uint64_t bytes, ParseWhole(kSizes, text, std::numeric_limits<std::uint64_t>::max()));
  return ByteSize{bytes};
}

Result<Rate> ParseRate(std::string_view text) {
  if (text == "max") return Rate::Max();
  HOLDFAST_ASSIGN(const Quantity quantity, Split(kRates, text));
  const auto number = text.substr(0, text.size() - quantity.unit->name.size());
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  value /= static_cast<double>(quantity.unit->size);
  if (error != std::errc() || !std::isfinite(value)) return NotA(kRates, text, "it is too large");
  if (value <= 0) return NotA(kRates, text, "it must be above zero");
  return Rate{value};
}

std::string FormatDuration(Duration duration) {
  HOLDFAST_CHECK(duration.count() >= 0, "{} ns", duration.count());
  return FormatWhole(kDurationUnits, static_cast<std::uint64_t>(duration.count()), "0s");
}

std::string FormatBytes(ByteSize size) { return FormatWhole(kByteUnits, size.bytes, "0B"); }

// Plain digits, never an exponent: Parse would refuse it.
std::string FormatRate(Rate rate) {
  if (rate.unlimited()) return "max";
  char buffer[512];
  const auto result = std::to_chars(buffer, buffer + sizeof(buffer), rate.per_second, std::chars_format::fixed);
  HOLDFAST_CHECK(result.ec == std::errc(), "{}", rate.per_second);
  return fmt::format("{}/s", std::string_view(buffer, result.ptr));
}

}  // namespace holdfast
