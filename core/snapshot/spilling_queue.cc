#include "core/snapshot/spilling_queue.h"

#include <algorithm>
#include <charconv>

#include "core/base/check.h"
#include "core/base/mutation.h"

namespace holdfast {
namespace {

constexpr int kAttempts = 8;  // At passing trouble of the disk.

// Makes `folder` and all above it.
Status MakeFolders(Disk& disk, std::string_view folder) {
  for (std::size_t slash = 0; slash != folder.npos;) {
    slash = folder.find('/', slash + 1);
    HOLDFAST_TRY(disk.MakeFolder(folder.substr(0, slash)));
  }
  return {};
}

// Deletes the files of incarnations before `present`. What cannot be deleted costs room, nothing else.
Status DeleteOlder(Disk& disk, const std::string& folder, Incarnation present) {
  const auto names = disk.List(folder);
  if (!names.ok()) return {};
  for (const auto& name : *names) {
    std::uint32_t incarnation = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), incarnation);
    if (read.ec == std::errc() && incarnation < present.value) disk.Remove(folder + "/" + name).Ignore();
  }
  return {};
}

}  // namespace

SpillingQueue::SpillingQueue(Options options, Background& background, std::function<void(Error)> failed)
    : options_(std::move(options)),
      background_(background),
      failed_(std::move(failed)),
      head_target_(std::max<std::uint64_t>(options_.memory_bytes / 2, 1)),
      segment_size_(std::clamp<std::uint64_t>(options_.memory_bytes / 8, 1, 4 << 20)),
      head_(options_.self),
      tail_(options_.self) {}

void SpillingQueue::Clear(Incarnation incarnation) {
  ++generation_;
  for (const auto& segment : segments_) retired_.push_back(segment->file);
  segments_.clear();
  head_.Clear();
  tail_.Clear();
  back_ = &head_;
  segment_messages_ = segment_bytes_ = writing_bytes_ = 0;
  incarnation_ = incarnation;
  next_file_ = 0;
  failure_ = {};
  if (options_.disk == nullptr) return;
  RemoveRetired();
  Run([disk = options_.disk, folder = options_.folder, incarnation] { return DeleteOlder(*disk, folder, incarnation); },
      [](const Status&) {});
}

void SpillingQueue::Settle() {
  if (!failure_.ok() || options_.disk == nullptr) return;
  if (back_ == &head_ && head_.bytes() > options_.memory_bytes) {
    for (auto& run : head_.SplitOff(head_target_)) tail_.PushRun(std::move(run));
    if (!tail_.empty()) back_ = &tail_;
  }
  while (tail_.bytes() >= segment_size_) Spill(tail_.Take(segment_size_));
  TakeLoaded();
  LoadAhead();
  TakeTail();
  RemoveRetired();
}

Status SpillingQueue::BalanceNow() {
  now_ = true;
  for (Balance(); failure_.ok() && ready() == 0 && !empty(); Settle()) {
    HOLDFAST_CHECK(segments_.empty() || segments_.front()->place != Segment::Place::kLoading,
                   "BalanceNow while the background reads {}", segments_.front()->file->path());
  }
  now_ = false;
  return failure_;
}

std::shared_ptr<SpillFile> SpillingQueue::NewFile() {
  return std::make_shared<SpillFile>(*options_.disk,
                                     fmt::format("{}/{}-{}.spill", options_.folder, incarnation_, ++next_file_));
}

void SpillingQueue::Spill(std::vector<MessageRun> runs) {
  auto segment = std::make_shared<Segment>();
  for (const auto& run : runs) {
    segment->messages += run.count;
    segment->bytes += run.envelopes.size();
  }
  segment->runs = std::move(runs);
  segments_.push_back(segment);
  segment_messages_ += segment->messages;
  segment_bytes_ += segment->bytes;
  writing_bytes_ += segment->bytes;
  spilled_ += segment->messages;
  Write(segment);
}

void SpillingQueue::Write(const SegmentPtr& segment) {
  segment->file = NewFile();
  const auto work = [disk = options_.disk, folder = options_.folder, file = segment->file,
                     runs = segment->runs]() -> Status {
    const auto status = file->Write(runs);
    if (status.ok() || status.error().code != ErrorCode::kNotFound) return status;
    HOLDFAST_TRY(MakeFolders(*disk, folder));
    return file->Write(runs);
  };
  Run(work, [this, segment](const Status& status) { Written(segment, status); });
}

bool SpillingQueue::MayTryAgain(Segment& segment, const Status& status) {
  return status.error().code == ErrorCode::kUnavailable && ++segment.failures < kAttempts;
}

void SpillingQueue::Written(const SegmentPtr& segment, const Status& status) {
  const bool waiting = !segment->runs.empty();  // Else it was needed meanwhile.
  if (!status.ok() && waiting) {
    if (MayTryAgain(*segment, status)) {
      retired_.push_back(segment->file);
      return Write(segment);
    }
    failure_ = MakeError(status.error().code, "the function queue does not fit in memory and cannot be spilled: {}",
                         status.error().message);
    return failed_(failure_.error());
  }
  writing_bytes_ -= segment->bytes;
  segment->runs.clear();
  segment->place = Segment::Place::kDisk;
  if (!now_) Balance();
}

void SpillingQueue::Load(const SegmentPtr& segment) {
  segment->place = Segment::Place::kLoading;
  const auto runs = std::make_shared<std::vector<MessageRun>>();
  const auto work = [file = segment->file, runs]() -> Status {
    HOLDFAST_ASSIGN(*runs, file->Read());
    return {};
  };
  Run(work, [this, segment, runs](const Status& status) { Loaded(segment, status, std::move(*runs)); });
}

void SpillingQueue::Loaded(const SegmentPtr& segment, const Status& status, std::vector<MessageRun> runs) {
  if (!status.ok()) {
    if (MayTryAgain(*segment, status)) return Load(segment);
    failure_ = MakeError(status.error().code, "spilled messages of the function queue cannot be read back: {}",
                         status.error().message);
    return failed_(failure_.error());
  }
  segment->runs = std::move(runs);
  segment->place = Segment::Place::kMemory;
  if (!now_) Balance();
}

void SpillingQueue::TakeLoaded() {
  while (!segments_.empty() && segments_.front()->place == Segment::Place::kMemory && head_.bytes() < head_target_) {
    const auto segment = std::move(segments_.front());
    segments_.pop_front();
    segment_messages_ -= segment->messages;
    segment_bytes_ -= segment->bytes;
    for (auto& run : segment->runs) head_.PushRun(std::move(run));
    segment->runs.clear();
    retired_.push_back(segment->file);
  }
}

void SpillingQueue::LoadAhead() {
  auto ahead = head_.bytes();
  for (std::size_t i = 0; i < segments_.size() && ahead < head_target_; ++i) {
    const auto segment = segments_[i];
    ahead += segment->bytes;
    if (segment->place == Segment::Place::kDisk) Load(segment);
  }
}

void SpillingQueue::TakeTail() {
  if (back_ == &head_ || !segments_.empty() || head_.bytes() >= head_target_) return;
  if (!tail_.empty()) {
    for (auto& run : tail_.Take(tail_.bytes())) head_.PushRun(std::move(run));
  }
  back_ = &head_;
}

void SpillingQueue::RemoveRetired() {
  const auto unread = [](const std::shared_ptr<SpillFile>& file) { return file.use_count() == 1; };
  const auto place = std::partition(retired_.begin(), retired_.end(), [&](const auto& file) { return !unread(file); });
  if (place == retired_.end()) return;
  std::vector<std::shared_ptr<SpillFile>> files(std::make_move_iterator(place),
                                                std::make_move_iterator(retired_.end()));
  retired_.erase(place, retired_.end());
  const auto work = [files = std::move(files)]() -> Status {
    for (const auto& file : files) file->Remove();
    return {};
  };
  Run(work, [](const Status&) {});
}

void SpillingQueue::Run(std::function<Status()> work, std::function<void(const Status&)> done) {
  if (now_) return done(work());
  background_.Run(Background::Lane::kSpill, std::move(work),
                  [this, generation = generation_, done = std::move(done)](const Status& status) {
                    if (generation == generation_) done(status);
                  });
}

std::vector<QueuePiece> SpillingQueue::Freeze() const {
  std::vector<QueuePiece> pieces;
  const auto add = [&](const auto& runs) {
    for (const auto& run : runs) pieces.push_back({run, nullptr});
  };
  add(head_.Freeze());
  for (const auto& segment : segments_) {
    if (segment->place == Segment::Place::kMemory) {
      add(segment->runs);
    } else {
      if (!HOLDFAST_MUTANT("spilled-queue-not-in-cut")) pieces.push_back({{}, segment->file});
    }
  }
  if (!HOLDFAST_MUTANT("queue-tail-not-in-cut")) add(tail_.Freeze());
  return pieces;
}

}  // namespace holdfast
