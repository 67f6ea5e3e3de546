// What do the backends on disk cost beside the bare databases? Read-modify-write of 100-byte rows, uniform keys, as the
// greeter does; everything fits in the page cache, so this is the cost of the code and not of the disk.
//
// The floors are a loop of the same gets with puts in batches: RocksDB with the same table options and no write-ahead
// log, LMDB with a write transaction per batch and no sync. Time is wall-clock time: all of them work on other threads
// too. Surprising would be less than four fifths of a floor.
//
//   bench-disk-state --benchmark_enable_random_interleaving=true --benchmark_repetitions=5
//     --benchmark_report_aggregates_only=true
#include <benchmark/benchmark.h>
#include <lmdb.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "apps/host/threads.h"
#include "core/base/random.h"
#include "storage-backends/state/lmdb/lmdb_backend.h"
#include "storage-backends/state/rocksdb/rocksdb_backend.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

constexpr std::size_t kValueBytes = 100;
constexpr std::size_t kBatch = 1'000;
using Value = std::array<char, kValueBytes>;
using Id = std::array<char, 12>;

Id IdOf(std::uint64_t number) {
  Id id;
  std::memcpy(id.data(), "user", 4);
  std::memcpy(id.data() + 4, &number, sizeof(number));
  return id;
}

RowKey KeyOf(std::uint64_t number, const Id& id) {
  return {KeyGroup(static_cast<std::uint16_t>(number % 128)), TableId(1), {id.data(), id.size()}};
}

// One thread for all lanes; answers wait until the loop asks for them.
class BenchBackground final : public Background {
 public:
  void Run(Lane, std::function<Status()> work, std::function<void(Status)> done) override {
    thread_.Run([this, work = std::move(work), done = std::move(done)] {
      auto answer = [done, status = work()] { done(status); };
      const std::lock_guard lock(mutex_);
      answers_.push_back(std::move(answer));
    });
  }
  void Answer() {
    std::deque<std::function<void()>> answers;
    {
      const std::lock_guard lock(mutex_);
      answers.swap(answers_);
    }
    for (const auto& answer : answers) answer();
  }

 private:
  std::mutex mutex_;
  std::deque<std::function<void()>> answers_;
  JobThread thread_;
};

void Change(Value& value) { ++value[0]; }

// A backend with so many rows.
template <class Open>
class Backend {
 public:
  explicit Backend(std::uint64_t rows) : backend_(Open()(folder_ / "state", background_)) {
    const Value value{};
    for (std::uint64_t i = 0; i < rows; ++i) {
      const auto id = IdOf(i);
      backend_->Put(KeyOf(i, id), {value.data(), value.size()}).OrDie();
      if (i % kBatch == 0) background_.Answer();
    }
  }
  void ReadModifyWrite(std::uint64_t number) {
    const auto id = IdOf(number);
    const auto key = KeyOf(number, id);
    Value value;
    const auto found = backend_->Get(key);
    std::memcpy(value.data(), (*found)->data(), value.size());
    Change(value);
    backend_->Put(key, {value.data(), value.size()}).OrDie();
    if (++writes_ % 64 == 0) background_.Answer();
  }

 private:
  TemporaryFolder folder_;
  BenchBackground background_;
  std::unique_ptr<StateBackend> backend_;
  std::uint64_t writes_ = 0;
};

struct OpenRocks {
  std::unique_ptr<StateBackend> operator()(const std::string& folder, Background& background) const {
    return OpenRocksDbBackend(folder, background, {}).value();
  }
};

struct OpenLmdb {
  std::unique_ptr<StateBackend> operator()(const std::string& folder, Background& background) const {
    return OpenLmdbBackend(folder, background, {}).value();
  }
};

// The floors' keys are as long as the backends': group, table, id.
std::string BareKey(std::uint64_t number) {
  const auto id = IdOf(number);
  return std::string(4, 'k').append(id.data(), id.size());
}

class BareRocks {
 public:
  explicit BareRocks(std::uint64_t rows) {
    const RocksDbOptions same;
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = rocksdb::NewLRUCache(same.block_cache_bytes);
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    rocksdb::Options options;
    options.create_if_missing = true;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    options.write_buffer_size = same.memtable_bytes;
    options.compression = rocksdb::kLZ4Compression;
    options.level_compaction_dynamic_level_bytes = true;
    rocksdb::DB* db = nullptr;
    Must(rocksdb::DB::Open(options, folder_.path(), &db));
    db_.reset(db);
    for (std::uint64_t i = 0; i < rows; ++i) Put(i, Value{});
  }
  void ReadModifyWrite(std::uint64_t number) {
    const auto key = BareKey(number);
    Must(db_->Get({}, db_->DefaultColumnFamily(), key, &found_));
    Value value;
    std::memcpy(value.data(), found_.data(), value.size());
    found_.Reset();
    Change(value);
    Put(number, value);
  }

 private:
  static void Must(const rocksdb::Status& status) { HOLDFAST_CHECK(status.ok(), "{}", status.ToString()); }
  void Put(std::uint64_t number, const Value& value) {
    Must(batch_.Put(BareKey(number), rocksdb::Slice(value.data(), value.size())));
    if (batch_.Count() < kBatch) return;
    rocksdb::WriteOptions options;
    options.disableWAL = true;
    Must(db_->Write(options, &batch_));
    batch_.Clear();
  }

  TemporaryFolder folder_;
  std::unique_ptr<rocksdb::DB> db_;
  rocksdb::WriteBatch batch_;
  rocksdb::PinnableSlice found_;
};

class BareLmdb {
 public:
  explicit BareLmdb(std::uint64_t rows) {
    Must(mdb_env_create(&environment_));
    Must(mdb_env_set_mapsize(environment_, std::size_t{16} << 30));
    Must(mdb_env_open(environment_, folder_.path().c_str(), MDB_NOSYNC | MDB_NOTLS | MDB_NORDAHEAD, 0600));
    Begin();
    Must(mdb_dbi_open(transaction_, nullptr, 0, &table_));
    for (std::uint64_t i = 0; i < rows; ++i) Put(BareKey(i), Value{});
  }
  ~BareLmdb() {
    mdb_txn_abort(transaction_);
    mdb_env_close(environment_);
  }
  void ReadModifyWrite(std::uint64_t number) {
    auto key = BareKey(number);
    MDB_val name{key.size(), key.data()};
    MDB_val found;
    Must(mdb_get(transaction_, table_, &name, &found));
    Value value;
    std::memcpy(value.data(), found.mv_data, value.size());
    Change(value);
    Put(std::move(key), value);
  }

 private:
  static void Must(int code) { HOLDFAST_CHECK(code == 0, "{}", mdb_strerror(code)); }
  void Begin() { Must(mdb_txn_begin(environment_, nullptr, 0, &transaction_)); }
  void Put(std::string key, Value value) {
    MDB_val name{key.size(), key.data()};
    MDB_val bytes{value.size(), value.data()};
    Must(mdb_put(transaction_, table_, &name, &bytes, 0));
    if (++written_ % kBatch != 0) return;
    Must(mdb_txn_commit(transaction_));
    Begin();
  }

  TemporaryFolder folder_;
  MDB_env* environment_ = nullptr;
  MDB_txn* transaction_ = nullptr;
  MDB_dbi table_ = 0;
  std::uint64_t written_ = 0;
};

// What closes the databases at the end of main: what they rest on is gone by the time statics are destroyed.
std::vector<std::function<void()>>& AtEnd() {
  static std::vector<std::function<void()>> closers;
  return closers;
}

// All repetitions share the rows: filling takes longer than measuring.
template <class Store>
void ReadModifyWrite(benchmark::State& state) {
  const auto rows = static_cast<std::uint64_t>(state.range(0));
  static std::unique_ptr<Store> store;
  static std::uint64_t filled = 0;
  if (filled == 0) AtEnd().push_back([] { store.reset(); });
  if (std::exchange(filled, rows) != rows) store = std::make_unique<Store>(rows);
  static Random random(
      1);  // Goes on from one repetition to the next, or each would find the last one's rows in memory.
  for (auto _ : state) store->ReadModifyWrite(random.Below(rows));
  state.SetItemsProcessed(state.iterations());
}

void BM_RocksDbBackend_ReadModifyWrite(benchmark::State& state) { ReadModifyWrite<Backend<OpenRocks>>(state); }
void BM_BareRocksDb_ReadModifyWrite(benchmark::State& state) { ReadModifyWrite<BareRocks>(state); }
void BM_LmdbBackend_ReadModifyWrite(benchmark::State& state) { ReadModifyWrite<Backend<OpenLmdb>>(state); }
void BM_BareLmdb_ReadModifyWrite(benchmark::State& state) { ReadModifyWrite<BareLmdb>(state); }

BENCHMARK(BM_RocksDbBackend_ReadModifyWrite)->ArgName("rows")->Arg(10'000)->Arg(1'000'000)->UseRealTime();
BENCHMARK(BM_BareRocksDb_ReadModifyWrite)->ArgName("rows")->Arg(10'000)->Arg(1'000'000)->UseRealTime();
BENCHMARK(BM_LmdbBackend_ReadModifyWrite)->ArgName("rows")->Arg(10'000)->Arg(1'000'000)->UseRealTime();
BENCHMARK(BM_BareLmdb_ReadModifyWrite)->ArgName("rows")->Arg(10'000)->Arg(1'000'000)->UseRealTime();

}  // namespace
}  // namespace holdfast

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  for (const auto& close : holdfast::AtEnd()) close();
}
