// What does a log cost above the bare disk, per flush, and what does an append cost the loop?
//
// Floors in the same file: append and sync of the same bytes on a bare file, a log in memory, and memcpy for the loop's
// part. Surprising would be: a flush above 1.15 times the bare one, a 100-byte append above 25 ns. The disk is noisy:
// run interleaved, compare medians, on the disk that counts (TMPDIR chooses it):
//
//   bench-append-log --benchmark_enable_random_interleaving=true --benchmark_repetitions=9
//     --benchmark_report_aggregates_only=true
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>

#include "chaos/simulation/disk/inline_background.h"
#include "core/base/check.h"
#include "storage-backends/durable/append-log/filesystem/filesystem_append_log.h"
#include "storage-backends/durable/append-log/memory/memory_append_log.h"
#include "storage-backends/durable/posix-disk/posix_disk.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

constexpr std::size_t kRecordBytes = 100;

class Folder {
 public:
  Disk& disk() { return *disk_; }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<Disk> disk_ = OpenPosixDisk(folder_.path()).value();
};

void SetRates(benchmark::State& state, std::size_t batch) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * batch));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * (batch / kRecordBytes)));
}

// Appends a batch of records and makes it durable; trims as a checkpoint would.
void FlushLoop(benchmark::State& state, AppendLog& log, InlineBackground& background) {
  const auto batch = static_cast<std::size_t>(state.range(0));
  const std::string record(kRecordBytes, 'r');
  for (auto _ : state) {
    for (std::size_t i = 0; i < batch / kRecordBytes; ++i) log.Append(record);
    log.Flush([](Result<Lsn> durable) { HOLDFAST_CHECK(durable.ok(), "{}", durable.error().message); });
    background.RunAll();
    log.Trim(log.tail());
  }
  background.RunAll();
  SetRates(state, batch);
}

void BM_FilesystemLog_Flush(benchmark::State& state) {
  Folder folder;
  InlineBackground background;
  const auto store = MakeFilesystemAppendLogStore(folder.disk(), background);
  const auto log = store->Open(WorkerId(0), Incarnation(1), Lsn(1)).value();
  FlushLoop(state, *log, background);
}

void BM_MemoryLog_Flush(benchmark::State& state) {
  InlineBackground background;
  const auto store = MakeMemoryAppendLogStore(background);
  const auto log = store->Open(WorkerId(0), Incarnation(1), Lsn(1)).value();
  FlushLoop(state, *log, background);
}

void BM_BareFile_AppendAndSync(benchmark::State& state) {
  Folder folder;
  const auto batch = static_cast<std::size_t>(state.range(0));
  const std::string bytes(batch, 'r');
  const auto file = folder.disk().Create("bare").value();
  for (auto _ : state) {
    file->Append(bytes).OrDie();
    file->Sync("bench").OrDie();
  }
  SetRates(state, batch);
}

// The loop's part of logging: everything else happens in the background.
void BM_FilesystemLog_Append(benchmark::State& state) {
  Folder folder;
  InlineBackground background;
  const auto store = MakeFilesystemAppendLogStore(folder.disk(), background);
  const auto log = store->Open(WorkerId(0), Incarnation(1), Lsn(1)).value();
  const std::string record(static_cast<std::size_t>(state.range(0)), 'r');
  std::size_t pending = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(log->Append(record));
    if ((pending += record.size()) < 1'000'000) continue;
    state.PauseTiming();
    log->Flush([](Result<Lsn>) {});
    background.RunAll();
    log->Trim(log->tail());
    pending = 0;
    state.ResumeTiming();
  }
  background.RunAll();
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void BM_Memcpy_Append(benchmark::State& state) {
  const std::string record(static_cast<std::size_t>(state.range(0)), 'r');
  std::string buffer(1'000'000 + record.size(), '\0');
  std::size_t at = 0;
  for (auto _ : state) {
    std::memcpy(buffer.data() + at, record.data(), record.size());
    benchmark::ClobberMemory();
    if ((at += record.size()) >= 1'000'000) at = 0;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

BENCHMARK(BM_FilesystemLog_Flush)->ArgName("bytes")->Arg(4'000)->Arg(64'000)->Arg(1'000'000)->UseRealTime();
BENCHMARK(BM_BareFile_AppendAndSync)->ArgName("bytes")->Arg(4'000)->Arg(64'000)->Arg(1'000'000)->UseRealTime();
BENCHMARK(BM_MemoryLog_Flush)->ArgName("bytes")->Arg(4'000)->Arg(64'000)->Arg(1'000'000)->UseRealTime();
BENCHMARK(BM_FilesystemLog_Append)->ArgName("bytes")->Arg(100)->Arg(1000);
BENCHMARK(BM_Memcpy_Append)->ArgName("bytes")->Arg(100)->Arg(1000);

}  // namespace
}  // namespace holdfast
