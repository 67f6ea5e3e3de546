// Conservation of readings. On every line,
//
//   records a sensor has taken = those below the positions that reached it, and its trend is the one after these
//   readings below the positions that reached an area = those in its open windows + those that closed windows and late
//                                                       records have told of
//   messages that close a window, on their way = one for each open window
//
// where what reached an instance is what the ingress says less what is on its way; readings are compared by number and
// by the digest of which they are. Nothing is on its way twice, or from a unit that its sender does not remember. Keeps
// some hundred bytes for each record of the line.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "workloads/iot-aggregates/prediction.h"
#include "workloads/oracles/line_auditor.h"
#include "workloads/oracles/walked_input.h"

namespace holdfast::iot_aggregates {

class IotAuditor final : public LineAuditor {
 public:
  IotAuditor(std::shared_ptr<const Application> application, const IotInput& input);
  IotAuditor(const IotAuditor&) = delete;  // Its parts speak to each other.
  IotAuditor& operator=(const IotAuditor&) = delete;

  void Position(PartitionId partition, std::uint64_t offset) override { walked_.MoveTo(partition, offset); }
  void Row(std::string_view function, std::string_view id, std::string_view record) override;
  void Message(const InTransit& message) override;
  void Judge(std::string_view line, Findings& findings) override;

 private:
  // Readings, by how many and which.
  struct Some {
    std::uint64_t count = 0;
    std::uint64_t digest = 0;
    void Take(std::uint64_t number, std::uint64_t which) { count += number, digest += which; }
    friend bool operator==(const Some&, const Some&) = default;
  };
  struct SensorFound {
    Trend trend;
    std::uint64_t coming = 0;  // Records on their way.
    std::uint64_t newest = 0;  // The latest record of which anything is on its way.
  };
  struct AreaFound {
    Past past;
    Some readings;             // In open windows, gone, and on their way.
    std::uint64_t newest = 0;  // The latest output of which anything is on its way.
  };

  void Walk(PartitionId partition, std::uint64_t offset, int sign);
  bool TakeReading(const EnvelopeView& message);
  bool TakeMeasured(const EnvelopeView& message);
  bool TakeClose(const EnvelopeView& message);
  SensorFound* SensorAt(std::string_view id);
  AreaFound* AreaAt(std::string_view id);
  void JudgeSensor(std::uint64_t number);
  void JudgeArea(std::uint64_t number);
  void Forget();
  template <class MakeSentence>
  void Blame(const MakeSentence& make_sentence) {
    trouble_.push_back(make_sentence());
  }

  const std::shared_ptr<const Application> application_;
  const IotInput input_;
  Prediction prediction_{input_};
  std::vector<std::vector<Predicted>> records_;  // By partition: those of the line.
  std::vector<std::vector<Trend>> trends_;       // By sensor: after each of its records.
  std::vector<Some> due_;                        // By area.
  WalkedInput walked_;
  std::vector<SensorFound> sensors_;
  std::vector<AreaFound> areas_;
  std::set<std::pair<std::uint32_t, std::uint64_t>> coming_;     // Records on their way,
  std::set<std::pair<std::uint32_t, std::uint64_t>> measured_;   // and readings on theirs.
  std::map<std::pair<std::uint64_t, std::uint64_t>, int> open_;  // Windows, less messages that close them.
  std::vector<std::string> trouble_;
};

}  // namespace holdfast::iot_aggregates
