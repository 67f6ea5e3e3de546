#include "apps/simulate/explore.h"

#include <poll.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <memory>

#include "apps/simulate/explore_batch.h"
#include "apps/simulate/explore_state.h"
#include "apps/simulate/run_diagram.h"
#include "apps/simulate/run_file.h"
#include "apps/simulate/shrink.h"

namespace holdfast {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::uint64_t kBatch = 64;
// Of one kind, the first few failures are shrunk and kept; the rest only count.
constexpr std::uint64_t kKept = 3;
constexpr auto kSayEvery = std::chrono::seconds(30);

class Explorer {
 public:
  Explorer(const Parts& parts, const ExploreOptions& options, Explored explored, const std::atomic<bool>& stop,
           const std::function<void(std::string_view)>& say)
      : parts_(parts), options_(options), explored_(std::move(explored)), stop_(stop), say_(say) {}

  Result<Explored> Run() {
    const auto begin = explored_.next_seed;
    next_ = begin;
    end_ = options_.max_seeds > ~0ull - begin ? ~0ull : begin + options_.max_seeds;
    while (true) {
      const bool over = stop_ || (SteadyClock::now() >= deadline_ && SomeSeedEnded(begin));
      while (!over && batches_.size() < options_.jobs && next_ < end_) Start();
      if (over || batches_.empty()) break;
      Wait();
      HOLDFAST_TRY(TakeFinished());
    }
    HOLDFAST_TRY(TakeBegun());
    return std::move(explored_);
  }

 private:
  // However short the time or slow the machine, an exploration explores.
  bool SomeSeedEnded(std::uint64_t begin) const {
    if (explored_.next_seed > begin) return true;
    return !batches_.empty() && !batches_.front()->entries().empty() && batches_.front()->entries().front().ended;
  }

  void Start() {
    const auto to = std::min(next_ + kBatch, end_);
    batches_.push_back(std::make_unique<Batch>(parts_, options_, next_, to));
    next_ = to;
  }

  void Wait() {
    std::vector<pollfd> pipes;
    for (std::size_t i = 0; i < batches_.size(); ++i) {
      pipes.push_back({batches_[i]->ended() ? -1 : batches_[i]->pipe(), POLLIN, 0});
    }
    if (::poll(pipes.data(), pipes.size(), 200) <= 0) return;
    for (std::size_t i = 0; i < pipes.size(); ++i) {
      if (pipes[i].revents != 0) batches_[i]->Read();
    }
  }

  // In the order of seeds, so that what is saved is all that came before one seed.
  Status TakeFinished() {
    while (!batches_.empty() && batches_.front()->ended()) {
      const auto batch = std::move(batches_.front());
      batches_.pop_front();
      for (const auto& entry : batch->entries()) HOLDFAST_TRY(Take(entry));
      const auto to = std::min(batch->from() + kBatch, end_);
      const auto aborted = !batch->entries().empty() && !batch->entries().back().ended;
      if (aborted && batch->entries().back().seed + 1 < to) {
        RunTheRest(batch->entries().back().seed + 1, to);
        break;
      }
      explored_.next_seed = to;
      HOLDFAST_TRY(SaveExplored(options_, explored_));
      Say();
    }
    return {};
  }

  // Of a batch that is not finished when the time is over, the seeds that are.
  Status TakeBegun() {
    if (batches_.empty()) return {};
    for (const auto& entry : batches_.front()->entries()) {
      if (!entry.ended) break;
      HOLDFAST_TRY(Take(entry));
      explored_.next_seed = entry.seed + 1;
    }
    return SaveExplored(options_, explored_);
  }

  // Behind an abort.
  void RunTheRest(std::uint64_t from, std::uint64_t to) {
    explored_.next_seed = from;
    batches_.push_front(std::make_unique<Batch>(parts_, options_, from, to));
  }

  Status Take(const BatchEntry& entry) {
    ++explored_.runs;
    explored_.kills += entry.kills;
    explored_.restores += entry.restores;
    explored_.snapshots += entry.snapshots;
    explored_.virtual_time += entry.virtual_time;
    explored_.probes.Add(entry.probes);
    return entry.failure == SimFailure::kNone ? Status() : Keep(entry);
  }

  Status Keep(const BatchEntry& entry) {
    const auto run = DrawWideRun(parts_, options_, entry.seed);
    const auto kind = fmt::format("{} {}", run.protocol, SimFailureName(entry.failure));
    if (++explored_.failures[kind] > kKept) return {};
    const auto path = fmt::format("{}/{}-{}.yaml", options_.folder, run.protocol, entry.seed);
    HOLDFAST_TRY(SaveSimRun(run, fmt::format("Run it: holdfast simulate {}", path), path));
    HOLDFAST_ASSIGN(const auto page, Draw(run, path));
    say_(fmt::format("seed {} breaks a promise ({}), see {}; shrinking it ...", entry.seed, kind, page));
    const auto shrunk = Shrink(parts_, run, [](std::string_view) {});
    if (!shrunk.ok()) {
      say_(fmt::format("seed {} did not fail again; see {}", entry.seed, path));
      return {};
    }
    const auto small = fmt::format("{}/{}-{}.shrunk.yaml", options_.folder, run.protocol, entry.seed);
    HOLDFAST_TRY(SaveShrunk(*shrunk, small));
    HOLDFAST_ASSIGN(const auto small_page, Draw(shrunk->run, small));
    say_(fmt::format("{} of {} faults left: holdfast simulate {}, drawn in {}\n{}", shrunk->run.faults.size(),
                     run.faults.size(), small, small_page, shrunk->outcome.violation));
    return {};
  }

  // The page beside a run's file.
  Result<std::string> Draw(const SimRun& run, const std::string& path) {
    auto page = DiagramPath(path);
    HOLDFAST_TRY(SaveDiagram(parts_, run, fmt::format("holdfast simulate {}", path), page).status());
    return page;
  }

  void Say() {
    const auto now = SteadyClock::now();
    if (now - said_ < kSayEvery) return;
    said_ = now;
    say_(fmt::format("{} runs, {:.2f} virtual hours, {} violations", explored_.runs,
                     static_cast<double>(explored_.virtual_time.count()) / 3.6e12, explored_.failed()));
  }

  const Parts& parts_;
  const ExploreOptions& options_;
  Explored explored_;
  const std::atomic<bool>& stop_;
  const std::function<void(std::string_view)>& say_;
  const SteadyClock::time_point deadline_ = SteadyClock::now() + options_.time;
  SteadyClock::time_point said_ = SteadyClock::now();
  std::uint64_t next_ = 1;
  std::uint64_t end_ = 1;
  std::deque<std::unique_ptr<Batch>> batches_;  // By their seeds.
};

Status CheckNames(const Parts& parts, const ExploreOptions& options) {
  if (options.workload != "all") HOLDFAST_TRY(parts.workloads.Find(options.workload).status());
  if (options.protocol != "all") HOLDFAST_TRY(parts.protocols.Find(options.protocol).status());
  return CheckSyncSite(options.skip_sync);
}

}  // namespace

std::uint64_t Explored::failed() const {
  std::uint64_t sum = 0;
  for (const auto& [kind, count] : failures) sum += count;
  return sum;
}

Result<Explored> Explore(const Parts& parts, const ExploreOptions& options, const std::atomic<bool>& stop,
                         const std::function<void(std::string_view)>& say) {
  HOLDFAST_TRY(CheckNames(parts, options));
  std::error_code failed;
  std::filesystem::create_directories(options.folder, failed);
  if (failed) return MakeError(ErrorCode::kInvalidArgument, "{}: {}", options.folder, failed.message());
  HOLDFAST_ASSIGN(auto explored, LoadExplored(options));
  if (explored.next_seed > 1) say(fmt::format("going on from seed {}", explored.next_seed));
  return Explorer(parts, options, std::move(explored), stop, say).Run();
}

std::string ExploredText(const Explored& explored) {
  auto text = fmt::format(
      "seeds          1 to {}\nvirtual hours  {:.2f}\nkills          {}\nrecoveries     {}\n"
      "snapshots      {}\nviolations     {}\n",
      explored.next_seed - 1, static_cast<double>(explored.virtual_time.count()) / 3.6e12, explored.kills,
      explored.restores, explored.snapshots, explored.failed());
  for (const auto& [kind, count] : explored.failures) text += fmt::format("  {}: {}\n", kind, count);
  std::size_t walked = 0;
  for (std::size_t i = 0; i < kSimProbes; ++i) {
    const auto probe = static_cast<SimProbe>(i);
    const auto count = explored.probes.count(probe);
    if (count == 0) continue;
    ++walked;
    text += fmt::format("  {:<38} {:>10}\n", SimProbeName(probe), count);
  }
  return text +
         fmt::format("rare paths     {} of {} walked; never: {}\n", walked, kSimProbes, NeverReached(explored.probes));
}

}  // namespace holdfast
