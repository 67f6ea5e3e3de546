// Is B faster than A? On a small, shared machine the same binary differs from itself by tens of per cent from one
// minute to the next, so runs one after the other prove nothing. Here A and B run interleaved: each *block* runs every
// variant once, back to back, in random order, and A a second time as a control. Within a block the machine is nearly
// the same, so the log-ratios log(b / a) of the blocks are what is compared:
//
//   effect       the median ratio, with a percentile bootstrap interval over blocks
//   p            how often flipping the signs of the log-ratios at random gives ranks as lopsided (exact up to 16
//   blocks),
//                adjusted by Holm's method for the number of metrics asked at once
//   drift, floor the same for the control: how far A is from itself, and the largest difference that this can explain
//
// The verdict is in words: faster or slower; the same, when the whole interval lies within a margin; undecided; and
// inconclusive, when A differs from itself by more than B does from A.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "results/record/run.h"

namespace holdfast::report {

struct PairedSamples {
  std::string point, metric;
  bool lower_is_better = true;
  std::string better = "faster", worse = "slower";  // The words for the verdict.
  std::vector<double> a, b;                         // One value per block, all > 0.
  std::vector<double> control;                      // A's second value in each block, or empty.
  bool interleaved = true;                          // False: the verdict is inconclusive whatever the numbers.
  int left_out = 0;                                 // Blocks not in the lists: one of their points does not count.
};

struct CompareOptions {
  double same_within = 0.02;  // Ratios within 1 +- this are the same for all we care.
  double alpha = 0.05;        // Interval of 1 - alpha; p must be below alpha.
  int resamples = 10'000;
  std::uint64_t seed = 1;
};

enum class Outcome { kBetter, kWorse, kSame, kUndecided, kInconclusive };

struct Comparison {
  std::string point, metric;
  int blocks = 0;
  double effect = 0, low = 0, high = 0;  // Median ratio b / a and its interval, each minus 1: +0.03 is 3 % more.
  double p = 1, adjusted_p = 1;
  std::optional<double> drift, floor;  // Of the control, as shares; absent without one.
  Outcome outcome = Outcome::kUndecided;
  std::string verdict;   // "faster", "the same within 2 %", ...
  std::string sentence;  // The verdict with its reasons.
};

// Compares each metric. The same samples, options and seed give the same answer. kInvalidArgument names a value that is
// not positive, or lists of different lengths.
Result<std::vector<Comparison>> Compare(const std::vector<PairedSamples>& samples, const CompareOptions& options = {});

// The samples of an interleaved run: its points with variants "A", "B" and "control", paired by name and block. Figures
// count only from points whose oracle was content and whose measurement is not INVALID; a block with another is left
// out, and it is an error when none remains.
Result<std::vector<PairedSamples>> PairVariants(const record::Run& run);
// The samples of two runs that were made apart, paired by name and repetition; not interleaved.
Result<std::vector<PairedSamples>> PairRuns(const record::Run& a, const record::Run& b);

// A table for the terminal, at most 120 columns. The reasons stand in Comparison::sentence.
std::string RenderComparison(const std::vector<Comparison>& comparisons);

}  // namespace holdfast::report
