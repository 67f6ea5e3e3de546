#include "results/report/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "results/report/rates.h"

namespace holdfast::report {
namespace {

using record::Validity;
using record::Verdict;

std::string Points(std::ptrdiff_t n) { return fmt::format("{} point{}", n, n == 1 ? "" : "s"); }

std::string Headline(const record::Run& run, const std::vector<const record::Point*>& judged) {
  const auto count = [&](Verdict v) {
    return std::ranges::count_if(judged, [v](const record::Point* p) { return p->verdict.verdict == v; });
  };
  std::vector<std::string> parts;
  const auto add = [&](Verdict v, std::string_view text) {
    if (const auto n = count(v); n > 0) parts.push_back(fmt::format("{} {}", Points(n), text));
  };
  add(Verdict::kBroken, "broke the stated guarantee");
  add(Verdict::kFailed, "could not run");
  add(Verdict::kInvalid, "proved nothing");
  add(Verdict::kHeld, "held the stated guarantee");
  add(Verdict::kExpectedNotGuaranteed, "showed damage that was never promised away");
  std::string text = parts.empty() ? "no point ran" : fmt::format("{}", fmt::join(parts, "; "));
  if (!run.complete) text += "; the run was interrupted";
  return text + ".";
}

// Points in which the same is wrong stand together.
std::string Caution(const std::vector<const record::Point*>& judged) {
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  for (const auto* point : judged) {
    const auto worst = WorstValidity(*point);
    if (worst == Validity::kValid) continue;
    const auto check = std::ranges::find(point->validity, worst, &record::ValidityCheck::verdict);
    const auto reason = fmt::format("{}: {}", ValidityWord(worst), check->detail);
    auto group = std::ranges::find(groups, reason, &decltype(groups)::value_type::first);
    if (group == groups.end()) group = groups.insert(group, {reason, {}});
    group->second.push_back(point->name);
  }
  std::vector<std::string> sentences;
  for (const auto& [reason, names] : groups)
    sentences.push_back(fmt::format("{} ({})", reason, fmt::join(names, ", ")));
  return sentences.empty() ? "" : fmt::format("Read with care. {}.", fmt::join(sentences, "; "));
}

}  // namespace

Summary Summarize(const record::Run& run) {
  auto worst = Validity::kValid;
  const auto judged = JudgedPoints(run);
  for (const auto* point : judged) worst = std::max(worst, WorstValidity(*point));
  return {.validity = worst, .headline = Headline(run, judged), .caution = Caution(judged)};
}

double Throughput(const record::Point& point) {
  return point.measured_s > 0 ? static_cast<double>(point.counts.completed) / point.measured_s : 0;
}

bool Trusted(const record::LatencySummary& latency, double percent) {
  return static_cast<double>(latency.count) * (100 - percent) / 100 >= 10 - 1e-6;
}

}  // namespace holdfast::report
