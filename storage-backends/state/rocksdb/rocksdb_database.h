// RocksDB as the database below write-behind layers.
#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <string>

#include "storage-backends/state/rocksdb/rocksdb_backend.h"
#include "storage-backends/state/write-behind/database.h"

namespace holdfast::rocks {

class RocksDatabase final : public write_behind::Database {
 public:
  // An empty database in `folder`, which must not hold one.
  static Result<std::shared_ptr<write_behind::Database>> Open(const std::string& folder, const RocksDbOptions& options);

  Result<std::optional<std::string_view>> Get(std::string_view key) override;
  Status Apply(const write_behind::Layer& layer) override;
  Status Refresh() override { return {}; }
  Result<std::unique_ptr<write_behind::View>> Freeze() override;
  write_behind::DatabaseSize size() const override;

 private:
  RocksDatabase() = default;

  std::string folder_;
  rocksdb::Options options_;
  // Shared with the views: an iterator needs the database alive.
  std::shared_ptr<rocksdb::DB> db_;
  rocksdb::PinnableSlice found_;
};

}  // namespace holdfast::rocks
