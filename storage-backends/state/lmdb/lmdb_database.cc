#include "storage-backends/state/lmdb/lmdb_database.h"

#include <cerrno>
#include <filesystem>

#include "storage-backends/state/lmdb/long_key.h"

namespace holdfast::lmdb {
namespace {

// Cuts alive at once, and the loop.
constexpr unsigned kReaders = 512;

MDB_val ValOf(std::string_view bytes) { return {bytes.size(), const_cast<char*>(bytes.data())}; }
std::string_view ViewOf(const MDB_val& val) { return {static_cast<const char*>(val.mv_data), val.mv_size}; }

class LmdbCursor final : public write_behind::Cursor {
 public:
  explicit LmdbCursor(const ReadTransaction& reader) : reader_(reader) {
    code_ = mdb_cursor_open(reader.get(), reader.environment().table, &cursor_);
  }
  ~LmdbCursor() override {
    if (cursor_ != nullptr) mdb_cursor_close(cursor_);
  }
  // An empty key is none to LMDB.
  void Seek(std::string_view key) override {
    key_ = ValOf(key);
    Move(key.empty() ? MDB_FIRST : MDB_SET_RANGE);
  }
  void Next() override { Move(MDB_NEXT); }
  bool Valid() const override { return code_ == 0; }
  std::string_view key() const override { return IsStoredLong(ViewOf(key_)) ? long_key_ : ViewOf(key_); }
  std::string_view value() const override {
    return IsStoredLong(ViewOf(key_)) ? LoadLongValue(ViewOf(value_)).value : ViewOf(value_);
  }
  Status status() const override { return code_ == MDB_NOTFOUND ? Status() : reader_.environment().Check(code_); }

 private:
  void Move(MDB_cursor_op how) {
    if (cursor_ == nullptr) return;
    code_ = mdb_cursor_get(cursor_, &key_, &value_, how);
    if (code_ != 0 || !IsStoredLong(ViewOf(key_))) return;
    long_key_ = ViewOf(key_).substr(0, kHeadBytes);
    long_key_ += LoadLongValue(ViewOf(value_)).rest_of_key;
  }

  const ReadTransaction& reader_;
  MDB_cursor* cursor_ = nullptr;
  int code_ = 0;
  MDB_val key_{};
  MDB_val value_{};
  std::string long_key_;
};

class LmdbView final : public write_behind::View {
 public:
  explicit LmdbView(std::unique_ptr<ReadTransaction> reader) : reader_(std::move(reader)) {}
  Result<std::unique_ptr<write_behind::Cursor>> Walk() const override {
    return std::unique_ptr<write_behind::Cursor>(std::make_unique<LmdbCursor>(*reader_));
  }

 private:
  std::unique_ptr<ReadTransaction> reader_;
};

// A write transaction; aborted unless committed.
class WriteTransaction {
 public:
  explicit WriteTransaction(Environment& environment) : environment_(environment) {}
  ~WriteTransaction() {
    if (transaction_ != nullptr) mdb_txn_abort(transaction_);
  }
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;

  Status Begin() { return environment_.Check(mdb_txn_begin(environment_.env, nullptr, 0, &transaction_)); }
  Status Write(const write_behind::Layer::Entry& entry) {
    std::string_view key = entry.key;
    std::string_view value = entry.value.bytes;
    if (IsLong(key)) {
      StoreLongKey(entry.key, key_);
      StoreLongValue(entry.key, entry.value.bytes, value_);
      key = key_;
      value = value_;
    }
    auto stored_key = ValOf(key);
    auto stored_value = ValOf(value);
    const int code = entry.value.present ? mdb_put(transaction_, environment_.table, &stored_key, &stored_value, 0)
                                         : mdb_del(transaction_, environment_.table, &stored_key, nullptr);
    return code == MDB_NOTFOUND ? Status() : environment_.Check(code);
  }
  Status Commit() { return environment_.Check(mdb_txn_commit(std::exchange(transaction_, nullptr))); }

 private:
  Environment& environment_;
  MDB_txn* transaction_ = nullptr;
  std::string key_;
  std::string value_;
};

Status Prepare(Environment& environment) {
  std::error_code failed;
  std::filesystem::create_directory(environment.folder, failed);
  if (failed) {
    return MakeError(ErrorCode::kRefused, "state lmdb in {}: cannot make the folder: {}", environment.folder,
                     failed.message());
  }
  HOLDFAST_TRY(environment.Check(mdb_env_create(&environment.env)));
  HOLDFAST_TRY(environment.Check(mdb_env_set_mapsize(environment.env, environment.map_bytes)));
  HOLDFAST_TRY(environment.Check(mdb_env_set_maxreaders(environment.env, kReaders)));
  constexpr unsigned kFlags = MDB_NOSYNC | MDB_NOTLS | MDB_NORDAHEAD;
  HOLDFAST_TRY(environment.Check(mdb_env_open(environment.env, environment.folder.c_str(), kFlags, 0600)));
  HOLDFAST_CHECK(static_cast<std::size_t>(mdb_env_get_maxkeysize(environment.env)) >= kLongKeyBytes,
                 "this LMDB takes keys of {} bytes only", mdb_env_get_maxkeysize(environment.env));
  MDB_txn* transaction = nullptr;
  HOLDFAST_TRY(environment.Check(mdb_txn_begin(environment.env, nullptr, 0, &transaction)));
  const int opened = mdb_dbi_open(transaction, nullptr, 0, &environment.table);
  if (opened != 0) mdb_txn_abort(transaction);
  HOLDFAST_TRY(environment.Check(opened));
  return environment.Check(mdb_txn_commit(transaction));
}

}  // namespace

Environment::~Environment() {
  if (env != nullptr) mdb_env_close(env);
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}

Status Environment::Check(int code) const {
  if (code == 0) return {};
  if (code == MDB_MAP_FULL) {
    return MakeError(ErrorCode::kExhausted, "state lmdb in {}: the map of {} bytes is full; raise map-size", folder,
                     map_bytes);
  }
  const bool damaged = code == MDB_CORRUPTED || code == MDB_PAGE_NOTFOUND || code == MDB_INVALID;
  const auto kind = code == ENOSPC ? ErrorCode::kExhausted : damaged ? ErrorCode::kDataLoss : ErrorCode::kRefused;
  return MakeError(kind, "state lmdb in {}: {}", folder, mdb_strerror(code));
}

Result<std::unique_ptr<ReadTransaction>> ReadTransaction::Begin(std::shared_ptr<Environment> environment) {
  std::unique_ptr<ReadTransaction> made(new ReadTransaction(std::move(environment)));
  const auto& in = *made->environment_;
  HOLDFAST_TRY(in.Check(mdb_txn_begin(in.env, nullptr, MDB_RDONLY, &made->transaction_)));
  return made;
}

ReadTransaction::~ReadTransaction() {
  if (transaction_ != nullptr) mdb_txn_abort(transaction_);
}

Status ReadTransaction::Renew() {
  mdb_txn_reset(transaction_);
  return environment_->Check(mdb_txn_renew(transaction_));
}

Result<std::shared_ptr<write_behind::Database>> LmdbDatabase::Open(const std::string& folder,
                                                                   const LmdbOptions& options) {
  std::shared_ptr<LmdbDatabase> made(new LmdbDatabase);
  made->environment_ = std::make_shared<Environment>(folder, options.map_bytes);
  HOLDFAST_TRY(Prepare(*made->environment_));
  HOLDFAST_ASSIGN(made->reader_, ReadTransaction::Begin(made->environment_));
  return std::shared_ptr<write_behind::Database>(std::move(made));
}

Result<std::optional<std::string_view>> LmdbDatabase::Get(std::string_view key) {
  std::string long_key;
  if (IsLong(key)) StoreLongKey(key, long_key);
  auto stored_key = ValOf(IsLong(key) ? std::string_view(long_key) : key);
  MDB_val found{};
  const int code = mdb_get(reader_->get(), environment_->table, &stored_key, &found);
  if (code == MDB_NOTFOUND) return std::optional<std::string_view>();
  HOLDFAST_TRY(environment_->Check(code));
  if (!IsLong(key)) return std::optional(ViewOf(found));
  const auto loaded = LoadLongValue(ViewOf(found));
  HOLDFAST_CHECK(loaded.rest_of_key == key.substr(kHeadBytes), "two ids of {} and {} bytes have one hash of 128 bits",
                 key.size(), loaded.rest_of_key.size() + kHeadBytes);
  return std::optional(loaded.value);
}

Status LmdbDatabase::Apply(const write_behind::Layer& layer) {
  WriteTransaction transaction(*environment_);
  HOLDFAST_TRY(transaction.Begin());
  for (const auto& entry : layer.Sorted()) HOLDFAST_TRY(transaction.Write(entry));
  return transaction.Commit();
}

Result<std::unique_ptr<write_behind::View>> LmdbDatabase::Freeze() {
  HOLDFAST_ASSIGN(auto reader, ReadTransaction::Begin(environment_));
  return std::unique_ptr<write_behind::View>(std::make_unique<LmdbView>(std::move(reader)));
}

write_behind::DatabaseSize LmdbDatabase::size() const {
  MDB_envinfo info{};
  MDB_stat stat{};
  mdb_env_info(environment_->env, &info);
  mdb_env_stat(environment_->env, &stat);
  // Its pages are in the page cache, which is not the process's memory.
  return {.memory_bytes = 0, .disk_bytes = (info.me_last_pgno + 1) * stat.ms_psize};
}

}  // namespace holdfast::lmdb
