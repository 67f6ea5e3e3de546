// Runs a suite: every point as often as asked, in randomised complete blocks, each run a fresh process. The order is
// what makes a comparison possible on a noisy machine: a block holds every point once, in random order, so that
// whatever the machine does in that minute, it does to all of them; variants of one point stand back to back within
// their block.
//
// After every point the record is written, so that an interrupted run keeps what it has finished.
#pragma once

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <tuple>
#include <vector>

#include "results/record/run.h"
#include "workloads/suite/runner/bench_parts.h"

namespace holdfast {

// A suite under a label: "A", "B" and "control" in a comparison, "" otherwise.
struct SuiteVariant {
  std::string label;
  Suite suite;
};

struct RunRequest {
  std::vector<SuiteVariant> variants;  // At least one; the first one's name, seed and repetitions count.
  std::filesystem::path runs_folder;   // The run gets a folder of its own in it.
  std::filesystem::path resumed{};     // The folder of an interrupted run to go on with; empty: a new run.
  std::string config_text;             // The suite as it was read.
  std::string rerun_command;
  std::filesystem::path stores_folder{};  // Where what the systems store is kept, a folder per point; empty: it is not.
  bool histories = false;                 // Keep what each point did and showed, for Elle.
  std::FILE* progress = nullptr;          // Where progress is shown, if at all.
  std::function<bool()> interrupted;      // True when the run is to end with what it has.
};

struct RunOutcome {
  record::Run run;
  std::filesystem::path folder;
};

// One point of one variant in one block.
struct PlannedPoint {
  const SuiteVariant* variant = nullptr;
  const SuitePoint* point = nullptr;
  int block = 0;
  std::uint64_t seed = 0;  // The same for all points of a block: they all get the same input.
};

// The order of a run; a pure function of the variants. Points stay owned by `variants`.
std::vector<PlannedPoint> PlanRun(const std::vector<SuiteVariant>& variants);

// Where a point stands in the record: by its place in the suite, then by block, then by variant.
using RecordRank = std::tuple<std::ptrdiff_t, int, std::string>;
RecordRank RankInRecord(const PlannedPoint& planned);

// A point that cannot run is in the record as failed; an error means that no record could be kept.
Result<RunOutcome> RunSuite(const BenchParts& parts, const RunRequest& request);

}  // namespace holdfast
