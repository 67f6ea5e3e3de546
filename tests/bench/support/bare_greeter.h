// The floor under a worker: the greeter's work with nothing around it. The same messages are decoded and encoded, the
// same witnesses are kept, in two bare hash maps, and nothing would survive a fault.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/hash.h"
#include "tests/bench/support/worker_rig.h"
#include "workloads/greeter/messages.h"

namespace holdfast::bench {

class BareGreeter {
 public:
  // Gives every user of the tape their first visit.
  explicit BareGreeter(const VisitTape& tape);

  // As WorkerRig: two units a visit.
  Figures RunFor(Duration time);
  Figures RunUnits(std::uint64_t units);
  StateSize size() const;

 private:
  struct IdHash {
    using is_transparent = void;
    using is_avalanching = void;
    std::size_t operator()(std::string_view id) const { return Hash64(id); }
  };
  template <class Value>
  using Map = boost::unordered_flat_map<std::string, Value, IdHash, std::equal_to<>>;
  struct User {
    std::int64_t visits = 0;
    std::optional<greeter::Witness> witness;
  };

  void Visit(std::string_view key, std::string_view bytes);
  void Greet(std::string_view address, std::string_view bytes);
  void Turn();
  template <class More>
  Figures Run(More&& more);

  const VisitTape& tape_;
  std::size_t place_ = 0;
  Map<User> users_;
  Map<greeter::Witness> senders_;
  std::string message_;
  std::string egress_;
  std::uint64_t units_ = 0;
};

}  // namespace holdfast::bench
