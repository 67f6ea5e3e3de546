// LMDB as the database below write-behind layers.
#pragma once

#include <lmdb.h>

#include <memory>
#include <string>

#include "storage-backends/state/lmdb/lmdb_backend.h"
#include "storage-backends/state/write-behind/database.h"

namespace holdfast::lmdb {

// An open environment with its one table; closes it and removes its files. Shared by the database and its views.
struct Environment {
  Environment(std::string place, std::uint64_t map) : folder(std::move(place)), map_bytes(map) {}
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  // The error of an LMDB call, with the way out.
  Status Check(int code) const;

  const std::string folder;
  const std::uint64_t map_bytes;
  MDB_env* env = nullptr;
  MDB_dbi table = 0;
};

// A read transaction: the rows as they stood when it began. Used by one thread at a time.
class ReadTransaction {
 public:
  static Result<std::unique_ptr<ReadTransaction>> Begin(std::shared_ptr<Environment> environment);
  ~ReadTransaction();
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;
  // Lets go of what it saw and sees what stands now.
  Status Renew();
  MDB_txn* get() const { return transaction_; }
  const Environment& environment() const { return *environment_; }

 private:
  explicit ReadTransaction(std::shared_ptr<Environment> environment) : environment_(std::move(environment)) {}
  std::shared_ptr<Environment> environment_;
  MDB_txn* transaction_ = nullptr;
};

class LmdbDatabase final : public write_behind::Database {
 public:
  // An empty database in `folder`, which must not exist.
  static Result<std::shared_ptr<write_behind::Database>> Open(const std::string& folder, const LmdbOptions& options);

  Result<std::optional<std::string_view>> Get(std::string_view key) override;
  Status Apply(const write_behind::Layer& layer) override;
  Status Refresh() override { return reader_->Renew(); }
  Result<std::unique_ptr<write_behind::View>> Freeze() override;
  write_behind::DatabaseSize size() const override;

 private:
  LmdbDatabase() = default;

  std::shared_ptr<Environment> environment_;
  std::unique_ptr<ReadTransaction> reader_;  // The loop's.
};

}  // namespace holdfast::lmdb
