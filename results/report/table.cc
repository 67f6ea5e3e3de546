#include "results/report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "results/report/format.h"
#include "results/report/rates.h"
#include "results/report/summary.h"

namespace holdfast::report {
namespace {

using record::LatencySummary;
using record::Point;
using record::Validity;
using record::Verdict;

constexpr std::size_t kWidestName = 40;

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

// With a fault, its phases; without one, the whole; without latencies, an empty one.
std::vector<record::PhaseLatency> PhasesShown(const Point& point) {
  std::vector<record::PhaseLatency> phases;
  for (const auto& phase : point.latency)
    if (point.latency.size() == 1 || phase.phase != record::kWhole) phases.push_back(phase);
  if (phases.empty()) phases.emplace_back().phase = record::kWhole;
  return phases;
}

std::string Outcome(const Point& point) {
  return fmt::format("{}{}", VerdictTitle(point.verdict.verdict),
                     WorstValidity(point) == Validity::kValid ? "" : " (!)");
}

std::string Damage(std::int64_t n) { return FormatCount(static_cast<double>(n)); }

// One line per phase, the point's name and outcome on the first.
std::string WideRows(const Point& point, std::size_t width) {
  std::string rows;
  for (const auto& phase : PhasesShown(point)) {
    if (!rows.empty()) {
      rows += fmt::format("{:{}} {}\n", "", width + 7, PhaseCells(phase));
      continue;
    }
    rows += fmt::format("{:<{}} {:>6} {} {:>5} {:>5}  {}\n", point.name.substr(0, width), width,
                        FormatCount(Throughput(point)), PhaseCells(phase), Damage(point.ledger.missing),
                        Damage(point.ledger.duplicate), Outcome(point));
  }
  return rows;
}

// A line of its own for name and outcome, and below it one per phase: fits into 80 columns.
std::string NarrowRows(const Point& point) {
  auto rows = fmt::format("{}: {}, {} done/s", point.name, Outcome(point), FormatCount(Throughput(point)));
  if (point.ledger.missing > 0) rows += fmt::format(", {} lost", Damage(point.ledger.missing));
  if (point.ledger.duplicate > 0) rows += fmt::format(", {} twice", Damage(point.ledger.duplicate));
  rows += '\n';
  for (const auto& phase : PhasesShown(point)) rows += fmt::format("  {}\n", PhaseCells(phase));
  return rows;
}

std::string NarrowHeader() {
  return fmt::format("{:11} {:^41} {:>8}\n", "", "--- response time ---", "service") +
         fmt::format("{:<11} {:>7} {:>7} {:>8} {:>8} {:>7} {:>8}\n", "point", "p50", "p90", "p99", "p99.9", "max",
                     "p99");
}

std::string WideHeader(std::size_t width) {
  return fmt::format("{:{}} {:^41} {:>8} {:^11}\n", "", width + 17, "--- response time ---", "service", "outputs") +
         fmt::format("{:<{}} {:>6} {:<9} {:>7} {:>7} {:>8} {:>8} {:>7} {:>8} {:>5} {:>5}  {}\n", "point", width,
                     "done/s", "phase", "p50", "p90", "p99", "p99.9", "max", "p99", "lost", "twice", "verdict");
}

// Breaks `text` between words so that no line is longer than the table may be.
std::string Wrapped(std::string_view text, std::string_view indent, std::size_t columns) {
  std::string out, line;
  while (!text.empty()) {
    const auto space = std::min(text.find(' '), text.size());
    if (line.size() + 1 + space > columns && !line.empty()) {
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

// What is wrong with the figures, and at which points.
std::string Doubts(const record::Run& run, std::size_t columns) {
  std::vector<std::pair<std::string, std::vector<std::string>>> doubts;
  for (const auto* judged : JudgedPoints(run)) {
    const auto& point = *judged;
    for (const auto& c : point.validity) {
      if (c.verdict == Validity::kValid) continue;
      const auto reason =
          fmt::format("(!) {}: {} ({}, limit {:.3g} {})", ValidityWord(c.verdict), c.detail, c.check, c.limit, c.unit);
      auto same = std::ranges::find(doubts, reason, &decltype(doubts)::value_type::first);
      if (same == doubts.end()) same = doubts.insert(same, {reason, {}});
      same->second.push_back(fmt::format("{} {:.3g} {}", point.name, c.value, c.unit));
    }
  }
  std::string text;
  for (const auto& [reason, points] : doubts) {
    text += Wrapped(fmt::format("{}: {}", reason, fmt::join(points, ", ")), "  ", columns);
  }
  return text;
}

std::string Reasons(const record::Run& run, std::size_t columns) {
  std::string text;
  bool star = false;
  for (const auto* judged : JudgedPoints(run)) {
    const auto& point = *judged;
    const auto verdict = point.verdict.verdict;
    star = star || verdict == Verdict::kExpectedNotGuaranteed;
    if (verdict != Verdict::kHeld)
      text +=
          Wrapped(fmt::format("{} {}: {}", VerdictTitle(verdict), point.name, point.verdict.sentence), "  ", columns);
  }
  if (star) text += "* expected, not guaranteed: this configuration promises no better.\n";
  text += Doubts(run, columns);
  return text.empty() ? "" : "\n" + text;
}

}  // namespace

std::string RenderTable(const record::Run& run, std::size_t columns) {
  const bool wide = columns >= kWideColumns;
  const auto text_columns = std::clamp(columns, std::size_t{80}, kWideColumns);
  std::size_t width = 5;
  for (const auto& point : run.points) width = std::clamp(point.name.size(), width, kWidestName);
  const auto summary = Summarize(run);
  auto text = Wrapped(fmt::format("{} ({}), seed {}, commit {}{}, {}: figures {}; {}", run.suite, run.run_id, run.seed,
                                  run.code.commit.substr(0, 12), run.code.modified ? " with changes" : "",
                                  run.code.build_type, ValidityWord(summary.validity), summary.headline),
                      "  ", text_columns);
  if (!run.rates.empty()) return text + "\n" + RenderRates(run) + Reasons(run, text_columns);
  text += "\n" + (wide ? WideHeader(width) : NarrowHeader());
  for (const auto& point : run.points) text += wide ? WideRows(point, width) : NarrowRows(point);
  return text + Reasons(run, text_columns);
}

}  // namespace holdfast::report
