#include "workloads/suite/runner/course.h"

#include <algorithm>

#include "results/record/histogram.h"

namespace holdfast {

namespace {

constexpr std::int64_t kFine = 10'000'000;  // The backlog is looked at every 10 ms.

double Seconds(std::int64_t nanos) { return static_cast<double>(nanos) * 1e-9; }

std::int64_t FromZero(const PointObservation& seen, SteadyTime at) { return (at - seen.zero).count(); }

// How many records that were answered in the end were unanswered at the end of each 10 ms.
std::vector<std::int64_t> Backlog(const PointObservation& seen, const Answers& answers) {
  std::vector<std::int64_t> backlog(static_cast<std::size_t>(FromZero(seen, seen.stopped) / kFine) + 2);
  const auto cell = [&](std::int64_t at) -> std::int64_t& {
    return backlog[std::min(static_cast<std::size_t>(std::max<std::int64_t>(at, 0) / kFine), backlog.size() - 1)];
  };
  answers.ForEach([&](const Answers::Record& record) {
    if (!record.visible) return;
    ++cell(record.intended);
    --cell(*record.visible);
  });
  for (std::size_t i = 1; i < backlog.size(); ++i) backlog[i] += backlog[i - 1];
  return backlog;
}

// Cumulative use of the CPU, and the resident memory, at any instant.
class UsageCurve {
 public:
  UsageCurve(const PointObservation& seen, const std::vector<EngineUsage>& usage) : seen_(seen), usage_(usage) {}

  double CpuNanosAt(std::int64_t at) {
    const auto next = NextAfter(at);
    if (next == 0) return 0;
    const auto& before = usage_[next - 1];
    const auto cpu = static_cast<double>(before.cpu.count());
    if (next == usage_.size()) return cpu;
    const auto& after = usage_[next];
    const double share = static_cast<double>(at - FromZero(seen_, before.at)) /
                         static_cast<double>(std::max<std::int64_t>(1, (after.at - before.at).count()));
    return cpu + share * static_cast<double>((after.cpu - before.cpu).count());
  }
  std::int64_t ResidentAt(std::int64_t at) {
    const auto next = NextAfter(at);
    return next == 0 ? 0 : usage_[next - 1].resident_bytes;
  }

 private:
  std::size_t NextAfter(std::int64_t at) {
    const auto after =
        std::upper_bound(usage_.begin(), usage_.end(), at,
                         [&](std::int64_t t, const EngineUsage& sample) { return t < FromZero(seen_, sample.at); });
    return static_cast<std::size_t>(after - usage_.begin());
  }
  const PointObservation& seen_;
  const std::vector<EngineUsage>& usage_;
};

}  // namespace

std::optional<std::int64_t> FirstOutputAfter(const PointObservation& seen, std::size_t recovery) {
  const auto& recoveries = seen.log.recoveries;
  const auto healed = recoveries[recovery].restarted;
  if (!healed) return std::nullopt;
  const auto& visible = seen.collector->visible();  // In order of time.
  const auto first = std::ranges::upper_bound(visible, *healed, {}, &Collector::Visible::at);
  if (first == visible.end()) return std::nullopt;
  const bool late = recovery + 1 < recoveries.size() && first->at > recoveries[recovery + 1].applied;
  return late ? std::nullopt : std::optional(FromZero(seen, first->at));
}

std::optional<Shadow> FindShadow(const PointObservation& seen, const Answers& answers) {
  if (seen.log.recoveries.empty()) return std::nullopt;
  const auto& recovery = seen.log.recoveries.front();
  Shadow shadow;
  shadow.applied = shadow.begins = FromZero(seen, recovery.applied);
  if (!seen.generator->timed()) return shadow;
  answers.ForEach([&shadow](const Answers::Record& record) {
    const bool unanswered = record.intended <= shadow.applied && record.visible > shadow.applied;
    if (unanswered) shadow.begins = std::min(shadow.begins, record.intended);
  });
  const auto first_output = FirstOutputAfter(seen, seen.log.recoveries.size() - 1);
  if (!first_output) return shadow;
  const auto backlog = Backlog(seen, answers);
  const auto cell = [&](std::int64_t at) {
    return backlog.begin() + std::min<std::int64_t>(at / kFine, static_cast<std::int64_t>(backlog.size()) - 1);
  };
  const auto from = cell(FromZero(seen, seen.begin));
  const auto struck = std::max(cell(shadow.applied), from + 1);
  const auto level = *std::max_element(from, struck);
  const auto back = std::find_if(cell(*first_output), backlog.end(), [&](auto b) { return b <= level; });
  if (back != backlog.end()) shadow.caught_up = std::max(*first_output, (back - backlog.begin()) * kFine);
  return shadow;
}

std::vector<Phase> Phases(const PointObservation& seen, const std::optional<Shadow>& shadow) {
  const auto begin = FromZero(seen, seen.begin);
  const auto end = FromZero(seen, seen.end);
  std::vector<Phase> phases = {{record::kWhole, begin, end}};
  if (shadow) {
    const auto dark = std::clamp(shadow->begins, begin, end);
    const auto light = std::clamp(shadow->caught_up.value_or(end), dark, end);
    phases.push_back({record::kBeforeFault, begin, dark});
    phases.push_back({record::kRecovery, dark, light});
    phases.push_back({record::kAfter, light, end});
  }
  std::erase_if(phases, [](const Phase& phase) { return phase.from == phase.to; });
  return phases;
}

std::vector<record::TimeBucket> TimeSeries(const PointObservation& seen, const Answers& answers) {
  const auto count = static_cast<std::size_t>(FromZero(seen, seen.stopped) / kBucket.count()) + 1;
  std::vector<record::TimeBucket> buckets(count);
  std::vector<Histogram> responses(count, Histogram::Growing());
  const auto index = [&](std::int64_t at) {
    return std::min(static_cast<std::size_t>(std::max<std::int64_t>(at, 0) / kBucket.count()), count - 1);
  };
  answers.ForEach([&](const Answers::Record& record) {
    if (seen.generator->timed()) ++buckets[index(record.intended)].offered;
    if (!record.visible) return;
    const auto at = index(*record.visible);
    ++buckets[at].completed;
    if (seen.generator->timed()) responses[at].Record(*record.visible - record.intended);
  });
  UsageCurve usage(seen, seen.log.usage);
  std::int64_t backlog = 0;
  for (std::size_t i = 0; i < count; ++i) {
    auto& bucket = buckets[i];
    const auto from = static_cast<std::int64_t>(i) * kBucket.count();
    const auto to = from + kBucket.count();
    bucket.t_s = Seconds(from - FromZero(seen, seen.begin));
    bucket.p50_ns = responses[i].Percentile(50);
    bucket.p99_ns = responses[i].Percentile(99);
    bucket.max_ns = responses[i].max();
    if (seen.generator->timed()) bucket.backlog = backlog += bucket.offered - bucket.completed;
    bucket.cpu_cores = (usage.CpuNanosAt(to) - usage.CpuNanosAt(from)) / static_cast<double>(kBucket.count());
    bucket.rss_bytes = usage.ResidentAt(to);
  }
  return buckets;
}

}  // namespace holdfast
