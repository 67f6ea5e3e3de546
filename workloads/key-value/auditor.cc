#include "workloads/key-value/auditor.h"

#include <algorithm>

#include "core/base/hash.h"
#include "workloads/oracles/state_reader.h"

namespace holdfast::key_value {

KeyValueAuditor::KeyValueAuditor(std::shared_ptr<const Application> application, KeyValueInput input)
    : application_(std::move(application)),
      input_(std::move(input)),
      request_type_(application_->ValueTypeOf<Request>().value()),
      walked_(input_.partitions(),
              [this](PartitionId partition, std::uint64_t offset, int sign) { Walk(partition, offset, sign); }) {}

void KeyValueAuditor::Walk(PartitionId partition, std::uint64_t offset, int sign) {
  const auto [verb, key] = input_.At(partition, offset);
  if (verb == Verb::kRead) return;
  auto& versions = written_[key];
  if (sign < 0) {
    versions.pop_back();
    if (versions.empty()) written_.erase(key);
    return;
  }
  const auto link = verb == Verb::kModify && !versions.empty() ? versions.back() : 0;
  versions.push_back(Hash64(input_.ValueAt(partition, offset), link));
}

void KeyValueAuditor::Row(std::string_view function, std::string_view id, std::string_view record) {
  const auto key = NumberInId(id, "key-");
  if (function != "key-value/key" || !key) {
    return Blame([&] { return fmt::format("a state of '{}' '{}', which there can not be", function, id); });
  }
  const auto& spec = application_->functions()[application_->FindFunction(function).value().value];
  const auto held = ReadState<Held>(spec, record, "held").value_or(Held{});
  auto& mark = found_[*key].held;
  if (mark.version != 0) Blame([&] { return fmt::format("'{}' has two states", id); });
  if (held.version != 0) mark = {held.version, Hash64(held.value, held.link)};
}

void KeyValueAuditor::Message(const InTransit& transit) {
  const auto& message = transit.message;
  if (transit.where == InTransit::Where::kOperation || message.value_type != request_type_) {
    return Blame([] { return "something is on its way that nobody sends"; });
  }
  Request request;
  if (!Codec<Request>::Decode(message.payload, request) || request.partition >= walked_.partitions()) {
    return Blame([] { return "a request does not parse"; });
  }
  const PartitionId partition(static_cast<std::uint16_t>(request.partition));
  const auto [verb, key] = input_.At(partition, request.offset);
  if (message.target.id != KeyValueInput::KeyId(key)) {
    return Blame([&] {
      return fmt::format("request {}/{} is on its way to '{}', not to key-{}", request.partition, request.offset,
                         message.target.id, key);
    });
  }
  if (!on_their_way_.insert({request.partition, request.offset}).second) {
    Blame([&] { return fmt::format("request {}/{} is on its way twice", request.partition, request.offset); });
  }
  if (verb != Verb::kRead) ++found_[key].waiting;
}

void KeyValueAuditor::JudgeKey(std::uint64_t key, const Found& found) {
  const auto place = written_.find(key);
  const auto writes = place == written_.end() ? 0 : place->second.size();
  const auto& held = found.held;
  if (held.version + found.waiting != writes) {
    return Blame([&] {
      return fmt::format("key-{} was written {} times, holds version {}, and {} writes are on their way", key, writes,
                         held.version, found.waiting);
    });
  }
  if (held.version != 0 && place->second[held.version - 1] != held.checksum) {
    Blame([&] { return fmt::format("what key-{} holds as version {} is another version", key, held.version); });
  }
}

void KeyValueAuditor::Judge(std::string_view line, Findings& findings) {
  walked_.EndOfLine();
  for (const auto& [partition, offset] : on_their_way_) {
    if (offset < walked_.end(PartitionId(static_cast<std::uint16_t>(partition)))) continue;
    Blame([&] { return fmt::format("request {}/{} is on its way from beyond the positions", partition, offset); });
  }
  for (const auto& [key, versions] : written_) found_.try_emplace(key);
  std::vector<std::uint64_t> keys;
  for (const auto& [key, found] : found_) keys.push_back(key);
  std::ranges::sort(keys);
  for (const auto key : keys) JudgeKey(key, found_.at(key));
  for (const auto& what : trouble_) {
    findings.Add(Damage::kInconsistentLine, [&] { return fmt::format("{}: {}", line, what); });
  }
  found_.clear();
  on_their_way_.clear();
  trouble_.clear();
}

}  // namespace holdfast::key_value
