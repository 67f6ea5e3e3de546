// Load for the echo system, and the engine around it.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "apps/gateway/unix_link.h"
#include "engines/collector/collector.h"
#include "engines/generator/generator.h"
#include "engines/holdfast/holdfast_engine.h"
#include "engines/steady_now.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {

class EchoInput final : public Input {
 public:
  std::uint16_t partitions() const override { return 2; }
  void Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const override {
    record.key = fmt::to_string(partition);
    record.value = fmt::format("{}:{}", partition, offset);
  }
};

inline Generator EchoLoad(Rate rate, Duration length) {
  return Generator({.input = std::make_shared<EchoInput>(),
                    .schedule = {1, rate, ArrivalSchedule::Spread::kPoisson, 2},
                    .warm_up = {},
                    .end = length,
                    .in_flight = 4096});
}

inline HoldfastEngine::Options EchoOptions(const std::string& mode, const TemporaryFolder& folder) {
  return {.command = {ECHO_SYSTEM, mode},
          .config = {.gateway = {}, .incarnation = {}, .data = {}, .seed = 1, .point = {{"workload", "echo"}}},
          .parent_folder = folder.path(),
          .cpus = {},
          .tamper = {},
          .data_folder = {}};
}

// How often each value became visible.
inline std::map<std::string, int> Sightings(const Collector& collector) {
  std::map<std::string, int> sightings;
  for (const auto& visible : collector.visible()) {
    auto rest = visible.records;
    for (EgressRecord record; TakeEgressRecord(rest, record);) ++sightings[std::string(record.value)];
  }
  return sightings;
}

}  // namespace holdfast
