// What do the places cost where a message or a figure waits: the worker's queue, the egress gate, a histogram?
//
// Rivals in the same file: a deque of strings, one string that grows, and a counter. Surprising would be: the queue
// dearer than the strings, staging dearer than appending, or a recorded latency above 10 ns.
#include <benchmark/benchmark.h>

#include <cstring>
#include <deque>
#include <string>

#include "core/base/random.h"
#include "core/snapshot/egress_gate.h"
#include "core/snapshot/message_queue.h"
#include "results/record/histogram.h"

namespace holdfast {
namespace {

constexpr std::size_t kMessageBytes = 96;
constexpr std::size_t kWaiting = 128;  // Messages in the queue.

std::string Message() {
  std::string message(kMessageBytes, 'm');
  const auto size = static_cast<std::uint32_t>(message.size());
  std::memcpy(message.data(), &size, sizeof size);  // All the queue reads of an envelope.
  return message;
}

void BM_MessageQueue_PushPop(benchmark::State& state) {
  MessageQueue queue(WorkerId(0));
  const auto message = Message();
  for (std::size_t i = 0; i < kWaiting; ++i) queue.PushLocal(message);
  for (auto _ : state) {
    queue.PushLocal(message);
    MessageSource source;
    benchmark::DoNotOptimize(queue.Front(source));
    queue.Pop();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_MessageQueue_PushPop);

void BM_DequeOfStrings_PushPop(benchmark::State& state) {
  std::deque<std::string> queue;
  const auto message = Message();
  for (std::size_t i = 0; i < kWaiting; ++i) queue.push_back(message);
  for (auto _ : state) {
    queue.push_back(message);
    benchmark::DoNotOptimize(queue.front());
    queue.pop_front();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_DequeOfStrings_PushPop);

constexpr std::size_t kBatchRecords = 10'000;

class Sink final : public EgressSink {
 public:
  void Fence(EgressFence, std::function<void(Result<std::uint64_t>)>) override {}
  void Commit(std::uint64_t, EgressBytes, Callback done) override { done({}); }
  void Emit(EgressPiece) override {}
};

// A record's share of a batch: staged, sealed, released, confirmed.
void BM_EgressGate_Stage(benchmark::State& state) {
  Sink sink;
  EgressGate gate(
      sink, [](std::uint64_t) {}, [](const Error&) {});
  const auto value = Message();
  std::uint64_t position = 0;
  std::size_t staged = 0;
  for (auto _ : state) {
    gate.Stage({EgressId(1), ValueTypeId(1), "box-12345", value});
    if (++staged % kBatchRecords != 0) continue;
    gate.Seal(++position);
    gate.Release(position);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_EgressGate_Stage);

void BM_OneString_Append(benchmark::State& state) {
  std::string batch;
  const auto value = Message();
  std::size_t staged = 0;
  for (auto _ : state) {
    AppendEgressRecord(batch, {EgressId(1), ValueTypeId(1), "box-12345", value});
    if (++staged % kBatchRecords == 0) batch.clear();
  }
  benchmark::DoNotOptimize(batch.data());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_OneString_Append);

void BM_Histogram_Record(benchmark::State& state) {
  Histogram histogram;
  Random random(1);
  for (auto _ : state) histogram.Record(static_cast<std::int64_t>(random.Below(10'000'000)));
  benchmark::DoNotOptimize(histogram.Percentile(99));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Histogram_Record);

void BM_Counter_Add(benchmark::State& state) {
  std::uint64_t sum = 0;
  Random random(1);
  for (auto _ : state) benchmark::DoNotOptimize(sum += random.Below(10'000'000));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Counter_Add);

}  // namespace
}  // namespace holdfast
