#include "tests/bench/support/bare_greeter.h"

#include <algorithm>

#include "tests/bench/support/allocations.h"
#include "workloads/greeter/functions.h"

namespace holdfast::bench {
namespace {

constexpr std::size_t kVisitsPerTurn = 128;

}  // namespace

BareGreeter::BareGreeter(const VisitTape& tape) : tape_(tape) {
  while (place_ < tape_.loop) Turn();
}

void BareGreeter::Visit(std::string_view key, std::string_view bytes) {
  greeter::Visit visit;
  HOLDFAST_CHECK(Codec<greeter::Visit>::Decode(bytes, visit), "a visit of {} bytes does not parse", bytes.size());
  auto found = users_.find(key);
  if (found == users_.end()) found = users_.emplace(std::string(key), User()).first;
  auto& user = found->second;
  user.witness =
      greeter::Link(user.witness, key, {visit.partition, visit.offset, Hash64(visit.address), Hash64(visit.note)});
  char buffer[64];
  message_.clear();
  Codec<greeter::Greeting>::Encode({visit.partition, visit.offset, key, ++user.visits,
                                    greeter::GreetingText(user.visits, buffer), *user.witness, visit.note},
                                   message_);
  ++units_;
  Greet(visit.address, message_);
}

void BareGreeter::Greet(std::string_view address, std::string_view bytes) {
  greeter::Greeting greeting;
  HOLDFAST_CHECK(Codec<greeter::Greeting>::Decode(bytes, greeting), "a greeting does not parse");
  auto found = senders_.find(address);
  const bool known = found != senders_.end();
  const auto sender = greeter::Link(known ? std::optional(found->second) : std::nullopt, address,
                                    {greeting.partition, greeting.offset, static_cast<std::uint64_t>(greeting.visits),
                                     greeting.greeter.chain, Hash64(greeting.text), Hash64(greeting.note)});
  if (known) {
    found->second = sender;
  } else {
    senders_.emplace(std::string(address), sender);
  }
  Codec<greeter::Email>::Encode({greeting.partition, greeting.offset, greeting.user, greeting.visits, greeting.text,
                                 greeting.greeter, address, sender},
                                egress_);
  ++units_;
}

void BareGreeter::Turn() {
  egress_.clear();
  for (std::size_t visit = 0; visit < kVisitsPerTurn; ++visit) {
    const auto& record = tape_.records[place_];
    Visit(record.key, record.value);
    if (++place_ == tape_.records.size()) place_ = tape_.loop;
  }
}

template <class More>
Figures BareGreeter::Run(More&& more) {
  Figures figures;
  const auto units = units_;
  const auto allocations = ThreadAllocations();
  const auto begin = ThreadCpuTime();
  const auto process = ProcessCpuTime();
  const auto wall = WallTime();
  for (auto now = begin; more(now - begin, units_ - units);) {
    Turn();
    const auto end = ThreadCpuTime();
    figures.longest_turn = std::max(figures.longest_turn, end - std::exchange(now, end));
    figures.loop_cpu = end - begin;
    ++figures.turns;
  }
  figures.units = units_ - units;
  figures.loop_allocations = ThreadAllocations() - allocations;
  figures.wall = WallTime() - wall;
  figures.process_cpu = ProcessCpuTime() - process;
  return figures;
}

Figures BareGreeter::RunFor(Duration time) {
  return Run([time](Duration passed, std::uint64_t) { return passed < time; });
}

Figures BareGreeter::RunUnits(std::uint64_t units) {
  return Run([units](Duration, std::uint64_t done) { return done < units; });
}

StateSize BareGreeter::size() const {
  const auto slots = [](const auto& map) { return map.bucket_count() * (sizeof(*map.begin()) + 1); };
  return {users_.size() + senders_.size(), 0, slots(users_) + slots(senders_)};
}

}  // namespace holdfast::bench
