// The oracle of the sensors' statistics. What each sensor must make of each record follows from the input alone. Which
// readings come in time does not; but each is in exactly one place: in the statistics of the window in which it was
// measured, or in a late record of its own. So it demands
//
//   - one output for each record, in its sensor's order, with the trend that follows, repeats dropped;
//   - that areas tell of windows in one gapless sequence: each is opened and closed at most once, not before its time,
//     and a reading is late if and only if its window was closed, or a higher one was before it was opened;
//   - of each window: its statistics + its late readings = all readings that were measured in it, by number, sum, sum
//     of squares, least, most, and the digest of which they are.
//
// At rest (CheckState), sensors and areas hold what follows, and windows that are still open make up the same sums.
//
// It shares the messages and the input with the system, and no code with the functions. Its memory grows with sensors
// and with windows.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "workloads/iot-aggregates/prediction.h"
#include "workloads/oracles/oracle.h"
#include "workloads/oracles/outstanding.h"
#include "workloads/oracles/seen_marks.h"

namespace holdfast::iot_aggregates {

class IotOracle final : public Oracle {
 public:
  // `application` gives the numbers of egresses and states.
  IotOracle(std::shared_ptr<const Application> application, const IotInput& input);
  IotOracle(const IotOracle&) = delete;  // Its parts speak to each other.
  IotOracle& operator=(const IotOracle&) = delete;

  void Offered(PartitionId partition, std::uint64_t end) override;
  void See(const EgressRecord& record) override;
  void Disturbed() override {}
  void ClocksDisagree() override { clocks_disagree_ = true; }
  void Finish() override;
  void CheckState(const ForEachAddress& for_each) override;

  Ledger ledger() const override;
  const Findings& findings() const override { return findings_; }

 private:
  struct Due {
    std::uint64_t sensor = 0;
    bool repeat = false;
    Trend trend;
  };
  struct Partition {
    std::uint64_t offered = 0;
    Outstanding<Due> due;
    SeenMarks marks;
  };
  struct WindowStory {
    Aggregate due;  // All readings that were measured in it.
    Aggregate late;
    std::optional<std::int64_t> opened{};  // When it is to be closed.
    std::optional<Aggregate> closed{};
  };
  struct AreaStory {
    Past past;                // After the outputs seen.
    std::uint64_t print = 0;  // A hash of the latest.
  };
  using WindowName = std::pair<std::uint64_t, std::uint64_t>;  // Area and number.

  // Makes what follows from the records below `end` due. Requires: they were offered.
  void WalkTo(PartitionId partition, std::uint64_t end);
  void SeeSensor(const EgressRecord& record);
  void SeeArea(const EgressRecord& record);
  // Whether it is the area's next output.
  bool IsNews(const AreaUnit& unit, const EgressRecord& record);
  void Open(const AreaUnit& unit, WindowStory& window);
  void Close(const AreaUnit& unit, WindowStory& window);
  void BeLate(const AreaUnit& unit, WindowStory& window);
  void Wrong(const AreaUnit& unit, std::string_view why);
  // Holds what was found of a window against what was measured in it.
  void CheckWindow(const WindowName& name, Aggregate found, const WindowStory& window);
  void CheckSensor(std::string_view id, std::string_view record);
  void CheckArea(std::string_view id, std::string_view record, std::set<WindowName>& open);
  void WrongState(std::string_view id, std::string_view why);
  bool Overdue(std::int64_t due) const;

  const std::shared_ptr<const Application> application_;
  const IotInput input_;
  const EgressId sensors_egress_;
  const EgressId areas_egress_;
  Prediction prediction_{input_};
  std::vector<Partition> partitions_;
  std::vector<std::uint64_t> next_;  // By sensor: one past the latest record that was told of.
  std::vector<AreaStory> areas_;
  std::map<WindowName, WindowStory> windows_;
  bool clocks_disagree_ = false;
  std::int64_t latest_ = 0;  // The latest application time seen.
  std::uint64_t expected_ = 0;
  std::uint64_t seen_ = 0;
  Findings findings_;
};

}  // namespace holdfast::iot_aggregates
