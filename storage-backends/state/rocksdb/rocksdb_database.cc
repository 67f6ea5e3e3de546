#include "storage-backends/state/rocksdb/rocksdb_database.h"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

namespace holdfast::rocks {
namespace {

constexpr std::size_t kBatchBytes = 1 << 20;

rocksdb::Slice SliceOf(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view ViewOf(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

ErrorCode CodeOf(const rocksdb::Status& status) {
  if (status.IsNoSpace()) return ErrorCode::kExhausted;
  if (status.IsCorruption()) return ErrorCode::kDataLoss;
  if (status.IsBusy() || status.IsTryAgain()) return ErrorCode::kUnavailable;
  return ErrorCode::kRefused;
}

Status Check(const rocksdb::Status& status, const std::string& folder) {
  if (status.ok()) return {};
  return MakeError(CodeOf(status), "state rocksdb in {}: {}", folder, status.ToString());
}

rocksdb::Options MakeOptions(const RocksDbOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  // One loop reads, so few shards: a block that is larger than its shard would never stay.
  constexpr int kShardBits = 1;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes, kShardBits);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10, false));
  // Indexes and filters live in the cache, or they would grow beside it with the state; in small pieces, or a file's
  // whole filter, a megabyte of it, would be read for one key.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.pin_top_level_index_and_filter = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  rocksdb::Options made;
  made.create_if_missing = true;
  made.error_if_exists = true;
  made.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  made.write_buffer_size = options.memtable_bytes;
  // Rows come sorted, a layer at a time and from one thread: each goes beside the one before. Most look-ups are for
  // rows that are not in the memtable; its own Bloom filter spares them the walk through it.
  made.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewCappedPrefixTransform(1));
  made.allow_concurrent_memtable_write = false;
  made.memtable_whole_key_filtering = true;
  made.memtable_prefix_bloom_size_ratio = 0.02;
  made.compression = options.compress ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
  made.level_compaction_dynamic_level_bytes = true;
  made.max_open_files = 512;
  made.info_log_level = rocksdb::WARN_LEVEL;
  made.keep_log_file_num = 2;
  return made;
}

class RocksCursor final : public write_behind::Cursor {
 public:
  RocksCursor(std::shared_ptr<rocksdb::DB> db, const rocksdb::Snapshot* snapshot, const std::string& folder)
      : db_(std::move(db)), folder_(folder) {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    options.fill_cache = false;  // A walk over everything must not push out what units need.
    iterator_.reset(db_->NewIterator(options));
  }
  void Seek(std::string_view key) override { iterator_->Seek(SliceOf(key)); }
  void Next() override { iterator_->Next(); }
  bool Valid() const override { return iterator_->Valid(); }
  std::string_view key() const override { return ViewOf(iterator_->key()); }
  std::string_view value() const override { return ViewOf(iterator_->value()); }
  Status status() const override { return Check(iterator_->status(), folder_); }

 private:
  std::shared_ptr<rocksdb::DB> db_;
  std::string folder_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

class RocksView final : public write_behind::View {
 public:
  RocksView(std::shared_ptr<rocksdb::DB> db, std::string folder)
      : db_(std::move(db)), folder_(std::move(folder)), snapshot_(db_->GetSnapshot()) {}
  ~RocksView() override { db_->ReleaseSnapshot(snapshot_); }
  Result<std::unique_ptr<write_behind::Cursor>> Walk() const override {
    return std::unique_ptr<write_behind::Cursor>(std::make_unique<RocksCursor>(db_, snapshot_, folder_));
  }

 private:
  std::shared_ptr<rocksdb::DB> db_;
  std::string folder_;
  const rocksdb::Snapshot* snapshot_;
};

}  // namespace

Result<std::shared_ptr<write_behind::Database>> RocksDatabase::Open(const std::string& folder,
                                                                    const RocksDbOptions& options) {
  std::shared_ptr<RocksDatabase> made(new RocksDatabase);
  made->folder_ = folder;
  made->options_ = MakeOptions(options);
  std::shared_ptr<rocksdb::Env> env;
  if (options.in_memory) env.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  if (env) made->options_.env = env.get();
  rocksdb::DB* db = nullptr;
  HOLDFAST_TRY(Check(rocksdb::DB::Open(made->options_, folder, &db), folder));
  // Whoever lets go of it last, a view perhaps, removes the files too.
  made->db_.reset(db, [folder, env, opened = made->options_](rocksdb::DB* last) {
    delete last;
    rocksdb::DestroyDB(folder, opened).PermitUncheckedError();
  });
  return std::shared_ptr<write_behind::Database>(std::move(made));
}

Result<std::optional<std::string_view>> RocksDatabase::Get(std::string_view key) {
  found_.Reset();
  const auto status = db_->Get({}, db_->DefaultColumnFamily(), SliceOf(key), &found_);
  if (status.IsNotFound()) return std::optional<std::string_view>();
  HOLDFAST_TRY(Check(status, folder_));
  return std::optional(ViewOf(found_));
}

Status RocksDatabase::Apply(const write_behind::Layer& layer) {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  rocksdb::WriteBatch batch;
  for (const auto& [key, value] : layer.Sorted()) {
    const auto added = value.present ? batch.Put(SliceOf(key), SliceOf(value.bytes)) : batch.Delete(SliceOf(key));
    HOLDFAST_TRY(Check(added, folder_));
    if (batch.GetDataSize() < kBatchBytes) continue;
    HOLDFAST_TRY(Check(db_->Write(options, &batch), folder_));
    batch.Clear();
  }
  return Check(db_->Write(options, &batch), folder_);
}

Result<std::unique_ptr<write_behind::View>> RocksDatabase::Freeze() {
  return std::unique_ptr<write_behind::View>(std::make_unique<RocksView>(db_, folder_));
}

write_behind::DatabaseSize RocksDatabase::size() const {
  const auto number = [this](const std::string& property) {
    std::uint64_t value = 0;
    db_->GetIntProperty(property, &value);
    return value;
  };
  return {.memory_bytes = number(rocksdb::DB::Properties::kSizeAllMemTables) +
                          number(rocksdb::DB::Properties::kBlockCacheUsage) +
                          number(rocksdb::DB::Properties::kEstimateTableReadersMem),
          .disk_bytes = number(rocksdb::DB::Properties::kTotalSstFilesSize)};
}

}  // namespace holdfast::rocks
