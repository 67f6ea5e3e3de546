#include "workloads/key-value/application.h"

#include "core/model/application_builder.h"
#include "workloads/key-value/functions.h"

namespace holdfast::key_value {
namespace {

constexpr std::uint32_t kLeastValue = 16;
// Far more windows than one can tell apart by chance, in little memory.
constexpr std::uint32_t kWindows = 1 << 16;

Status CheckOptions(const KeyValueOptions& options) {
  const auto wrong = [](std::string_view why) { return MakeError(ErrorCode::kInvalidArgument, "key-value: {}", why); };
  if (options.keys == 0) return wrong("keys must be at least 1");
  if (options.partitions == 0) return wrong("partitions must be at least 1");
  if (options.partitions > options.keys) {
    return wrong(fmt::format("{} keys cannot fill {} partitions; use at most {} partitions", options.keys,
                             options.partitions, options.keys));
  }
  if (options.value_bytes < kLeastValue) {
    return wrong(fmt::format("value-size must be at least {}B: smaller values cannot be told apart", kLeastValue));
  }
  if (!(options.theta > 0)) return wrong("zipf-theta must be above 0; for no skew use distribution: uniform");
  const auto& mix = options.mix;
  if (const auto sum = mix.read + mix.update + mix.modify + mix.insert; sum != 100) {
    return wrong(
        fmt::format("read, update, read-modify-write and insert are {} + {} + {} + {} = {} percent; they must "
                    "make up 100",
                    mix.read, mix.update, mix.modify, mix.insert, sum));
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const Application>> KeyValueApplication(const KeyValueOptions& options) {
  HOLDFAST_TRY(CheckOptions(options));
  ApplicationBuilder app("key-value", options.max_parallelism);
  app.Add<Key>();
  app.AddIngress<Key, Request>(std::string(kRequests));
  app.AddEgress(kReplies);
  return std::move(app).Build();
}

KeyValueInput::KeyValueInput(std::uint64_t seed, const KeyValueOptions& options)
    : seed_(Mix64(seed)), options_(options) {
  CheckOptions(options).OrDie();
  for (std::uint64_t p = 0; p < options.partitions; ++p) {
    own_.push_back((options.keys - p + options.partitions - 1) / options.partitions);
    const bool skewed = options.distribution != Distribution::kUniform;
    chooser_.emplace_back(own_.back(), Skew{skewed ? options.theta : 0});
  }
  Random random(seed);
  while (ballast_.size() < kWindows + options.value_bytes) {
    for (auto bits = random.Next(); bits != 0; bits >>= 8) ballast_.push_back(static_cast<char>(bits));
  }
}

std::uint64_t KeyValueInput::Number(PartitionId partition, std::uint64_t offset) const {
  return Mix64(seed_ ^ Mix64(std::uint64_t{partition.value} << 48 ^ offset));
}

Verb KeyValueInput::DrawVerb(Random& random) const {
  const auto& mix = options_.mix;
  const auto point = random.Below(100 - mix.insert);
  if (point < mix.read) return Verb::kRead;
  return point < mix.read + mix.update ? Verb::kUpdate : Verb::kModify;
}

KeyValueInput::Place KeyValueInput::At(PartitionId partition, std::uint64_t offset) const {
  const auto own = own_[partition.value];
  const auto key = [&](std::uint64_t index) { return index * options_.partitions + partition.value; };
  if (options_.preload) {
    if (offset < own) return {Verb::kInsert, key(offset)};
    offset -= own;
  }
  const std::uint64_t insert = options_.mix.insert;
  const auto inserted = offset * insert / 100;
  if ((offset + 1) * insert / 100 > inserted) return {Verb::kInsert, key(own + inserted)};
  Random random(Number(partition, offset));
  const auto verb = DrawVerb(random);
  switch (options_.distribution) {
    case Distribution::kUniform:
      return {verb, key(random.Below(own + inserted))};
    case Distribution::kZipf:
      return {verb, key(chooser_[partition.value].Choose(random))};
    case Distribution::kLatest:
      break;
  }
  return {verb, key(own + inserted - 1 - chooser_[partition.value].Choose(random))};
}

std::string_view KeyValueInput::ValueAt(PartitionId partition, std::uint64_t offset) const {
  const auto window = Mix64(Number(partition, offset)) % kWindows;
  return std::string_view(ballast_).substr(window, options_.value_bytes);
}

std::string KeyValueInput::KeyId(std::uint64_t key) {
  const fmt::format_int digits(key);
  return std::string("key-").append(digits.data(), digits.size());
}

void KeyValueInput::Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const {
  HOLDFAST_CHECK(partition.value < options_.partitions, "partition {} of {}", partition, options_.partitions);
  const auto [verb, key] = At(partition, offset);
  record.key = KeyId(key);
  record.value.clear();
  const auto value = verb == Verb::kRead ? std::string_view() : ValueAt(partition, offset);
  Codec<Request>::Encode({partition.value, offset, static_cast<std::uint32_t>(verb), value}, record.value);
}

}  // namespace holdfast::key_value
