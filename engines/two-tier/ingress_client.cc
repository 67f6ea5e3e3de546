#include "engines/two-tier/ingress_client.h"

#include <algorithm>

#include "core/model/envelope.h"
#include "engines/steady_now.h"
#include "engines/two-tier/service.h"

namespace holdfast::two_tier {

namespace {

constexpr std::size_t kBatchBytes = 16 << 10;
constexpr int kOffsetBits = 47;

std::vector<std::string> Services(const IngressClient::Options& options) {
  std::vector<std::string> sockets;
  for (int i = 0; i < options.services; ++i) sockets.push_back(ServiceSocket(options.folder, i));
  return sockets;
}

}  // namespace

std::int64_t MessageIdOf(PartitionId partition, std::uint64_t offset) {
  return -1 - static_cast<std::int64_t>(std::uint64_t{partition.value} << kOffsetBits | offset);
}

IngressClient::IngressClient(Options options, EventLoop& loop, std::shared_ptr<const Application> application,
                             Generator& generator)
    : options_(std::move(options)),
      application_(std::move(application)),
      generator_(generator),
      courier_(loop, Services(options_)) {
  encode_ = [this](std::string& out, const InputRecord& record) {
    out.append(record.value);  // So that a batch knows its size.
    records_.push_back(record);
  };
}

void IngressClient::Pump() {
  for (std::uint16_t p = 0; p < generator_.partitions(); ++p) {
    const PartitionId partition(p);
    if (!Room()) {
      generator_.Blocked(partition);
      continue;
    }
    records_.clear();
    if (!generator_.Take(partition, SteadyNow(), acknowledged_, kBatchBytes, encode_, batch_)) continue;
    for (std::uint64_t i = 0; i < records_.size(); ++i) Send(partition, batch_.first + i, records_[i]);
    generator_.Sent(batch_, SteadyNow());
  }
}

void IngressClient::Send(PartitionId partition, std::uint64_t offset, const InputRecord& record) {
  const auto& ingress = application_->ingresses().at(record.ingress);
  std::string envelope;
  AppendEnvelope(envelope, {{ingress.target, record.key},
                            {},
                            ingress.value_type,
                            KeyGroupOf(record.key, application_->max_parallelism()),
                            record.value});
  courier_.Send({.peer = static_cast<std::size_t>(OwnerOf(record.key, options_.services)),
                 .lane = record.key,
                 .request = {"/message", fmt::to_string(MessageIdOf(partition, offset)), std::move(envelope)},
                 .delivered = [this](const std::string&) { ++acknowledged_; }});
}

SteadyTime IngressClient::NextDue() const {
  auto next = kNotDue;
  if (!Room()) return next;
  for (std::uint16_t p = 0; p < generator_.partitions(); ++p) {
    next = std::min(next, generator_.NextDue(PartitionId(p), acknowledged_));
  }
  return next;
}

}  // namespace holdfast::two_tier
