#include "workloads/key-value/oracle.h"

#include <array>

#include "core/base/hash.h"
#include "core/model/application_builder.h"
#include "workloads/oracles/strange_record.h"

namespace holdfast::key_value {
namespace {

bool Same(const Mark& a, const Mark& b) { return a.version == b.version && a.checksum == b.checksum; }

std::string Text(const Mark& mark) {
  if (mark.version == 0 && mark.checksum == 0) return "nothing";
  return fmt::format("version {} ({:016x})", mark.version, mark.checksum);
}

std::string_view VerbName(std::uint32_t verb) {
  constexpr std::array<std::string_view, 4> kNames{"read", "update", "read-modify-write", "insert"};
  return verb < kNames.size() ? kNames[verb] : "unknown verb";
}

}  // namespace

KeyValueOracle::KeyValueOracle(std::shared_ptr<const Application> application, KeyValueInput input)
    : application_(std::move(application)),
      input_(std::move(input)),
      replies_(application_->FindEgress(kReplies.name).value()),
      partitions_(input_.partitions()) {}

void KeyValueOracle::Offered(PartitionId partition, std::uint64_t end) {
  auto& offered = partitions_.at(partition.value).offered;
  offered = std::max(offered, end);
}

// Walks a block at a time: with many keys each step waits for memory, and the prefetches let a block wait together.
void KeyValueOracle::WalkTo(PartitionId id, std::uint64_t end) {
  auto& partition = partitions_[id.value];
  while (partition.due.end() < end) {
    std::array<KeyValueInput::Place, 32> block;
    const auto size = std::min<std::uint64_t>(block.size(), partition.offered - partition.due.end());
    for (std::uint64_t i = 0; i < size; ++i) {
      block[i] = input_.At(id, partition.due.end() + i);
      const auto index = block[i].key / partitions_.size();
      if (index >= partition.keys.size()) partition.keys.resize(index + 1);
      __builtin_prefetch(&partition.keys[index]);
    }
    for (std::uint64_t i = 0; i < size; ++i) Walk(id, block[i]);
  }
}

void KeyValueOracle::Walk(PartitionId id, const KeyValueInput::Place& place) {
  auto& due = partitions_[id.value].due;
  auto& now = StoryOf(place.key).now;
  Due reply{.key = place.key, .verb = place.verb, .found = {}, .left = {}};
  if (place.verb == Verb::kRead || place.verb == Verb::kModify) reply.found = now;
  if (place.verb != Verb::kRead) {
    const auto link = place.verb == Verb::kModify ? now.checksum : 0;
    now = {now.version + 1, Hash64(input_.ValueAt(id, due.end()), link)};
    reply.left = now;
  }
  due.Add(reply);
}

std::string KeyValueOracle::Name(const Reply& reply) const {
  return fmt::format("the reply to {} {}/{} of '{}'", VerbName(reply.verb), reply.partition, reply.offset, reply.key);
}

void KeyValueOracle::See(const EgressRecord& record) {
  if (record.egress != replies_) return AddStrangeRecord(record, findings_);
  Reply reply;
  if (!Codec<Reply>::Decode(record.value, reply)) {
    findings_.Add(Damage::kPhantom, [&] { return fmt::format("{} bytes that are no reply", record.value.size()); });
    return;
  }
  if (reply.partition >= partitions_.size() || reply.offset >= partitions_[reply.partition].offered) {
    findings_.Add(Damage::kPhantom, [&] { return Name(reply) + ": no such request was offered"; });
    return;
  }
  SeeReply(reply, record);
}

void KeyValueOracle::SeeReply(const Reply& reply, const EgressRecord& record) {
  const PartitionId id(static_cast<std::uint16_t>(reply.partition));
  auto& partition = partitions_[id.value];
  WalkTo(id, reply.offset + 1);
  switch (partition.marks.Mark(reply.offset, record.value)) {
    case SeenMarks::Sight::kSame:
      return findings_.Add(Damage::kDuplicate, [&] { return Name(reply) + " came again"; });
    case SeenMarks::Sight::kOther:
      return findings_.Add(Damage::kContradictory, [&] { return Name(reply) + " came again with other content"; });
    case SeenMarks::Sight::kFirst:
      break;
  }
  const auto due = partition.due.Take(reply.offset);
  HOLDFAST_CHECK(due.has_value(), "request {}/{} was never walked", id, reply.offset);
  ++seen_;
  CheckContent(reply, record.key, *due);
  CheckOrder(reply, StoryOf(due->key));
}

void KeyValueOracle::CheckContent(const Reply& reply, std::string_view record_key, const Due& due) {
  const auto key = KeyValueInput::KeyId(due.key);
  const auto verb = static_cast<std::uint32_t>(due.verb);
  if (reply.key == key && record_key == key && reply.verb == verb && Same(reply.found, due.found) &&
      Same(reply.left, due.left)) {
    return;
  }
  findings_.Add(Damage::kContradictory, [&] {
    return fmt::format("{} to '{}' found {} and left {}; the {} of '{}' had to find {} and leave {}", Name(reply),
                       record_key, Text(reply.found), Text(reply.left), VerbName(verb), key, Text(due.found),
                       Text(due.left));
  });
}

void KeyValueOracle::CheckOrder(const Reply& reply, KeyStory& key) {
  if (reply.offset < key.next_offset) {
    findings_.Add(Damage::kOutOfOrder, [&] {
      return fmt::format("{} came after that to request {}/{}", Name(reply), reply.partition, key.next_offset - 1);
    });
  }
  key.next_offset = std::max(key.next_offset, reply.offset + 1);
}

void KeyValueOracle::Finish() {
  for (std::uint16_t p = 0; p < partitions_.size(); ++p) {
    WalkTo(PartitionId(p), partitions_[p].offered);
    partitions_[p].due.ForEach([&](std::uint64_t offset, const Due& due) {
      findings_.Add(Damage::kMissing, [&] {
        return fmt::format("no reply to {} {}/{} of '{}'", VerbName(static_cast<std::uint32_t>(due.verb)), p, offset,
                           KeyValueInput::KeyId(due.key));
      });
    });
  }
}

Ledger KeyValueOracle::ledger() const {
  std::uint64_t expected = 0;
  for (const auto& partition : partitions_) expected += partition.offered;
  return findings_.LedgerOf(expected, seen_);
}

}  // namespace holdfast::key_value
