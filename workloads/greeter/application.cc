#include "workloads/greeter/application.h"

#include "core/model/application_builder.h"
#include "workloads/greeter/functions.h"

namespace holdfast::greeter {
namespace {

// Short enough to stay inside the string object.
std::string Numbered(std::string_view prefix, std::uint64_t number) {
  const fmt::format_int digits(number);
  return std::string(prefix).append(digits.data(), digits.size());
}

Status CheckOptions(const GreeterOptions& options) {
  const auto wrong = [](std::string_view why) { return MakeError(ErrorCode::kInvalidArgument, "greeter: {}", why); };
  if (options.users == 0) return wrong("keys must be at least 1");
  if (options.users_per_address == 0) return wrong("users-per-address must be at least 1");
  if (options.partitions == 0) return wrong("partitions must be at least 1");
  if (options.partitions > options.users) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "greeter: {} keys cannot fill {} partitions; use at most {} partitions", options.users,
                     options.partitions, options.users);
  }
  if (!(options.skew.theta >= 0)) return wrong("the skew must not be negative");
  return {};
}

}  // namespace

Result<std::shared_ptr<const Application>> GreeterApplication(const GreeterOptions& options) {
  HOLDFAST_TRY(CheckOptions(options));
  ApplicationBuilder app("greeter", options.max_parallelism);
  app.Add<Greeter>();
  app.Add<EmailSender>();
  app.AddIngress<Greeter, Visit>(std::string(kVisits));
  app.AddEgress(kEmails);
  return std::move(app).Build();
}

GreeterInput::GreeterInput(std::uint64_t seed, const GreeterOptions& options) : seed_(Mix64(seed)), options_(options) {
  CheckOptions(options).OrDie();
  addresses_ = (options.users + options.users_per_address - 1) / options.users_per_address;
  for (std::uint64_t p = 0; p < options.partitions; ++p) {
    chooser_.emplace_back((options.users - p + options.partitions - 1) / options.partitions, options.skew);
  }
  Random random(seed);
  for (std::uint32_t i = 0; i < 2 * options.padding_bytes; ++i) {
    ballast_.push_back(static_cast<char>('a' + random.Below(26)));
  }
}

std::uint64_t GreeterInput::Place(PartitionId partition, std::uint64_t offset) const {
  return Mix64(seed_ ^ Mix64(std::uint64_t{partition.value} << 48 ^ offset));
}

std::uint64_t GreeterInput::UserAt(PartitionId partition, std::uint64_t offset) const {
  Random random(Place(partition, offset));
  return chooser_[partition.value].Choose(random) * options_.partitions + partition.value;
}

std::string_view GreeterInput::NoteAt(PartitionId partition, std::uint64_t offset) const {
  if (ballast_.empty()) return {};
  return std::string_view(ballast_).substr(Place(partition, offset) % options_.padding_bytes, options_.padding_bytes);
}

std::string GreeterInput::UserId(std::uint64_t user) { return Numbered("user-", user); }
std::string GreeterInput::AddressId(std::uint64_t address) { return Numbered("box-", address); }

void GreeterInput::Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const {
  HOLDFAST_CHECK(partition.value < options_.partitions, "partition {} of {}", partition, options_.partitions);
  const auto user = UserAt(partition, offset);
  const auto address = AddressId(AddressOf(user));
  record.key = UserId(user);
  record.value.clear();
  Codec<Visit>::Encode({partition.value, offset, record.key, address, NoteAt(partition, offset)}, record.value);
}

}  // namespace holdfast::greeter
