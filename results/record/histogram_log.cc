#include <fmt/chrono.h>

#include <charconv>
#include <optional>

#include "results/record/histogram_codec.h"

namespace holdfast {
namespace {

constexpr double kYear = 365.0 * 24 * 3600;
constexpr double kNanosPerMilli = 1e6;

std::optional<double> ParseNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The text before the next `separator`, which is taken off `rest` with it.
std::string_view TakeUntil(std::string_view& rest, char separator) {
  const auto at = rest.find(separator);
  const auto taken = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return taken;
}

// The number in `#[StartTime: 1441812279.474 (seconds since epoch), ...]`.
std::optional<double> HeaderTime(std::string_view line, std::string_view name) {
  if (!line.starts_with(name)) return std::nullopt;
  line.remove_prefix(name.size());
  while (line.starts_with(' ')) line.remove_prefix(1);
  return ParseNumber(line.substr(0, line.find_first_of(" ],")));
}

Result<HistogramInterval> ParseInterval(std::string_view line) {
  HistogramInterval interval;
  if (line.starts_with("Tag=")) interval.tag = TakeUntil(line, ',').substr(4);
  const auto start = ParseNumber(TakeUntil(line, ','));
  const auto length = ParseNumber(TakeUntil(line, ','));
  TakeUntil(line, ',');  // The maximum, for human eyes.
  if (!start || !length) return MakeError(ErrorCode::kDataLoss, "expected [Tag=...,]start,length,max,histogram");
  interval.start_s = *start;
  interval.length_s = *length;
  HOLDFAST_ASSIGN(interval.histogram, DecodeHistogram(line));
  return interval;
}

}  // namespace

std::string WriteHistogramLog(const HistogramLog& log) {
  const auto start = fmt::gmtime(static_cast<std::time_t>(log.start_time_s));
  std::string out = "#[Histogram log format version 1.3]\n";
  out += fmt::format("#[StartTime: {:.3f} (seconds since epoch), {:%Y-%m-%dT%H:%M:%SZ}]\n", log.start_time_s, start);
  out += fmt::format("#[BaseTime: {:.3f} (seconds since epoch)]\n", log.start_time_s);
  out += "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n";
  for (const auto& interval : log.intervals) {
    HOLDFAST_CHECK(interval.tag.find_first_of(", \r\n") == std::string::npos, "histogram log tag '{}'", interval.tag);
    if (!interval.tag.empty()) out += fmt::format("Tag={},", interval.tag);
    out += fmt::format("{:.3f},{:.3f},{:.3f},{}\n", interval.start_s, interval.length_s,
                       static_cast<double>(interval.histogram.max()) / kNanosPerMilli,
                       EncodeHistogram(interval.histogram));
  }
  return out;
}

Result<HistogramLog> ReadHistogramLog(std::string_view text) {
  HistogramLog log;
  std::optional<double> start_time, base_time;
  for (int number = 1; !text.empty(); ++number) {
    auto line = TakeUntil(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('"')) continue;
    if (line.starts_with('#')) {
      if (const auto t = HeaderTime(line, "#[StartTime:")) start_time = t;
      if (const auto t = HeaderTime(line, "#[BaseTime:")) base_time = t;
      continue;
    }
    auto interval = ParseInterval(line);
    if (!interval.ok()) return Error(interval.error()).At(fmt::format("histogram log line {}", number));
    // Time stamps are absolute, or relative to the base time; logs that do not say are told apart by their size.
    if (!start_time) start_time = interval->start_s;
    if (!base_time) base_time = interval->start_s < *start_time - kYear ? *start_time : 0.0;
    interval->start_s += *base_time - *start_time;
    log.intervals.push_back(std::move(*interval));
  }
  log.start_time_s = start_time.value_or(0);
  return log;
}

}  // namespace holdfast
