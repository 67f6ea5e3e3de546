// Conservation of writes. On every line,
//
//   a key's writes below the positions = its version + its writes on their way to it
//
// it holds exactly what the write of that number left, and nothing is on its way twice or from beyond the positions.
// Keeps eight bytes for each write of the line, to tell what a key held before.
#pragma once

#include <memory>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "workloads/key-value/application.h"
#include "workloads/key-value/messages.h"
#include "workloads/oracles/line_auditor.h"
#include "workloads/oracles/walked_input.h"

namespace holdfast::key_value {

class KeyValueAuditor final : public LineAuditor {
 public:
  KeyValueAuditor(std::shared_ptr<const Application> application, KeyValueInput input);

  void Position(PartitionId partition, std::uint64_t offset) override { walked_.MoveTo(partition, offset); }
  void Row(std::string_view function, std::string_view id, std::string_view record) override;
  void Message(const InTransit& message) override;
  void Judge(std::string_view line, Findings& findings) override;

 private:
  struct Found {
    Mark held;
    std::uint64_t waiting = 0;  // Writes.
  };
  void Walk(PartitionId partition, std::uint64_t offset, int sign);
  void JudgeKey(std::uint64_t key, const Found& found);
  template <class MakeSentence>
  void Blame(const MakeSentence& make_sentence) {
    trouble_.push_back(make_sentence());
  }

  const std::shared_ptr<const Application> application_;
  const KeyValueInput input_;
  const ValueTypeId request_type_;
  std::unordered_map<std::uint64_t, std::vector<std::uint64_t>> written_;  // By key: the checksum of each version.
  WalkedInput walked_;
  std::unordered_map<std::uint64_t, Found> found_;  // By key.
  std::set<std::pair<std::uint32_t, std::uint64_t>> on_their_way_;
  std::vector<std::string> trouble_;
};

}  // namespace holdfast::key_value
