// What the testbed tells the process under test when it starts it: a YAML file of which `holdfast sut --config` is the
// reader.
//
//   gateway: /tmp/holdfast-Xy1/gateway-2.sock    where the testbed listens
//   incarnation: 2                               raised at every start
//   data: /tmp/holdfast-Xy1/data                 the folder for snapshots, logs and state; kept over restarts
//   seed: 42
//   kill-switch: /tmp/holdfast-Xy1/kill-switch   of a run that kills in the middle of disk calls; else left out
//   troubles: /tmp/holdfast-Xy1/troubles         of a run whose ports misbehave; else left out
//   point:                                       sections and options, as in the defaults of a suite
//     workload: {name: greeter, users: 10000}
//     protocol: {name: unaligned, interval: 1s}
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/config_tree.h"
#include "core/base/ids.h"
#include "core/base/result.h"

namespace holdfast {

struct SutConfig {
  std::string gateway;
  Incarnation incarnation;
  std::string data;
  std::uint64_t seed = 0;
  std::string kill_switch{};  // See chaos/faults/kill_switch.h; empty: none.
  std::string troubles{};     // See chaos/faults/port_trouble.h; empty: none.
  // ("protocol", "unaligned"), ("protocol.interval", "1s"), ...: SuitePoint::Resolved().
  std::vector<std::pair<std::string, std::string>> point;
};

std::string SutConfigText(const SutConfig& config);
// Puts that text into a file; kExhausted if it cannot be written.
Status WriteSutConfig(const SutConfig& config, const std::string& path);
// Reads what SutConfigText wrote; `file` is what errors call it.
Result<SutConfig> ParseSutConfig(std::string_view text, std::string_view file);
// The point as a suite of one point, for ParseSuite (workloads/suite/config/suite.h) to read strictly.
ConfigTree PointAsSuite(const SutConfig& config);

}  // namespace holdfast
