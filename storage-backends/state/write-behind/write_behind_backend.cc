#include "storage-backends/state/write-behind/write_behind_backend.h"

#include <mutex>
#include <utility>

#include "storage-backends/state/write-behind/stored_key.h"
#include "storage-backends/state/write-behind/walk.h"

namespace holdfast::write_behind {
namespace {

constexpr std::size_t kMaxIdBytes = 65535;

class FrozenRows final : public StateCut {
 public:
  FrozenRows(std::vector<std::shared_ptr<const Layer>> layers, std::unique_ptr<View> view, std::uint64_t rows)
      : layers_(std::move(layers)), view_(std::move(view)), rows_(rows) {}

  Status ForEach(const RowVisitor& visit) const override {
    std::vector<const Layer*> layers;
    for (const auto& layer : layers_) layers.push_back(layer.get());
    return WalkAll(layers, *view_, visit);
  }
  std::uint64_t rows() const override { return rows_; }

 private:
  std::vector<std::shared_ptr<const Layer>> layers_;
  std::unique_ptr<View> view_;
  std::uint64_t rows_;
};

}  // namespace

// A sealed layer on its way into the database. Whoever comes first writes it, the background or the loop.
struct WriteBehindBackend::Sealed {
  std::shared_ptr<const Layer> layer;
  std::shared_ptr<Database> database;
  std::mutex mutex;  // Held while it is written.
  bool written = false;
};

Result<std::unique_ptr<StateBackend>> WriteBehindBackend::Open(DatabaseFactory open, Background& background,
                                                               const Limits& limits) {
  std::unique_ptr<WriteBehindBackend> backend(new WriteBehindBackend(std::move(open), background, limits));
  HOLDFAST_ASSIGN(backend->database_, backend->open_database_());
  return std::unique_ptr<StateBackend>(std::move(backend));
}

Result<WriteBehindBackend::Found> WriteBehindBackend::LookUp(std::string_view key) {
  auto known = open_->Find(key);
  for (auto sealed = sealed_.rbegin(); !known && sealed != sealed_.rend(); ++sealed)
    known = (*sealed)->layer->Find(key);
  if (!known) return database_->Get(key);
  return known->present ? Found(known->bytes) : Found();
}

Result<std::optional<std::string_view>> WriteBehindBackend::Get(const RowKey& key) {
  HOLDFAST_TRY(broken_);
  StoreKey(key, key_);
  recalled_ = false;
  HOLDFAST_ASSIGN(const auto found, LookUp(key_));
  recalled_ = true;
  value_bytes_ = found ? std::optional<std::uint64_t>(found->size()) : std::nullopt;
  return found;
}

Status WriteBehindBackend::Recall(const RowKey& key) {
  if (recalled_ && LoadKey(key_) == key) return broken_;
  return Get(key).status();
}

Status WriteBehindBackend::Put(const RowKey& key, std::string_view value) {
  if (key.id.size() > kMaxIdBytes) {
    return MakeError(ErrorCode::kInvalidArgument, "an id of {} bytes; at most {} are possible", key.id.size(),
                     kMaxIdBytes);
  }
  HOLDFAST_TRY(Recall(key));
  if (value_bytes_) {
    payload_bytes_ -= *value_bytes_;
  } else {
    ++rows_;
    payload_bytes_ += key.id.size();
  }
  payload_bytes_ += value.size();
  value_bytes_ = value.size();
  open_->Put(key_, value);
  return SealIfFull();
}

Status WriteBehindBackend::Erase(const RowKey& key) {
  HOLDFAST_TRY(Recall(key));
  if (!value_bytes_) return {};
  --rows_;
  payload_bytes_ -= key.id.size() + *value_bytes_;
  value_bytes_.reset();
  open_->Erase(key_);
  return SealIfFull();
}

Status WriteBehindBackend::SealIfFull() { return open_->bytes() > limits_.layer_bytes ? Seal() : Status(); }

Status WriteBehindBackend::Seal() {
  if (open_->empty()) return {};
  auto sealed = std::make_shared<Sealed>();
  sealed->layer = std::exchange(open_, std::make_unique<Layer>());
  sealed->database = database_;
  sealed_.push_back(std::move(sealed));
  Write();
  while (sealed_.size() > limits_.sealed_layers) {
    const auto oldest = sealed_.front();
    HOLDFAST_TRY(Written(oldest, Apply(*oldest)));
  }
  return {};
}

Status WriteBehindBackend::Apply(Sealed& sealed) {
  const std::lock_guard lock(sealed.mutex);
  if (sealed.written) return {};
  HOLDFAST_TRY(sealed.database->Apply(*sealed.layer));
  sealed.written = true;
  return {};
}

void WriteBehindBackend::Write() {
  if (writing_ || sealed_.empty() || !broken_.ok()) return;
  writing_ = true;
  const auto oldest = sealed_.front();
  background_.Run(
      Background::Lane::kState, [oldest] { return Apply(*oldest); },
      [this, oldest, present = std::weak_ptr(present_)](const Status& status) {
        if (present.expired()) return;
        writing_ = false;
        Written(oldest, status).Ignore();  // Kept in broken_.
        Write();
      });
}

Status WriteBehindBackend::Written(const std::shared_ptr<Sealed>& sealed, const Status& status) {
  if (sealed_.empty() || sealed_.front() != sealed) return broken_;  // The other one was first.
  if (broken_.ok()) broken_ = status;
  if (broken_.ok()) broken_ = database_->Refresh();
  if (broken_.ok()) sealed_.pop_front();
  return broken_;
}

std::vector<std::shared_ptr<const Layer>> WriteBehindBackend::SealedLayers() const {
  std::vector<std::shared_ptr<const Layer>> layers;
  for (const auto& sealed : sealed_) layers.push_back(sealed->layer);
  return layers;
}

Result<std::shared_ptr<const StateCut>> WriteBehindBackend::Cut() {
  HOLDFAST_TRY(broken_);
  HOLDFAST_TRY(Seal());
  HOLDFAST_ASSIGN(auto view, database_->Freeze());
  return std::shared_ptr<const StateCut>(std::make_shared<FrozenRows>(SealedLayers(), std::move(view), rows_));
}

Status WriteBehindBackend::ForEachIn(TableId table, const RowVisitor& visit) {
  HOLDFAST_TRY(broken_);
  HOLDFAST_ASSIGN(const auto view, database_->Freeze());
  std::vector<const Layer*> layers;
  for (const auto& sealed : sealed_) layers.push_back(sealed->layer.get());
  layers.push_back(open_.get());
  return WalkTable(layers, *view, table, visit);
}

Status WriteBehindBackend::Clear() {
  present_ = std::make_shared<int>();
  writing_ = false;
  broken_ = {};
  sealed_.clear();
  open_ = std::make_unique<Layer>();
  recalled_ = false;
  rows_ = payload_bytes_ = 0;
  HOLDFAST_ASSIGN(database_, open_database_());
  return {};
}

StateSize WriteBehindBackend::size() const {
  StateSize size{.rows = rows_, .payload_bytes = payload_bytes_};
  const auto database = database_->size();
  size.memory_bytes = database.memory_bytes + open_->bytes();
  for (const auto& sealed : sealed_) size.memory_bytes += sealed->layer->bytes();
  size.disk_bytes = database.disk_bytes;
  return size;
}

}  // namespace holdfast::write_behind
