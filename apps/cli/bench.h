// Joins the runner of suites with the implementations: which engine, workload and guarantee a point means, and on which
// CPUs what runs.
#pragma once

#include <string>
#include <vector>

#include "apps/parts/parts.h"
#include "workloads/suite/runner/bench_parts.h"

namespace holdfast {

// Who runs where; part of every record, because it decides latencies.
enum class Placement { kSplit, kSameCpu, kFloat };

struct BenchPlaces {
  Placement placement = Placement::kSplit;
  std::vector<int> system_cpus;     // Empty means anywhere.
  std::vector<int> generator_cpus;  // The testbed's own: generator and collector.
  // "split: system on CPU 0, generator on CPU 1"
  std::string Text() const;
};
// Split gives the last CPU to the testbed and the others to the system; with a single CPU everything floats.
BenchPlaces PlaceBench(Placement placement, const std::vector<int>& cpus);

// What a suite may name, faults included.
Catalog BenchCatalog(const Parts& parts);
// The reference page of suites, parts and options.
std::string BenchReferenceMarkdown(const Parts& parts);
// The words of a schedule's steps, for a terminal.
std::string ScheduleText();
// Reads a suite with the bench's defaults and refuses points that make no sense.
Result<Suite> LoadBenchSuite(const Parts& parts, const std::string& path, std::span<const SuiteOverride> overrides);

struct BenchOptions {
  BenchPlaces places;
  std::string folder;            // Where temporary folders are made.
  bool accept_rollback = false;  // A system whose newest snapshot is damaged may go back to the one it names.
};
// Requires: `parts` outlives what is returned.
BenchParts MakeBenchParts(const Parts& parts, const BenchOptions& options);

}  // namespace holdfast
