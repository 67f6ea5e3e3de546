// Histograms as text, in the formats of the HdrHistogram project (V2, compressed), so that its libraries for Java,
// Python, Rust, Go, C, ... and its web plotter read ours and we read theirs. One histogram is a base64 word starting
// with "HIST"; an interval log (.hlog) is a text file with one tagged histogram per line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "results/record/histogram.h"

namespace holdfast {

// The histogram in HdrHistogram's V2 compressed encoding, base64. Keeps every counter.
std::string EncodeHistogram(const Histogram& histogram);
// Reads what any HdrHistogram library wrote with encodeIntoCompressedByteBuffer (V2) and base64. kDataLoss when the
// text is damaged or of another format.
Result<Histogram> DecodeHistogram(std::string_view base64);

// One line of an interval log: what was recorded in [start_s, start_s + length_s), in seconds since the log's start.
struct HistogramInterval {
  std::string tag;  // May be empty; has no comma, space or line break.
  double start_s = 0;
  double length_s = 0;
  Histogram histogram;
};

struct HistogramLog {
  double start_time_s = 0;  // Seconds since 1970-01-01T00:00:00Z.
  std::vector<HistogramInterval> intervals;
};

// The text of an interval log, version 1.3. Values are taken as nanoseconds, so the maxima shown are milliseconds.
// Requires tags as described above.
std::string WriteHistogramLog(const HistogramLog& log);
// kDataLoss names the line that cannot be read.
Result<HistogramLog> ReadHistogramLog(std::string_view text);

}  // namespace holdfast
