#include "storage-backends/durable/append-log/memory/memory_append_log.h"

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/check.h"

namespace holdfast {
namespace {

// Records appended between two flushes, each as [u32 size][bytes].
struct Block {
  Lsn first;
  Lsn next;
  std::string records;
};

// One worker's durable log. Guarded by its mutex, because flushes run in the background.
struct Shelf {
  std::mutex mutex;
  Incarnation owner;
  Lsn next{1};
  std::deque<Block> blocks;
};

class MemoryAppendLog final : public AppendLog {
 public:
  MemoryAppendLog(std::shared_ptr<Shelf> shelf, Background& background, Incarnation incarnation, Lsn next)
      : shelf_(std::move(shelf)), background_(background), incarnation_(incarnation), open_{next, next, {}} {}

  Status Replay(Lsn from, const RecordVisitor& visit) override;

  Lsn Append(std::string_view record) override {
    AppendFixed(open_.records, static_cast<std::uint32_t>(record.size()));
    open_.records.append(record);
    return std::exchange(open_.next, open_.next.Next());
  }

  void Flush(DurableCallback done) override {
    auto block = std::make_shared<Block>(std::exchange(open_, Block{open_.next, open_.next, {}}));
    const Lsn durable(block->next.value - 1);
    background_.Run(
        Background::Lane::kLog, [shelf = shelf_, block, mine = incarnation_] { return Store(*shelf, *block, mine); },
        [alive = std::weak_ptr(alive_), durable, done = std::move(done)](Status status) {
          if (alive.expired()) return;
          done(status.ok() ? Result<Lsn>(durable) : Result<Lsn>(status.error()));
        });
  }

  Lsn tail() const override { return Lsn(open_.next.value - 1); }

  void Trim(Lsn first) override {
    const std::lock_guard lock(shelf_->mutex);
    auto& blocks = shelf_->blocks;
    while (shelf_->owner == incarnation_ && !blocks.empty() && blocks.front().next <= first) blocks.pop_front();
  }

 private:
  static Status Store(Shelf& shelf, Block& block, Incarnation mine) {
    const std::lock_guard lock(shelf.mutex);
    if (shelf.owner != mine) {
      return MakeError(ErrorCode::kFenced, "incarnation {} has taken over the log of incarnation {}", shelf.owner,
                       mine);
    }
    if (block.records.empty()) return {};
    shelf.next = block.next;
    shelf.blocks.push_back(std::move(block));
    return {};
  }

  const std::shared_ptr<Shelf> shelf_;
  Background& background_;
  const Incarnation incarnation_;
  Block open_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>();
};

Status MemoryAppendLog::Replay(Lsn from, const RecordVisitor& visit) {
  const std::lock_guard lock(shelf_->mutex);
  const Lsn begin = shelf_->blocks.empty() ? shelf_->next : shelf_->blocks.front().first;
  if (from < begin) {
    return MakeError(ErrorCode::kDataLoss, "the log begins at record {}; {} was trimmed", begin, from);
  }
  for (const auto& block : shelf_->blocks) {
    ByteReader records(block.records);
    for (Lsn lsn = block.first; lsn < block.next; lsn = lsn.Next()) {
      const auto record = records.Take(records.Fixed<std::uint32_t>());
      if (lsn >= from) HOLDFAST_TRY(visit(lsn, record));
    }
    HOLDFAST_CHECK(records.ok() && records.AtEnd(), "log block at {} is malformed", block.first);
  }
  return {};
}

class MemoryAppendLogStore final : public AppendLogStore {
 public:
  explicit MemoryAppendLogStore(Background& background) : background_(background) {}

  Result<std::unique_ptr<AppendLog>> Open(WorkerId worker, Incarnation incarnation, Lsn next) override {
    const auto shelf = ShelfOf(worker);
    const std::lock_guard lock(shelf->mutex);
    if (incarnation <= shelf->owner) {
      return MakeError(ErrorCode::kFenced, "the log of worker {} was opened by incarnation {}; {} is not newer", worker,
                       shelf->owner, incarnation);
    }
    shelf->owner = incarnation;
    if (next > shelf->next) {
      shelf->blocks.clear();
      shelf->next = next;
    }
    return std::unique_ptr<AppendLog>(std::make_unique<MemoryAppendLog>(shelf, background_, incarnation, shelf->next));
  }

 private:
  std::shared_ptr<Shelf> ShelfOf(WorkerId worker) {
    const std::lock_guard lock(mutex_);
    auto& shelf = shelves_[worker];
    if (shelf == nullptr) shelf = std::make_shared<Shelf>();
    return shelf;
  }

  Background& background_;
  std::mutex mutex_;
  std::map<WorkerId, std::shared_ptr<Shelf>> shelves_;
};

}  // namespace

std::unique_ptr<AppendLogStore> MakeMemoryAppendLogStore(Background& background) {
  return std::make_unique<MemoryAppendLogStore>(background);
}

void RegisterMemoryAppendLog(AppendLogRegistry& logs) {
  logs.Add({.kind = PartKind::kAppendLog,
            .name = "memory",
            .sentence = "Records in memory of the process: the floor that durable logs are measured against.",
            .guarantee = "Records last as long as the process."},
           [](Disk&, Background& background, const OptionValues&) { return MakeMemoryAppendLogStore(background); });
}

}  // namespace holdfast
