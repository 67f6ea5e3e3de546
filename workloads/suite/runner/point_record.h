// Runs a planned point and makes its entry in the record: figures, ledger, verdict, validity, and the raw files that it
// leaves in the run's folder. A point that cannot run is an entry, too, and says why.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "results/record/run.h"
#include "workloads/suite/runner/bench_parts.h"
#include "workloads/suite/runner/point_run.h"
#include "workloads/suite/runner/runner.h"

namespace holdfast {

class ElleHistory;

class PointRecorder {
 public:
  struct Options {
    std::filesystem::path folder;           // Of the run.
    std::string run_id;                     // For a file of faults, which says where they come from.
    std::filesystem::path stores_folder{};  // Where the stores of points are kept; empty: they are not.
    bool histories = false;                 // Keep what each point did and showed, for Elle.
  };
  // `parts` outlives it.
  PointRecorder(const BenchParts& parts, Options options) : parts_(parts), options_(std::move(options)) {}

  // Raw files are numbered by `number`, from 1. Of the point's place in time `started_s` is left to the caller.
  record::Point Record(const PlannedPoint& planned, std::size_t number, const PointWatch& watch) const;

 private:
  std::string DataFolder(const SuitePoint& point) const;
  record::Point Evaluate(const PointObservation& seen, const PlannedPoint& planned, record::Guarantee guarantee,
                         std::size_t number) const;
  void KeepHistograms(record::Point& point, std::size_t number) const;
  void KeepHistory(const ElleHistory& history, record::Point& point, std::size_t number) const;
  void KeepFaults(const PointObservation& seen, record::Point& point, std::size_t number) const;

  const BenchParts& parts_;
  const Options options_;
};

}  // namespace holdfast
