#include "apps/host/troubled_ports.h"

#include <thread>
#include <utility>

#include "chaos/faults/faulty_channel.h"
#include "chaos/faults/faulty_disk.h"
#include "chaos/faults/faulty_endpoint.h"
#include "chaos/faults/faulty_sink.h"
#include "core/base/hash.h"
#include "transports/hosts/check_effects.h"

namespace holdfast {
namespace {

void Sleep(Duration time) { std::this_thread::sleep_for(time); }

}  // namespace

Result<std::unique_ptr<TroubledPorts>> TroubledPorts::Open(const std::string& page, std::uint64_t seed) {
  HOLDFAST_ASSIGN(auto opened, TroublePage::Open(page));
  return std::unique_ptr<TroubledPorts>(new TroubledPorts(std::move(opened), seed));
}

Random TroubledPorts::Draws(std::string_view purpose, WorkerId worker) const {
  return Random(Mix64(seed_ ^ Hash64(purpose)) + worker.value);
}

Disk& TroubledPorts::Over(Disk& disk) {
  disk_faults_ = std::make_unique<FaultInjector>(seed_, Sleep, page_.OfDisk());
  disk_ = std::make_unique<FaultyDisk>(disk, *disk_faults_);
  return *disk_;
}

void TroubledPorts::Wrap(LocalClusterParts& parts, std::uint16_t workers) {
  WrapFunctions(parts);
  WrapChannels(parts, workers);
  WrapSink(parts);
  troubled_clock_ = std::make_unique<TroubledClock>(clock_, page_);
  parts.clock = troubled_clock_.get();
}

void TroubledPorts::WrapFunctions(LocalClusterParts& parts) {
  function_faults_ = std::make_unique<FaultInjector>(seed_, Sleep, page_.OfFunctions());
  parts.make_endpoint = [this, make = std::move(parts.make_endpoint)](
                            std::shared_ptr<const Application> application) -> std::unique_ptr<Endpoint> {
    FaultyEndpoint::Hooks hooks{[application](const AddressView& self, std::string_view effects) {
                                  return CheckEffects(*application, self, effects);
                                },
                                [this](Fault fault, const AddressView&) { page_.Met(TroubleOfFunctions(fault)); }};
    return std::make_unique<FaultyEndpoint>(make(application), application, *function_faults_, std::move(hooks));
  };
}

void TroubledPorts::WrapChannels(LocalClusterParts& parts, std::uint16_t workers) {
  parts.wrap_channel = [this, workers](WorkerId self, Channel& end, HostHooks hooks) -> std::unique_ptr<Channel> {
    return std::make_unique<FaultyChannel>(end, self, workers, page_.OfPaths(),
                                           FaultyChannel::Timing{clock_, std::move(hooks.after)},
                                           Draws("channel", self));
  };
  parts.wrap_control = [this, workers](ControlBus& end, HostHooks hooks) -> std::unique_ptr<ControlBus> {
    return std::make_unique<FaultyControlBus>(
        end, workers, page_.OfPaths(), FaultyControlBus::Timing{clock_, std::move(hooks.after)}, Draws("control"));
  };
}

void TroubledPorts::WrapSink(LocalClusterParts& parts) {
  parts.connect = [this, connect = std::move(parts.connect)](WorkerId self, HostHooks hooks) -> HostPorts {
    const auto after = hooks.after;
    const auto [ingress, egress] = connect(self, std::move(hooks));
    sinks_.push_back(std::make_unique<FaultySink>(egress, self, page_.OfPaths(), clock_, after, Draws("sink", self)));
    return {ingress, *sinks_.back()};
  };
}

}  // namespace holdfast
