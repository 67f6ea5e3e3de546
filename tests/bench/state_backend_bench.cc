// How far is the heap backend from a bare hash map, and what does a cut cost the loop?
//
// The floors run in the same file: boost::unordered_flat_map and std::unordered_map from a number to 40 bytes in place
// (no cuts, no ids, no values of other sizes), and memcpy of a segment. Surprising would be: less than a third of the
// bare map's speed, a cut above 100 us at 10^6 rows, or more than 15 % lost to one cut a second. Run interleaved, and
// read the ratios:
//
//   bench-state-backend --benchmark_enable_random_interleaving=true --benchmark_repetitions=5
//     --benchmark_report_aggregates_only=true
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "storage-backends/state/heap/heap_backend.h"

namespace holdfast {
namespace {

constexpr std::size_t kValueBytes = 40;
using Value = std::array<char, kValueBytes>;

// A key with the id "user" and a number, made in registers, as a worker's key comes from a message already in the
// cache.
class UserKey {
 public:
  explicit UserKey(std::uint64_t number) : group_(number % 128) {
    std::memcpy(id_.data(), "user", 4);
    std::memcpy(id_.data() + 4, &number, sizeof(number));
  }
  operator RowKey() const {  // NOLINT: it stands for one.
    return {KeyGroup(static_cast<std::uint16_t>(group_)), TableId(1), {id_.data(), id_.size()}};
  }

 private:
  std::uint64_t group_;
  std::array<char, 12> id_;
};

std::unique_ptr<HeapBackend> Filled(std::size_t rows, std::size_t value_bytes = kValueBytes) {
  auto backend = std::make_unique<HeapBackend>();
  const std::string value(value_bytes, 'v');
  for (std::size_t i = 0; i < rows; ++i) backend->Put(UserKey(i), value).OrDie();
  return backend;
}

void Change(Value& value) {
  std::uint64_t count;
  std::memcpy(&count, value.data(), sizeof(count));
  ++count;
  std::memcpy(value.data(), &count, sizeof(count));
}

void ReadModifyWrite(HeapBackend& backend, const RowKey& key) {
  Value value;
  const auto found = backend.Get(key);
  std::memcpy(value.data(), (*found)->data(), value.size());
  Change(value);
  backend.Put(key, {value.data(), value.size()}).OrDie();
}

void SetRowCounters(benchmark::State& state, const StateSize& size) {
  state.counters["memory/payload"] =
      static_cast<double>(size.memory_bytes) / static_cast<double>(std::max<std::uint64_t>(1, size.payload_bytes));
  state.counters["bytes/row"] =
      static_cast<double>(size.memory_bytes) / static_cast<double>(std::max<std::uint64_t>(1, size.rows));
}

// Reads each cut once on a thread of its own, as an uploader would, and drops it there.
class Reader {
 public:
  Reader() : thread_([this] { Run(); }) {}
  ~Reader() {
    stop_ = true;
    thread_.join();
  }
  // Takes the cut unless the one before is still being read.
  void Offer(HeapBackend& backend) {
    if (busy_.load(std::memory_order_acquire)) return;
    cut_ = backend.Cut().value();
    ++cuts_;
    busy_.store(true, std::memory_order_release);
  }
  int cuts() const { return cuts_; }

 private:
  void Run() {
    std::string part;
    while (!stop_) {
      if (!busy_.load(std::memory_order_acquire)) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        continue;
      }
      const auto append = [&](const RowKey& key, std::string_view value) -> Status {
        if (part.size() > 1'000'000) part.clear();
        part.append(key.id).append(value);
        return {};
      };
      cut_->ForEach(append).OrDie();
      cut_.reset();
      busy_.store(false, std::memory_order_release);
    }
  }

  std::shared_ptr<const StateCut> cut_;
  std::atomic<bool> busy_{false};
  std::atomic<bool> stop_{false};
  int cuts_ = 0;
  std::thread thread_;
};

template <class Map>
void ReadModifyWriteMap(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  Map map;
  for (std::size_t i = 0; i < rows; ++i) map[i] = Value{};
  Random random(1);
  for (auto _ : state) {
    auto found = map.find(random.Below(rows));
    Value value = found->second;
    Change(value);
    found->second = value;
  }
  benchmark::DoNotOptimize(map);
  state.SetItemsProcessed(state.iterations());
}
void BM_FlatMap_ReadModifyWrite(benchmark::State& state) {
  ReadModifyWriteMap<boost::unordered_flat_map<std::uint64_t, Value>>(state);
}
BENCHMARK(BM_FlatMap_ReadModifyWrite)->ArgName("rows")->Arg(1'000)->Arg(1'000'000);
void BM_UnorderedMap_ReadModifyWrite(benchmark::State& state) {
  ReadModifyWriteMap<std::unordered_map<std::uint64_t, Value>>(state);
}
BENCHMARK(BM_UnorderedMap_ReadModifyWrite)->ArgName("rows")->Arg(1'000)->Arg(1'000'000);

void BM_HeapBackend_ReadModifyWrite(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const auto backend = Filled(rows);
  Random random(1);
  for (auto _ : state) ReadModifyWrite(*backend, UserKey(random.Below(rows)));
  state.SetItemsProcessed(state.iterations());
  SetRowCounters(state, backend->size());
}
BENCHMARK(BM_HeapBackend_ReadModifyWrite)->ArgName("rows")->Arg(1'000)->Arg(1'000'000);

// As a worker does that knows the next keys of its queue.
void BM_HeapBackend_PrefetchedReadModifyWrite(benchmark::State& state) {
  constexpr std::size_t kAhead = 8;
  const auto rows = static_cast<std::size_t>(state.range(0));
  const auto backend = Filled(rows);
  Random random(1);
  std::array<std::size_t, kAhead> queue{};
  std::size_t next = 0;
  for (auto _ : state) {
    ReadModifyWrite(*backend, UserKey(queue[next]));
    queue[next] = random.Below(rows);
    backend->Prefetch(UserKey(queue[next]));
    next = (next + 1) % kAhead;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_HeapBackend_PrefetchedReadModifyWrite)->ArgName("rows")->Arg(1'000'000);

// The loop's own CPU time while another thread reads a cut every second, beside the same without cuts.
void BM_HeapBackend_ReadModifyWriteWithCuts(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const bool cutting = state.range(1) != 0;
  const auto backend = Filled(rows);
  Random random(1);
  Reader reader;
  auto next_cut = std::chrono::steady_clock::now();
  std::uint64_t step = 0;
  for (auto _ : state) {
    ReadModifyWrite(*backend, UserKey(random.Below(rows)));
    if (++step % 1024 != 0 || std::chrono::steady_clock::now() < next_cut) continue;
    next_cut += std::chrono::seconds(1);
    if (cutting) reader.Offer(*backend);
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["cuts"] = reader.cuts();
  SetRowCounters(state, backend->size());
}
BENCHMARK(BM_HeapBackend_ReadModifyWriteWithCuts)
    ->ArgNames({"rows", "cuts"})
    ->Args({1'000'000, 0})
    ->Args({1'000'000, 1})
    ->MinTime(5.0);

// The moment the loop stands still: taking a cut and, with it, noticing that the one before is gone.
void BM_HeapBackend_Cut(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const auto backend = Filled(rows);
  Random random(1);
  std::shared_ptr<const StateCut> cut;
  for (auto _ : state) {
    cut = backend->Cut().value();
    state.PauseTiming();
    cut.reset();
    for (int i = 0; i < 100; ++i) ReadModifyWrite(*backend, UserKey(random.Below(rows)));
    state.ResumeTiming();
  }
}
BENCHMARK(BM_HeapBackend_Cut)->ArgName("rows")->Arg(1'000)->Arg(1'000'000);

void BM_HeapBackend_ForEach(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const auto backend = Filled(rows);
  const auto cut = backend->Cut().value();
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    cut->ForEach([&](const RowKey& key, std::string_view value) -> Status {
         bytes += key.id.size() + value.size();
         return {};
       })
        .OrDie();
  }
  benchmark::DoNotOptimize(bytes);
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(BM_HeapBackend_ForEach)->ArgName("rows")->Arg(1'000'000)->Unit(benchmark::kMillisecond);

// Putting rows back after a failure: every row is new, the index grows.
void BM_HeapBackend_Fill(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  StateSize size;
  for (auto _ : state) {
    auto backend = Filled(rows, static_cast<std::size_t>(state.range(1)));
    size = backend->size();
    state.PauseTiming();
    backend.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  SetRowCounters(state, size);
}
BENCHMARK(BM_HeapBackend_Fill)
    ->ArgNames({"rows", "bytes"})
    ->Args({1'000'000, 40})
    ->Args({1'000'000, 100})
    ->Unit(benchmark::kMillisecond);

void BM_FlatMap_Fill(benchmark::State& state) {
  for (auto _ : state) {
    boost::unordered_flat_map<std::uint64_t, Value> map;
    for (std::int64_t i = 0; i < state.range(0); ++i) map[static_cast<std::uint64_t>(i)] = Value{};
    benchmark::DoNotOptimize(map);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_FlatMap_Fill)->ArgName("rows")->Arg(1'000'000)->Unit(benchmark::kMillisecond);

// What the first write to a shared segment cannot cost less than: from cold memory to warm, as the loop meets it.
void BM_Memcpy_Segment(benchmark::State& state) {
  constexpr std::size_t kSegments = 4'000;
  const std::string source(kSegments * heap::kSegmentBytes, 's');
  std::string target(kSegments * heap::kSegmentBytes, 't');
  Random random(1);
  for (auto _ : state) {
    const std::size_t offset = random.Below(kSegments) * heap::kSegmentBytes;
    std::memcpy(&target[offset], &source[offset], heap::kSegmentBytes);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(heap::kSegmentBytes));
}
BENCHMARK(BM_Memcpy_Segment);

}  // namespace
}  // namespace holdfast
