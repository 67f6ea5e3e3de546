// Quantities as people write them: `500ms`, `64KiB`, `50000/s`. A unit is always written, so that no reader has to
// guess what `interval: 500` meant; numbers may have up to six decimals (`1.5s`) as long as the result is a whole
// number of nanoseconds or bytes. Parsing refuses everything else and says which units it knows. Formatting picks the
// largest unit that needs no decimals; what Format prints, Parse reads back to the same value.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"

namespace holdfast {

struct ByteSize {
  std::uint64_t bytes = 0;
  friend constexpr auto operator<=>(const ByteSize&, const ByteSize&) = default;
};
constexpr ByteSize KiB(std::uint64_t n) { return {n << 10}; }
constexpr ByteSize MiB(std::uint64_t n) { return {n << 20}; }
constexpr ByteSize GiB(std::uint64_t n) { return {n << 30}; }

// Events per second. `max` means as fast as the other side takes them.
struct Rate {
  double per_second = 0;
  static constexpr Rate Max() { return {std::numeric_limits<double>::infinity()}; }
  constexpr bool unlimited() const { return per_second == std::numeric_limits<double>::infinity(); }
  friend constexpr auto operator<=>(const Rate&, const Rate&) = default;
};

// ns, us, ms, s, m, h. Never negative.
Result<Duration> ParseDuration(std::string_view text);
// B, KiB, MiB, GiB, TiB.
Result<ByteSize> ParseBytes(std::string_view text);
// /s, /m, /h, or the word `max`. Always above zero.
Result<Rate> ParseRate(std::string_view text);

std::string FormatDuration(Duration duration);
std::string FormatBytes(ByteSize size);
// Always in events per second: `50000/s`, `0.5/s`, `max`.
std::string FormatRate(Rate rate);

}  // namespace holdfast
