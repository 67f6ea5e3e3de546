#include "workloads/chain/application.h"

#include "core/model/application_builder.h"
#include "workloads/chain/functions.h"

namespace holdfast::chain {
namespace {

Status CheckOptions(const ChainOptions& options) {
  const auto wrong = [](std::string_view why) { return MakeError(ErrorCode::kInvalidArgument, "chain: {}", why); };
  const auto& routes = options.routes;
  if (routes.hops == 0) return wrong("hops must be at least 1");
  if (routes.fan_out == 0) return wrong("fan-out must be at least 1");
  if (routes.instances == 0) return wrong("instances must be at least 1");
  if (options.partitions == 0) return wrong("partitions must be at least 1");
  if (routes.locality > 100) return wrong("locality is a percentage: at most 100");
  if (!(routes.skew.theta >= 0)) return wrong("the skew must not be negative");
  return {};
}

}  // namespace

Result<std::shared_ptr<const Application>> ChainApplication(const ChainOptions& options, std::uint64_t seed) {
  HOLDFAST_TRY(CheckOptions(options));
  const auto routes = std::make_shared<const Routes>(seed, options.routes);
  ApplicationBuilder app("chain", options.routes.max_parallelism);
  app.Add<Root>([routes] { return std::make_unique<Root>(routes); });
  app.Add<Hop>([routes] { return std::make_unique<Hop>(routes); });
  app.AddIngress<Root, Start>(std::string(kStarts));
  app.AddEgress(kOutcomes);
  return std::move(app).Build();
}

ChainInput::ChainInput(std::uint64_t seed, const ChainOptions& options)
    : seed_(Mix64(seed)), options_(options), routes_(seed, options.routes) {
  CheckOptions(options).OrDie();
  Random random(seed);
  for (std::uint32_t i = 0; i < 2 * options.payload_bytes; ++i) {
    ballast_.push_back(static_cast<char>('a' + random.Below(26)));
  }
}

std::string_view ChainInput::PayloadAt(PartitionId partition, std::uint64_t offset) const {
  if (ballast_.empty()) return {};
  const auto place = Mix64(seed_ ^ Mix64(std::uint64_t{partition.value} << 48 ^ offset));
  return std::string_view(ballast_).substr(place % options_.payload_bytes, options_.payload_bytes);
}

void ChainInput::Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const {
  HOLDFAST_CHECK(partition.value < options_.partitions, "partition {} of {}", partition, options_.partitions);
  record.key = Routes::RootId(partition, offset);
  record.value.clear();
  Codec<Start>::Encode({partition.value, offset, PayloadAt(partition, offset)}, record.value);
}

}  // namespace holdfast::chain
