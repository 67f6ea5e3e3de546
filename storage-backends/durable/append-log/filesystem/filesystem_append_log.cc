#include "storage-backends/durable/append-log/filesystem/filesystem_append_log.h"

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/base/mutation.h"
#include "storage-backends/durable/append-log/filesystem/recovery.h"
#include "storage-backends/durable/append-log/filesystem/segment_writer.h"
#include "storage-backends/durable/sync_sites.h"

namespace holdfast {
namespace {

// An incarnation's right to write its worker's log. A newer incarnation ends it; the mutex makes that wait for a write
// under way.
struct Tenure {
  explicit Tenure(Incarnation holder) : incarnation(holder) {}

  const Incarnation incarnation;
  std::mutex mutex;
  Incarnation successor;  // Set once the tenure is over.
};

// The half of a log that background jobs work on, one at a time. Between a job's start and its answer, the loop keeps
// its hands off everything here but the tenure.
struct LogJobs {
  LogJobs(Disk& on, std::string in, std::shared_ptr<DiskLock> held, std::shared_ptr<Tenure> right,
          SegmentWriter segments)
      : disk(on), folder(std::move(in)), lock(std::move(held)), tenure(std::move(right)), writer(std::move(segments)) {}

  Status Write();
  Status CheckInForce() const;
  Status Remove(const std::vector<SegmentName>& names) const;

  Disk& disk;
  const std::string folder;

  const std::shared_ptr<DiskLock> lock;
  const std::shared_ptr<Tenure> tenure;
  SegmentWriter writer;
  BlockBuffer block;  // What the next write makes durable, from record `first` on.
  Lsn first;
  Status failure;  // The first one ends the log.
};

Status LogJobs::Write() {
  const std::lock_guard guard(tenure->mutex);
  if (failure.ok() && tenure->successor > tenure->incarnation) {
    failure = MakeError(ErrorCode::kFenced, "incarnation {} has taken over the log of incarnation {}",
                        tenure->successor, tenure->incarnation);
  }
  if (failure.ok() && !block.empty()) {
    failure = writer.Write(block, first);
    if (failure.ok()) failure = CheckInForce();
  }
  block.Clear();
  return failure;
}

// What was written is on the disk: if nobody claims the log yet, whoever does will find it.
Status LogJobs::CheckInForce() const {
  HOLDFAST_ASSIGN(const auto newest, NewestIn(disk, folder));
  if (newest <= tenure->incarnation) return {};
  return MakeError(ErrorCode::kFenced, "incarnation {} has taken over log '{}' of incarnation {}, whose lock lapsed",
                   newest, folder, tenure->incarnation);
}

// No sync: a trimmed segment that is back after a crash is still a part of the log, or is seen not to be.
Status LogJobs::Remove(const std::vector<SegmentName>& names) const {
  const std::lock_guard guard(tenure->mutex);
  if (tenure->successor > tenure->incarnation) return {};
  for (const auto name : names) disk.Remove(writer.PathOf(name)).Ignore();
  return {};
}

class FilesystemAppendLog final : public AppendLog {
 public:
  FilesystemAppendLog(Disk& disk, Background& background, std::string folder, WorkerId worker,
                      std::shared_ptr<LogJobs> jobs, std::vector<SegmentExtent> segments, Lsn next)
      : disk_(disk),
        background_(background),
        folder_(std::move(folder)),
        worker_(worker),
        jobs_(std::move(jobs)),
        segments_(std::move(segments)),
        begin_(next),
        next_(next) {
    segments_.push_back(jobs_->writer.present());
  }

  Status Replay(Lsn from, const RecordVisitor& visit) override;
  Lsn Append(std::string_view record) override;
  void Flush(DurableCallback done) override;
  Lsn tail() const override { return Lsn(next_.value - 1); }
  void Trim(Lsn first) override;

 private:
  struct Waiting {
    Lsn last;
    DurableCallback done;
  };

  void StartJob();
  void Finished(Lsn last, Status status);

  Disk& disk_;
  Background& background_;
  const std::string folder_;
  const WorkerId worker_;
  const std::shared_ptr<LogJobs> jobs_;
  std::vector<SegmentExtent> segments_;  // Oldest first; the last is being written, and its length is that at opening.
  const Lsn begin_;                      // First record appended through this object.
  Lsn next_;
  BlockBuffer open_;  // Records from `open_first_` on, not yet handed to a job.
  Lsn open_first_;
  bool writing_ = false;  // A job is under way.
  bool failed_ = false;
  std::deque<Waiting> waiting_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>();
};

Status FilesystemAppendLog::Replay(Lsn from, const RecordVisitor& visit) {
  HOLDFAST_CHECK(next_ == begin_, "replay after record {} was appended", begin_);
  Lsn expected = segments_.front().name.first;
  if (from < expected) {
    return MakeError(ErrorCode::kDataLoss, "log '{}' begins at record {}; {} was trimmed", folder_, expected, from);
  }
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    if (i + 1 < segments_.size() && segments_[i + 1].name.first <= from) {
      expected = segments_[i + 1].name.first;
      continue;
    }
    HOLDFAST_TRY(ReplaySegment(disk_, folder_, worker_, segments_[i], from, expected, visit));
  }
  if (expected == begin_) return {};
  return MakeError(ErrorCode::kDataLoss, "log '{}' ends before record {}, but {} is the next", folder_, expected,
                   begin_);
}

Lsn FilesystemAppendLog::Append(std::string_view record) {
  if (open_.empty()) open_first_ = next_;
  if (!failed_) open_.Add(record);
  return std::exchange(next_, next_.Next());
}

void FilesystemAppendLog::Flush(DurableCallback done) {
  waiting_.push_back({tail(), std::move(done)});
  if (!writing_) StartJob();
}

// Hands everything appended so far to one job. What is appended and flushed meanwhile goes into the next.
void FilesystemAppendLog::StartJob() {
  writing_ = true;
  jobs_->block.swap(open_);
  jobs_->first = open_first_;
  background_.Run(
      Background::Lane::kLog, [jobs = jobs_] { return jobs->Write(); },
      [this, alive = std::weak_ptr(alive_), last = tail()](Status status) {
        if (!alive.expired())
          Finished(HOLDFAST_MUTANT("flush-answers-for-later-records") ? tail() : last, std::move(status));
      });
}

void FilesystemAppendLog::Finished(Lsn last, Status status) {
  writing_ = false;
  failed_ = !status.ok();
  if (const auto& present = jobs_->writer.present(); present.name != segments_.back().name) {
    segments_.push_back(present);
  }
  const auto answered = [&](const Waiting& waiting) { return failed_ || waiting.last <= last; };
  const auto end = std::find_if_not(waiting_.begin(), waiting_.end(), answered);
  std::vector<Waiting> answers(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  if (!waiting_.empty()) StartJob();
  // From here on a callback may append, flush, or destroy the log.
  const std::weak_ptr alive(alive_);
  for (const auto& [_, done] : answers) {
    if (alive.expired()) return;
    done(status.ok() ? Result<Lsn>(last) : Result<Lsn>(status.error()));
  }
}

void FilesystemAppendLog::Trim(Lsn first) {
  std::vector<SegmentName> names;
  while (names.size() + 1 < segments_.size() && segments_[names.size() + 1].name.first <= first) {
    names.push_back(segments_[names.size()].name);
  }
  if (names.empty()) return;
  segments_.erase(segments_.begin(), segments_.begin() + static_cast<std::ptrdiff_t>(names.size()));
  background_.Run(
      Background::Lane::kLog, [jobs = jobs_, names = std::move(names)] { return jobs->Remove(names); }, [](Status) {});
}

class FilesystemAppendLogStore final : public AppendLogStore {
 public:
  FilesystemAppendLogStore(Disk& disk, Background& background, FilesystemAppendLogOptions options)
      : disk_(disk), background_(background), options_(std::move(options)) {}

  Result<std::unique_ptr<AppendLog>> Open(WorkerId worker, Incarnation incarnation, Lsn next) override;

 private:
  // One worker's folder, ours while the lock is held.
  struct Holding {
    std::shared_ptr<DiskLock> lock;
    std::shared_ptr<Tenure> tenure;
  };

  Status MakeFolders(std::string_view folder);
  Status Seal(Holding& holding, WorkerId worker, Incarnation successor);

  Disk& disk_;
  Background& background_;
  const FilesystemAppendLogOptions options_;
  std::mutex mutex_;
  std::map<WorkerId, Holding> holdings_;
};

// Makes `folder` and all above it, durably. A folder that is there already may be a killed process's and not durable.
Status FilesystemAppendLogStore::MakeFolders(std::string_view folder) {
  for (std::size_t slash = 0, parent_end = 0; slash != folder.npos; parent_end = slash) {
    slash = folder.find('/', parent_end + 1);
    HOLDFAST_TRY(disk_.MakeFolder(folder.substr(0, slash)));
    HOLDFAST_TRY(disk_.SyncDirectory(folder.substr(0, parent_end), sync_site::kLogFolder));
  }
  return {};
}

// Ends the tenure of the incarnation before, in this process; the lock has kept other processes out.
Status FilesystemAppendLogStore::Seal(Holding& holding, WorkerId worker, Incarnation successor) {
  auto& tenure = holding.tenure;
  if (tenure != nullptr) {
    if (successor <= tenure->incarnation) {
      return MakeError(ErrorCode::kFenced, "the log of worker {} was opened by incarnation {}; {} is not newer", worker,
                       tenure->incarnation, successor);
    }
    const std::lock_guard guard(tenure->mutex);
    tenure->successor = successor;
  }
  tenure = std::make_shared<Tenure>(successor);
  return {};
}

Result<std::unique_ptr<AppendLog>> FilesystemAppendLogStore::Open(WorkerId worker, Incarnation incarnation, Lsn next) {
  const std::lock_guard guard(mutex_);
  const auto folder = fmt::format("{}/w{}", options_.folder, worker);
  auto& holding = holdings_[worker];
  if (holding.lock == nullptr) {
    HOLDFAST_TRY(MakeFolders(folder));
    HOLDFAST_ASSIGN(holding.lock, disk_.Lock(folder + "/LOCK"));
  }
  HOLDFAST_TRY(Seal(holding, worker, incarnation));
  // It need not last: if it does not, nothing of this opening does.
  HOLDFAST_TRY(disk_.Create(fmt::format("{}/{}", folder, ClaimFileName(incarnation))).status());
  HOLDFAST_ASSIGN(FoundLog found, FindLog(disk_, folder, worker));
  if (found.newest >= incarnation) {
    return MakeError(ErrorCode::kFenced, "log '{}' was written by incarnation {}; {} is not newer", folder,
                     found.newest, incarnation);
  }
  if (found.next < next) {
    found.segments.clear();
    found.carried.Clear();
    found.next = next;
  }
  SegmentWriter writer(disk_, folder, worker, incarnation, options_.segment_bytes);
  const auto first = found.carried.empty() ? found.next : found.carried_first;
  HOLDFAST_TRY(
      writer.Start(first, found.segments.empty() ? std::nullopt : std::optional(found.segments.back()), found.carried));
  for (const auto& name : found.names) {
    const bool belongs = std::ranges::binary_search(found.segments, name, {}, &SegmentExtent::name);
    if (!belongs) disk_.Remove(writer.PathOf(name)).Ignore();
  }
  for (const auto claim : found.claims) {
    if (claim <= incarnation) disk_.Remove(fmt::format("{}/{}", folder, ClaimFileName(claim))).Ignore();
  }
  auto jobs = std::make_shared<LogJobs>(disk_, folder, holding.lock, holding.tenure, std::move(writer));
  return std::unique_ptr<AppendLog>(std::make_unique<FilesystemAppendLog>(
      disk_, background_, folder, worker, std::move(jobs), std::move(found.segments), found.next));
}

}  // namespace

std::unique_ptr<AppendLogStore> MakeFilesystemAppendLogStore(Disk& disk, Background& background,
                                                             FilesystemAppendLogOptions options) {
  return std::make_unique<FilesystemAppendLogStore>(disk, background, std::move(options));
}

void RegisterFilesystemAppendLog(AppendLogRegistry& logs) {
  const FilesystemAppendLogOptions defaults;
  logs.Add({.kind = PartKind::kAppendLog,
            .name = "filesystem",
            .sentence = "Records in segment files, one write and one sync per flush.",
            .options = OptionSet({
                StringOption("folder", defaults.folder, "Folder of the logs on the disk; made if missing."),
                BytesOption("segment-size", {defaults.segment_bytes}, "Size at which a new segment file is begun.")
                    .Between({1}, GiB(1))
                    .InSimulation({{200}, KiB(4), {defaults.segment_bytes}}),
            }),
            .capabilities = {"survives-kill", "survives-power-cut"},
            .guarantee = "Records answered as durable are there, in order, after any crash of process or machine."},
           [](Disk& disk, Background& background, const OptionValues& options) {
             return MakeFilesystemAppendLogStore(
                 disk, background,
                 {.folder = options.GetText("folder"), .segment_bytes = options.GetBytes("segment-size").bytes});
           });
}

}  // namespace holdfast
