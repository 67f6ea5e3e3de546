// What a run comes to in a few words, the same on the page and in the terminal.
#pragma once

#include <string>

#include "results/record/run.h"

namespace holdfast::report {

struct Summary {
  record::Validity validity = record::Validity::kValid;  // The worst of all points.
  std::string headline;                                  // One sentence on the promises.
  std::string caution;                                   // One sentence on the figures; empty when all are valid.
};

Summary Summarize(const record::Run& run);

// Records completed per second of the measured window.
double Throughput(const record::Point& point);
// Enough records lie beyond the percentile (0..100) for it to mean something: at least ten.
bool Trusted(const record::LatencySummary& latency, double percent);

}  // namespace holdfast::report
