// How many units a second does one worker do, and what does a snapshot protocol cost it?
//
// Figure (a): one worker alone, ingress in memory, egress counted, 10^6 users with a row each and 250,000 rows of email
// senders, the real codec, endpoint, heap backend, protocol and filesystem stores. The floor beside it is the same work
// in two bare hash maps. Surprising would be: less than 1,000,000 units per second of the loop's CPU time with a
// snapshot every second, more than 5 % below `none`, one allocation per unit, or a stall of the loop beyond 1 ms.
//
//   bench-worker [--blocks=5] [--block-ms=2000] [--interval-ms=1000] [--keys=1000000] [--contenders=none,unaligned,...]
//     Blocks of all contenders in random order, so that whatever the machine does meets them all; one line of JSON
//     each.
//   bench-worker --units=100000 [--keys=1000] [--contenders=none]
//     So many units without snapshots on one thread: for counts, which come out the same every time.
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <map>
#include <ranges>
#include <vector>

#include "core/base/random.h"
#include "core/protocols/message-logging/message_logging.h"
#include "core/protocols/none/none.h"
#include "core/protocols/stop-the-world/stop_the_world.h"
#include "core/protocols/unaligned/unaligned.h"
#include "tests/bench/support/bare_greeter.h"
#include "tests/bench/support/worker_rig.h"
#include "tests/support/temporary_folder.h"

namespace holdfast::bench {
namespace {

using std::chrono::milliseconds;

const std::map<std::string, std::function<ProtocolFactory()>, std::less<>> kProtocols{
    {"none", NoneProtocol},
    {"stop-the-world", StopTheWorldProtocol},
    {"unaligned", UnalignedProtocol},
    {"message-logging", MessageLoggingProtocol}};
constexpr std::string_view kFloor = "bare-map";

struct Arguments {
  std::uint64_t blocks = 5, block_ms = 2'000, interval_ms = 1'000, keys = 1'000'000, units = 0;
  std::vector<std::string> contenders{"none", "unaligned", "stop-the-world", "message-logging", std::string(kFloor)};
};

[[noreturn]] void Refuse(std::string_view argument) {
  fmt::print(stderr, "bench-worker: {} is not understood; the first lines of worker_bench.cc say what is\n", argument);
  std::exit(2);
}

Arguments Parse(int count, char** words) {
  Arguments arguments;
  const std::map<std::string_view, std::uint64_t*> numbers{{"--blocks", &arguments.blocks},
                                                           {"--block-ms", &arguments.block_ms},
                                                           {"--interval-ms", &arguments.interval_ms},
                                                           {"--keys", &arguments.keys},
                                                           {"--units", &arguments.units}};
  for (const std::string_view word : std::span(words, static_cast<std::size_t>(count)).subspan(1)) {
    const auto equals = std::min(word.find('='), word.size());
    const auto value = word.substr(std::min(equals + 1, word.size()));
    if (word.substr(0, equals) == "--contenders") {
      arguments.contenders.clear();
      for (const auto name : std::views::split(value, ',')) {
        arguments.contenders.emplace_back(name.begin(), name.end());
        if (arguments.contenders.back() != kFloor && !kProtocols.contains(arguments.contenders.back())) Refuse(word);
      }
      continue;
    }
    const auto number = numbers.find(word.substr(0, equals));
    if (number == numbers.end()) Refuse(word);
    const auto read = std::from_chars(value.data(), value.data() + value.size(), *number->second);
    if (value.empty() || read.ec != std::errc() || read.ptr != value.data() + value.size()) Refuse(word);
  }
  return arguments;
}

greeter::GreeterOptions Options(const Arguments& arguments) {
  greeter::GreeterOptions options;
  options.users = arguments.keys;
  options.partitions = 1;
  return options;
}

// Who is measured: a worker with some protocol, or the floor.
class Contender {
 public:
  Contender(const std::string& name, const Arguments& arguments, VisitTape& tape, const std::filesystem::path& folder) {
    if (name == kFloor) {
      bare_ = std::make_unique<BareGreeter>(tape);
      return;
    }
    std::filesystem::create_directory(folder / name);
    worker_ =
        std::make_unique<WorkerRig>(kProtocols.at(name)(), greeter::GreeterApplication(Options(arguments)).value(),
                                    tape, folder / name, arguments.units > 0 ? Jobs::kOnLoop : Jobs::kOnThreads);
  }
  Figures RunFor(Duration time, Duration interval) {
    if (bare_) return bare_->RunFor(time);
    const auto figures = worker_->RunFor(time, interval);
    worker_->Check();
    return figures;
  }
  Figures RunUnits(std::uint64_t units) {
    if (bare_) return bare_->RunUnits(units);
    const auto figures = worker_->RunUnits(units);
    worker_->Check();
    return figures;
  }
  StateSize size() const { return bare_ ? bare_->size() : worker_->state_size(); }

 private:
  std::unique_ptr<BareGreeter> bare_;
  std::unique_ptr<WorkerRig> worker_;
};

void Print(std::string_view contender, std::uint64_t block, const Figures& figures, const StateSize& size) {
  const auto seconds = [](Duration duration) { return std::chrono::duration<double>(duration).count(); };
  fmt::print(R"({{"contender": "{}", "block": {}, "units": {}, "loop_cpu_s": {:.9f}, "process_cpu_s": {:.9f}, )"
             R"("wall_s": {:.9f}, "allocations": {}, "snapshots": {}, "turns": {}, "longest_turn_s": {:.9f}, )"
             R"("events_s": {:.9f}, "longest_event_s": {:.9f}, "longest_cut_s": {:.9f}, "part_bytes": {}, "rows": {}, )"
             R"("state_bytes": {}}})"
             "\n",
             contender, block, figures.units, seconds(figures.loop_cpu), seconds(figures.process_cpu),
             seconds(figures.wall), figures.loop_allocations, figures.snapshots, figures.turns,
             seconds(figures.longest_turn), seconds(figures.events), seconds(figures.longest_event),
             seconds(figures.longest_cut), figures.part_bytes, size.rows, size.memory_bytes);
  std::fflush(stdout);
}

void Run(const Arguments& arguments) {
  const TemporaryFolder folder;
  VisitTape tape(greeter::GreeterInput(1, Options(arguments)));
  std::map<std::string, std::unique_ptr<Contender>> contenders;
  for (const auto& name : arguments.contenders) {
    contenders[name] = std::make_unique<Contender>(name, arguments, tape, folder.path());
  }
  if (arguments.units > 0) {
    for (auto& [name, contender] : contenders) Print(name, 0, contender->RunUnits(arguments.units), contender->size());
    return;
  }
  Random random(1);
  auto order = arguments.contenders;
  for (std::uint64_t block = 0; block < arguments.blocks; ++block) {
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.Below(i)]);
    for (const auto& name : order) {
      const auto figures =
          contenders[name]->RunFor(milliseconds(arguments.block_ms), milliseconds(arguments.interval_ms));
      Print(name, block, figures, contenders[name]->size());
    }
  }
}

}  // namespace
}  // namespace holdfast::bench

int main(int count, char** words) { holdfast::bench::Run(holdfast::bench::Parse(count, words)); }
