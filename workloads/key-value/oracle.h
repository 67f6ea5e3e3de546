// The key-value oracle. It walks the same requests as the system, and since a key is asked through one partition only,
// knows for each the one right reply: which version a read finds and its checksum, which version a write leaves. So
// every version of a key is written once, each read sees the last one before it in its key's order, and a
// read-modify-write stands on what it says it read.
//
// It shares the message definitions and the input with the system, and no code with the function.
#pragma once

#include <memory>
#include <vector>

#include "core/model/application.h"
#include "workloads/key-value/application.h"
#include "workloads/key-value/messages.h"
#include "workloads/oracles/oracle.h"
#include "workloads/oracles/outstanding.h"
#include "workloads/oracles/seen_marks.h"

namespace holdfast::key_value {

class KeyValueOracle final : public Oracle {
 public:
  // `application` gives the numbers of egresses and states.
  KeyValueOracle(std::shared_ptr<const Application> application, KeyValueInput input);

  void Offered(PartitionId partition, std::uint64_t end) override;
  void See(const EgressRecord& record) override;
  void Disturbed() override {}
  void ClocksDisagree() override {}
  void Finish() override;
  // Demands that every key that was written, and no other, holds what its last write left.
  void CheckState(const ForEachAddress& for_each) override;

  Ledger ledger() const override;
  const Findings& findings() const override { return findings_; }

 private:
  struct KeyStory {
    Mark now;                       // After the requests walked so far.
    std::uint64_t next_offset = 0;  // One past the latest request whose reply was seen.
  };
  struct Due {
    std::uint64_t key = 0;
    Verb verb{};
    Mark found;
    Mark left;
  };
  struct Partition {
    std::uint64_t offered = 0;
    Outstanding<Due> due;
    SeenMarks marks;
    std::vector<KeyStory> keys;  // Key number i * partitions + the partition's number stands at i.
  };

  // Makes what follows from the requests below `end` due, and perhaps from some more. Requires: they were offered.
  void WalkTo(PartitionId partition, std::uint64_t end);
  void Walk(PartitionId partition, const KeyValueInput::Place& place);
  void SeeReply(const Reply& reply, const EgressRecord& record);
  void CheckContent(const Reply& reply, std::string_view record_key, const Due& due);
  void CheckOrder(const Reply& reply, KeyStory& key);
  KeyStory& StoryOf(std::uint64_t key) { return partitions_[key % partitions_.size()].keys[key / partitions_.size()]; }
  // The key with this id, if any request walked so far was about it.
  KeyStory* FindStory(std::string_view id);
  std::string Name(const Reply& reply) const;

  std::shared_ptr<const Application> application_;
  KeyValueInput input_;
  EgressId replies_;
  std::vector<Partition> partitions_;
  std::uint64_t seen_ = 0;
  Findings findings_;
};

}  // namespace holdfast::key_value
