// The C++ side of histogram_log_interop.py: `write FILE` makes a two-interval log, `read FILE` reads any; both print
// one line per interval: tag, start, count, and percentiles.
#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <string>

#include "core/base/random.h"
#include "results/record/histogram_codec.h"

namespace holdfast {
namespace {

Histogram LogNormalish(std::uint64_t seed) {
  Random random(seed);
  Histogram h;
  for (int i = 0; i < 100'000; ++i) h.Record(static_cast<std::int64_t>(50'000 * std::exp(random.Exponential(1.0))));
  return h;
}

void Print(const HistogramLog& log) {
  for (const auto& interval : log.intervals) {
    const auto& h = interval.histogram;
    fmt::print("{} {:.3f} {}", interval.tag.empty() ? "-" : interval.tag, interval.start_s, h.count());
    for (const double p : {50.0, 90.0, 99.0, 99.9, 99.99}) fmt::print(" {}", h.Percentile(p));
    fmt::print("\n");
  }
}

int Main(const std::string& verb, const std::string& path) {
  HistogramLog log;
  if (verb == "write") {
    log.start_time_s = 1'700'000'000;
    log.intervals.push_back({"response", 0, 1, LogNormalish(1)});
    log.intervals.push_back({"service", 1, 1, LogNormalish(2)});
    std::ofstream(path) << WriteHistogramLog(log);
  } else {
    std::ifstream in(path);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    log = ReadHistogramLog(text).value();
  }
  Print(log);
  return 0;
}

}  // namespace
}  // namespace holdfast

int main(int argc, char** argv) { return argc == 3 ? holdfast::Main(argv[1], argv[2]) : 2; }
