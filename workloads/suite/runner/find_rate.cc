#include "workloads/suite/runner/find_rate.h"

#include <algorithm>
#include <map>
#include <optional>

#include "core/base/config_tree_error.h"
#include "core/base/random.h"
#include "core/base/units.h"
#include "engines/steady_now.h"
#include "results/record/run_io.h"
#include "workloads/suite/runner/point_record.h"
#include "workloads/suite/runner/run_record.h"
#include "workloads/suite/runner/shuffle.h"

namespace holdfast {
namespace {

using record::Verdict;

// Of the backlog in a share of the measured window, from `first` to `last` thirds.
double MeanBacklog(const record::Point& point, int first, int last) {
  double sum = 0;
  int buckets = 0;
  for (const auto& bucket : point.timeseries) {
    const auto third = bucket.t_s / point.measured_s * 3;
    if (third < first || third >= last) continue;
    sum += static_cast<double>(bucket.backlog);
    ++buckets;
  }
  return buckets == 0 ? 0 : sum / buckets;
}

std::string P99Text(const record::PhaseLatency& phase) {
  return fmt::format("p99 of {:.0f} ms", static_cast<double>(phase.response.p99_ns) / 1e6);
}

class Finder {
 public:
  Finder(const BenchParts& parts, const RateRequest& request)
      : parts_(parts),
        request_(request),
        variant_(request.run.variants.front()),
        random_(variant_.suite.seed),
        started_(SteadyNow()) {
    outcome_.run = BeginRecord(request.run);
    for (const auto& point : variant_.suite.points) hunts_.push_back({point.name, RateSearch(request.range)});
  }

  Result<RunOutcome> Execute() {
    HOLDFAST_ASSIGN(outcome_.folder, MakeRunFolder(request_.run.runs_folder, outcome_.run));
    outcome_.run.environment = record::CaptureEnvironment({.data_path = outcome_.folder.string(), .root = {}});
    recorder_.emplace(parts_, PointRecorder::Options{.folder = outcome_.folder,
                                                     .run_id = outcome_.run.run_id,
                                                     .stores_folder = request_.run.stores_folder,
                                                     .histories = request_.run.histories});
    for (auto round = NextRound(); !round.empty(); round = NextRound()) {
      for (const auto hunt : round) {
        HOLDFAST_TRY(Save());
        if (request_.run.interrupted()) return std::move(outcome_);
        HOLDFAST_TRY(Try(hunt));
      }
    }
    outcome_.run.complete = true;
    HOLDFAST_TRY(Save());
    return std::move(outcome_);
  }

 private:
  // The search for one point.
  struct Hunt {
    std::string point;
    RateSearch search;
    std::string refusal{};  // Of the lowest rate that was refused.
    bool ended = false;     // Before its time: the point cannot run, or breaks its promise.
    std::map<double, int> tried{};
  };

  std::vector<std::size_t> NextRound() {
    std::vector<std::size_t> round;
    for (std::size_t i = 0; i < hunts_.size(); ++i) {
      if (!hunts_[i].ended && hunts_[i].search.Next()) round.push_back(i);
    }
    Shuffle(round, random_);
    return round;
  }

  Status Try(std::size_t of) {
    auto& hunt = hunts_[of];
    const auto rate = *hunt.search.Next();
    HOLDFAST_ASSIGN(auto suite, request_.at_rate(rate));
    const auto found = std::ranges::find(suite.points, hunt.point, &SuitePoint::name);
    if (found == suite.points.end()) return MakeError(ErrorCode::kInternal, "no point {} at {}/s", hunt.point, rate);
    const auto rate_text = FormatRate({rate});
    found->name += "@" + rate_text;
    found->axes.emplace_back("load.rate", rate_text);
    const auto again = hunt.tried[rate]++;
    const auto seed = Mix64(variant_.suite.seed + static_cast<std::uint64_t>(again)) >> 1;
    const auto started_s = std::chrono::duration<double>(SteadyNow() - started_).count();
    bool hopeless = false;
    const PointWatch watch{.progress = [](std::string_view, double) {},
                           .interrupted = request_.run.interrupted,
                           .give_up = [&](Duration behind) { return hopeless |= behind > Patience(); }};
    auto point = recorder_->Record({&variant_, &*found, again, seed}, outcome_.run.points.size() + 1, watch);
    if (point.verdict.verdict == Verdict::kFailed && request_.run.interrupted()) return {};
    point.started_s = started_s;
    if (hopeless) point.verdict.verdict = Verdict::kInvalid;
    Learn(hunt, rate, Outcome(point, hopeless), point);
    Keep(of, rate, std::move(point));
    return {};
  }

  // A load that waits for longer than this to be taken in will not come under the bound any more.
  Duration Patience() const { return std::max<Duration>(2 * request_.p99, std::chrono::seconds(1)); }

  JudgedTry Outcome(const record::Point& point, bool hopeless) const {
    if (hopeless) return {TryOutcome::kHopeless, point.verdict.sentence};
    return JudgeTry(point, request_.p99);
  }

  void Learn(Hunt& hunt, double rate, const JudgedTry& judged, const record::Point& point) {
    const auto verdict = point.verdict.verdict;
    const bool cannot_run = verdict == Verdict::kFailed && !hunt.search.sustained();
    hunt.ended = verdict == Verdict::kBroken || cannot_run;
    hunt.search.Tell(judged.outcome);
    if (hunt.ended || hunt.search.refused() == rate) hunt.refusal = judged.reason;
    if (request_.run.progress == nullptr) return;
    const auto* whole = record::FindPhase(point, record::kWhole);
    const auto how = !judged.reason.empty() ? "refused: " + judged.reason
                     : whole == nullptr     ? std::string("sustained")
                                            : "sustained, " + P99Text(*whole);
    fmt::print(request_.run.progress, "{} at {}: {}\n", hunt.point, FormatRate({rate}), how);
    std::fflush(request_.run.progress);
  }

  // By the place of their point in the suite, then by rate.
  void Keep(std::size_t of, double rate, record::Point point) {
    const std::pair rank(of, rate);
    const auto at = std::ranges::upper_bound(ranks_, rank) - ranks_.begin();
    ranks_.insert(ranks_.begin() + at, rank);
    outcome_.run.points.insert(outcome_.run.points.begin() + at, std::move(point));
  }

  Status Save() {
    auto& run = outcome_.run;
    run.duration_s = std::chrono::duration<double>(SteadyNow() - started_).count();
    run.rates.clear();
    for (const auto& hunt : hunts_) {
      run.rates.push_back({.point = hunt.point,
                           .p99_bound_ns = request_.p99.count(),
                           .sustained = hunt.search.sustained(),
                           .refused = hunt.search.refused(),
                           .refusal = hunt.refusal,
                           .tries = hunt.search.tries()});
    }
    return record::WriteRun(outcome_.folder, run);
  }

  const BenchParts& parts_;
  const RateRequest& request_;
  const SuiteVariant& variant_;
  Random random_;
  SteadyTime started_;
  std::vector<Hunt> hunts_;
  std::optional<PointRecorder> recorder_;
  RunOutcome outcome_;
  std::vector<std::pair<std::size_t, double>> ranks_;  // Of the points in the record.
};

}  // namespace

JudgedTry JudgeTry(const record::Point& point, Duration p99) {
  const auto refused = [](std::string reason) { return JudgedTry{TryOutcome::kRefused, std::move(reason)}; };
  if (point.verdict.verdict != Verdict::kHeld) return refused(point.verdict.sentence);
  for (const auto& check : point.validity) {
    if (check.verdict == record::Validity::kInvalid) return refused(check.detail);
  }
  const auto* whole = record::FindPhase(point, record::kWhole);
  if (whole == nullptr || whole->response.count == 0) return refused("nothing was measured");
  if (whole->response.p99_ns > p99.count()) {
    return refused(P99Text(*whole));
  }
  const auto before = MeanBacklog(point, 0, 1);
  const auto after = MeanBacklog(point, 2, 3);
  const auto bound = point.offered_rate * std::chrono::duration<double>(p99).count();
  if (after - before > bound / 2) return refused(fmt::format("backlog from {:.0f} to {:.0f}", before, after));
  return {};
}

Status CheckSearchable(const Suite& suite) {
  for (const auto& point : suite.points) {
    const auto* fault = point.Find("fault");
    if (fault == nullptr || fault->name == "none") continue;
    return ConfigError(ConfigErrorId::kCombination, fault->place,
                       "point {} has a fault, and a rate found under one is that of the fault; add --fault none",
                       point.name);
  }
  return {};
}

Result<RunOutcome> FindRates(const BenchParts& parts, const RateRequest& request) {
  HOLDFAST_TRY(CheckSearchable(request.run.variants.front().suite));
  return Finder(parts, request).Execute();
}

}  // namespace holdfast
