#include "results/report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "results/report/format.h"
#include "results/report/summary.h"

namespace holdfast::report {
namespace {

using record::LatencySummary;
using record::Point;
using record::Validity;
using record::Verdict;

constexpr std::size_t kMostColumns = 120;
constexpr std::size_t kWidestName = 26;

std::string_view PhaseTitle(std::string_view phase) {
  return phase == record::kWhole ? "all" : phase == record::kBeforeFault ? "before" : phase;
}

std::string_view VerdictTitle(Verdict verdict) {
  switch (verdict) {
    case Verdict::kHeld:
      return "held";
    case Verdict::kExpectedNotGuaranteed:
      return "expected*";
    case Verdict::kBroken:
      return "BROKEN";
    case Verdict::kInvalid:
      return "INVALID";
    case Verdict::kFailed:
      return "FAILED";
  }
  return "?";
}

std::string Latency(std::int64_t nanos) {
  auto text = FormatNanos(static_cast<double>(nanos));
  std::erase(text, ' ');
  return text;
}

// In parentheses when too few records lie beyond the percentile.
std::string Percentile(const LatencySummary& latency, std::int64_t nanos, double percent) {
  if (latency.count == 0) return "-";
  return Trusted(latency, percent) ? Latency(nanos) : "(" + Latency(nanos) + ")";
}

// Columns of one phase: its name, then response p50 p90 p99 p99.9 max, then service p99.
std::string PhaseCells(const record::PhaseLatency& phase) {
  const auto& r = phase.response;
  const auto& s = phase.service;
  return fmt::format("{:<9} {:>7} {:>7} {:>8} {:>8} {:>7} {:>8}", PhaseTitle(phase.phase), Percentile(r, r.p50_ns, 50),
                     Percentile(r, r.p90_ns, 90), Percentile(r, r.p99_ns, 99), Percentile(r, r.p99_9_ns, 99.9),
                     r.count == 0 ? "-" : Latency(r.max_ns), Percentile(s, s.p99_ns, 99));
}

std::string Rows(const Point& point, std::size_t width) {
  std::vector<const record::PhaseLatency*> phases;
  for (const auto& phase : point.latency)
    if (point.latency.size() == 1 || phase.phase != record::kWhole) phases.push_back(&phase);
  record::PhaseLatency unmeasured;
  unmeasured.phase = record::kWhole;
  if (phases.empty()) phases.push_back(&unmeasured);

  const auto damage = [](std::int64_t n) { return FormatCount(static_cast<double>(n)); };
  std::string rows;
  for (const auto* phase : phases) {
    if (phase != phases.front()) {
      rows += fmt::format("{:{}} {}\n", "", width + 7, PhaseCells(*phase));
      continue;
    }
    const auto verdict = VerdictTitle(point.verdict.verdict);
    rows +=
        fmt::format("{:<{}} {:>6} {} {:>5} {:>5}  {}{}\n", point.name.substr(0, width), width,
                    FormatCount(Throughput(point)), PhaseCells(*phase), damage(point.ledger.missing),
                    damage(point.ledger.duplicate), verdict, WorstValidity(point) == Validity::kValid ? "" : " (!)");
  }
  return rows;
}

std::string Header(std::size_t width) {
  return fmt::format("{:{}} {:^41} {:>8} {:^11}\n", "", width + 17, "--- response time ---", "service", "outputs") +
         fmt::format("{:<{}} {:>6} {:<9} {:>7} {:>7} {:>8} {:>8} {:>7} {:>8} {:>5} {:>5}  {}\n", "point", width,
                     "done/s", "phase", "p50", "p90", "p99", "p99.9", "max", "p99", "lost", "twice", "verdict");
}

// Breaks `text` between words so that no line is longer than the table may be.
std::string Wrapped(std::string_view text, std::string_view indent) {
  std::string out, line;
  while (!text.empty()) {
    const auto space = std::min(text.find(' '), text.size());
    if (line.size() + 1 + space > kMostColumns && !line.empty()) {
      out += line + '\n';
      line = indent;
    } else if (!line.empty()) {
      line += ' ';
    }
    line += text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return out + line + '\n';
}

std::string Reasons(const record::Run& run) {
  std::string text;
  bool star = false;
  for (const auto& point : run.points) {
    const auto verdict = point.verdict.verdict;
    star = star || verdict == Verdict::kExpectedNotGuaranteed;
    if (verdict != Verdict::kHeld)
      text += Wrapped(fmt::format("{} {}: {}", VerdictTitle(verdict), point.name, point.verdict.sentence), "  ");
    for (const auto& c : point.validity)
      if (c.verdict != Validity::kValid)
        text += Wrapped(fmt::format("(!) {} {}: {} ({} {:.3g} {}, limit {:.3g})", ValidityWord(c.verdict), point.name,
                                    c.detail, c.check, c.value, c.unit, c.limit),
                        "  ");
  }
  if (star) text += "* expected, not guaranteed: this configuration promises no better.\n";
  return text.empty() ? "" : "\n" + text;
}

}  // namespace

std::string RenderTable(const record::Run& run) {
  std::size_t width = 5;
  for (const auto& point : run.points) width = std::clamp(point.name.size(), width, kWidestName);
  const auto summary = Summarize(run);
  auto text = Wrapped(fmt::format("{} ({}), seed {}, commit {}{}, {}: figures {}; {}", run.suite, run.run_id, run.seed,
                                  run.code.commit.substr(0, 12), run.code.modified ? " with changes" : "",
                                  run.code.build_type, ValidityWord(summary.validity), summary.headline),
                      "  ");
  text += "\n" + Header(width);
  for (const auto& point : run.points) text += Rows(point, width);
  return text + Reasons(run);
}

}  // namespace holdfast::report
