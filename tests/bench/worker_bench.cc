// How many units a second does one worker do, and what does a snapshot protocol cost it?
//
// Figure (a): one worker alone, ingress in memory, egress counted, 10^6 users with a row each and 250,000 rows of email
// senders, the real codec, endpoint, heap backend, protocol and filesystem stores. Surprising would be: less than
// 1,000,000 units per second of the loop's CPU time with a snapshot every second, more than 5 % below `none`, one
// allocation per unit, or an event that stops the loop for more than 1 ms.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <map>

#include "core/protocols/message-logging/message_logging.h"
#include "core/protocols/none/none.h"
#include "core/protocols/stop-the-world/stop_the_world.h"
#include "core/protocols/unaligned/unaligned.h"
#include "tests/bench/support/worker_rig.h"

namespace holdfast::bench {
namespace {

using namespace std::chrono_literals;

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

greeter::GreeterOptions Options() {
  greeter::GreeterOptions options;
  options.users = FromEnvironment("HOLDFAST_BENCH_KEYS", 1'000'000);
  options.partitions = 1;
  return options;
}

// Everything the rigs of this program share.
class Stage {
 public:
  static Stage& Get() {
    static Stage stage;
    return stage;
  }
  WorkerRig& Rig(const ProtocolFactory& protocol) {
    auto& rig = rigs_[std::string(protocol.traits.name)];
    if (!rig) {
      const auto folder = root_ / protocol.traits.name;
      std::filesystem::create_directory(folder);
      rig = std::make_unique<WorkerRig>(protocol, application_, tape_, folder);
    }
    return *rig;
  }
  const VisitTape& tape() const { return tape_; }

 private:
  Stage() : options_(Options()), tape_(greeter::GreeterInput(1, options_)) {
    root_ = (std::filesystem::temp_directory_path() / "holdfast-bench-XXXXXX").string();
    auto name = root_.string();
    HOLDFAST_CHECK(::mkdtemp(name.data()) != nullptr, "cannot make folder {}", name);
    root_ = name;
    application_ = greeter::GreeterApplication(options_).value();
  }
  ~Stage() {
    rigs_.clear();
    std::filesystem::remove_all(root_);
  }

  greeter::GreeterOptions options_;
  std::filesystem::path root_;
  VisitTape tape_;
  std::shared_ptr<const Application> application_;
  std::map<std::string, std::unique_ptr<WorkerRig>> rigs_;
};

double Seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

void Report(benchmark::State& state, const Figures& figures, const StateSize& size) {
  const auto units = static_cast<double>(figures.units);
  state.counters["units"] = units;
  state.counters["units/loop_cpu_s"] = units / Seconds(figures.loop_cpu);
  state.counters["units/process_cpu_s"] = units / Seconds(figures.process_cpu);
  state.counters["units/s"] = units / Seconds(figures.wall);
  state.counters["allocs/unit"] = static_cast<double>(figures.loop_allocations) / units;
  state.counters["snapshots"] = static_cast<double>(figures.snapshots);
  state.counters["event_us"] = Seconds(figures.longest_event) * 1e6;
  state.counters["cut_us"] = Seconds(figures.longest_cut) * 1e6;
  state.counters["part_bytes"] = static_cast<double>(figures.part_bytes);
  state.counters["bytes/row"] = static_cast<double>(size.memory_bytes) / static_cast<double>(size.rows);
}

Figures Measure(WorkerRig& rig) {
  const auto time = FromEnvironment("HOLDFAST_BENCH_BLOCK_MS", 2'000) * 1ms;
  return rig.RunFor(time, FromEnvironment("HOLDFAST_BENCH_INTERVAL_MS", 1'000) * 1ms);
}

void BM_Worker(benchmark::State& state, const ProtocolFactory& protocol) {
  auto& rig = Stage::Get().Rig(protocol);
  Figures figures;
  for (auto _ : state) {
    figures = Measure(rig);
    state.SetIterationTime(Seconds(figures.loop_cpu));
  }
  rig.Check();
  Report(state, figures, rig.state_size());
}
BENCHMARK_CAPTURE(BM_Worker, none, NoneProtocol())->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Worker, unaligned, UnalignedProtocol())
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Worker, stop_the_world, StopTheWorldProtocol())
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Worker, message_logging, MessageLoggingProtocol())
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace holdfast::bench
BENCHMARK_MAIN();
