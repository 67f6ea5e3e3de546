// The joint check: what the keys hold in the end must be what the replies tell.

#include "core/base/hash.h"
#include "workloads/key-value/oracle.h"
#include "workloads/oracles/state_reader.h"

namespace holdfast::key_value {
namespace {

constexpr std::string_view kKey = "key-value/key";

}  // namespace

KeyValueOracle::KeyStory* KeyValueOracle::FindStory(std::string_view id) {
  const auto key = NumberInId(id, "key-");
  if (!key) return nullptr;
  auto& keys = partitions_[*key % partitions_.size()].keys;
  const auto index = *key / partitions_.size();
  return index < keys.size() ? &keys[index] : nullptr;
}

void KeyValueOracle::CheckState(const ForEachAddress& for_each) {
  const auto wrong = [this](std::string_view id, std::string_view why) {
    findings_.Add(Damage::kWrongState, [&] { return fmt::format("{} '{}': {}", kKey, id, why); });
  };
  std::vector<std::vector<bool>> found;
  for (const auto& partition : partitions_) found.emplace_back(partition.keys.size());
  for_each([&](std::string_view function, std::string_view id, std::string_view record) {
    if (function != kKey) {
      findings_.Add(Damage::kWrongState, [&] { return fmt::format("state of '{}', which keeps none", function); });
      return;
    }
    const auto* story = FindStory(id);
    if (!story) return wrong(id, "there is no such key");
    const auto key = *NumberInId(id, "key-");
    auto mark = found[key % partitions_.size()][key / partitions_.size()];
    if (mark) wrong(id, "its state was found twice");
    mark = true;
    const auto& spec = application_->functions()[application_->FindFunction(kKey).value().value];
    const auto held = ReadState<Held>(spec, record, "held").value_or(Held{});
    const auto& now = story->now;
    if (held.version < now.version) {
      return wrong(id, fmt::format("it holds version {} after {} writes: state was lost behind visible output",
                                   held.version, now.version));
    }
    if (held.version > now.version) {
      return wrong(id, fmt::format("it holds version {} after {} writes: some were done twice, or their replies are "
                                   "not visible",
                                   held.version, now.version));
    }
    if (now.version != 0 && Hash64(held.value, held.link) != now.checksum) {
      wrong(id, fmt::format("what it holds as version {} is not what was written as that", held.version));
    }
  });
  for (std::uint64_t p = 0; p < partitions_.size(); ++p) {
    for (std::uint64_t i = 0; i < found[p].size(); ++i) {
      const auto writes = partitions_[p].keys[i].now.version;
      if (found[p][i] || writes == 0) continue;
      wrong(KeyValueInput::KeyId(i * partitions_.size() + p), fmt::format("it holds nothing after {} writes", writes));
    }
  }
}

}  // namespace holdfast::key_value
