// How long until a worker has its rows back? A part of a snapshot is read from local disk into an empty heap backend,
// as at every restart.
//
// Beside it: the part read and checked with nobody taking the rows, and the same rows put into a bare
// boost::unordered_flat_map with room for all of them. Surprising would be: more than twice the bare map.
//
//   bench-restore --benchmark_enable_random_interleaving=true --benchmark_repetitions=5
//     --benchmark_report_aggregates_only=true
#include <benchmark/benchmark.h>

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>

#include "core/base/hash.h"
#include "core/snapshot/part.h"
#include "storage-backends/durable/object-store/filesystem/filesystem_object_store.h"
#include "storage-backends/durable/posix-disk/posix_disk.h"
#include "storage-backends/state/heap/heap_backend.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

constexpr std::size_t kValueBytes = 40;
constexpr std::string_view kName = "snapshots/1.1/worker-0.part";

// Twelve bytes, as the greeter's users have.
std::array<char, 12> IdOf(std::uint64_t number) {
  std::array<char, 12> id;
  std::memcpy(id.data(), "user", 4);
  number = Mix64(number);
  std::memcpy(id.data() + 4, &number, sizeof(number));
  return id;
}

RowKey KeyOf(std::uint64_t number, const std::array<char, 12>& id) {
  return {KeyGroup(static_cast<std::uint16_t>(number % 128)), TableId(1), {id.data(), id.size()}};
}

// A folder with one part of so many rows.
class StoredPart {
 public:
  explicit StoredPart(std::uint64_t rows) {
    HeapBackend backend;
    const std::string value(kValueBytes, 'v');
    for (std::uint64_t i = 0; i < rows; ++i) {
      const auto id = IdOf(i);
      backend.Put(KeyOf(i, id), value).OrDie();
    }
    Write(backend);
  }

  std::uint64_t bytes() const { return info_.bytes; }
  void Read(const PartVisitor& visitor) { ReadPart(*store_, info_, visitor).status().OrDie(); }

 private:
  void Write(HeapBackend& backend) {
    const auto object = store_->Create(kName).value();
    PartWriter writer(*object);
    const auto cut = backend.Cut();
    writer.AddRows(**cut).OrDie();
    info_.name = kName;
    writer.Finish({}, info_).OrDie();
    object->Commit().OrDie();
  }

  TemporaryFolder folder_;
  std::unique_ptr<Disk> disk_ = OpenPosixDisk(folder_.path()).value();
  std::unique_ptr<ObjectStore> store_ = OpenFilesystemObjectStore(*disk_).value();
  PartInfo info_;
};

void SetRows(benchmark::State& state, const StoredPart& part) {
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(part.bytes()));
}

void BM_Restore_HeapBackend(benchmark::State& state) {
  StoredPart part(static_cast<std::uint64_t>(state.range(0)));
  for (auto _ : state) {
    HeapBackend backend;
    backend.Expect(static_cast<std::uint64_t>(state.range(0)));
    PartVisitor visitor;
    visitor.soon = [&](const RowKey& key) { backend.Prefetch(key); };
    visitor.row = [&](const RowKey& key, std::string_view value) { return backend.Put(key, value); };
    part.Read(visitor);
    benchmark::DoNotOptimize(backend.size());
  }
  SetRows(state, part);
}

void BM_Restore_ReadAndCheck(benchmark::State& state) {
  StoredPart part(static_cast<std::uint64_t>(state.range(0)));
  for (auto _ : state) part.Read({});
  SetRows(state, part);
}

void BM_Restore_FlatMap(benchmark::State& state) {
  StoredPart part(static_cast<std::uint64_t>(state.range(0)));
  for (auto _ : state) {
    boost::unordered_flat_map<std::uint64_t, std::array<char, kValueBytes>> map;
    map.reserve(static_cast<std::size_t>(state.range(0)));
    PartVisitor visitor;
    visitor.row = [&](const RowKey& key, std::string_view value) -> Status {
      std::uint64_t number;
      std::memcpy(&number, key.id.data() + 4, sizeof(number));
      std::memcpy(map[number].data(), value.data(), value.size());
      return {};
    };
    part.Read(visitor);
    benchmark::DoNotOptimize(map.size());
  }
  SetRows(state, part);
}

BENCHMARK(BM_Restore_HeapBackend)->ArgName("rows")->Arg(10'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Restore_ReadAndCheck)->ArgName("rows")->Arg(10'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Restore_FlatMap)->ArgName("rows")->Arg(10'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace holdfast
