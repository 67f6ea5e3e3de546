// The client of the services: posts the generator's records to them as messages, each until it is acknowledged, those
// for one address in their order. It is what a consumer of a broker would be, and never fails itself.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/model/application.h"
#include "engines/generator/generator.h"
#include "engines/two-tier/courier.h"

namespace holdfast::two_tier {

// The id of the message that a record becomes: below zero, where no row of a database has its own.
std::int64_t MessageIdOf(PartitionId partition, std::uint64_t offset);

// Lives on its loop.
class IngressClient {
 public:
  struct Options {
    std::string folder;  // Of the services' sockets.
    int services = 1;
    std::size_t most_under_way = 512;  // Beyond that, records wait in the generator.
  };

  // Requires: loop and generator outlive it, and the application has an ingress.
  IngressClient(Options options, EventLoop& loop, std::shared_ptr<const Application> application, Generator& generator);

  // Takes what is due.
  void Pump();
  // When the next record should leave; kNotDue if none will before something else happens.
  SteadyTime NextDue() const;
  std::size_t under_way() const { return courier_.under_way(); }
  std::uint64_t acknowledged() const { return acknowledged_; }

 private:
  bool Room() const { return courier_.under_way() < options_.most_under_way; }
  void Send(PartitionId partition, std::uint64_t offset, const InputRecord& record);

  const Options options_;
  const std::shared_ptr<const Application> application_;
  Generator& generator_;
  Courier courier_;
  std::vector<InputRecord> records_;  // Of the batch that is being taken.
  Generator::Encoder encode_;
  Generator::Batch batch_;
  std::uint64_t acknowledged_ = 0;
};

}  // namespace holdfast::two_tier
