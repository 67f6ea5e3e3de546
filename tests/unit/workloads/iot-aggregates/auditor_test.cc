#include "workloads/iot-aggregates/auditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/iot-aggregates/story.h"

namespace holdfast::iot_aggregates {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class IotAuditorTest : public testing::Test {
 protected:
  std::vector<std::string> Judge(const Story::Memory& memory, const std::vector<Story::Waiting>& waiting) {
    return story.JudgeLine(auditor, memory, waiting);
  }
  std::vector<std::string> Judge() { return Judge(story.memory, story.OnTheWay()); }
  // Runs the story message by message, with much under way, and calls `look` before each.
  template <class Look>
  void AtEveryStep(const Look& look) {
    for (std::uint64_t offset = 0; offset < 40; ++offset) {
      for (std::uint16_t p = 0; p < 2; ++p) {
        story.Offer(PartitionId(p), offset);
        for (int step = 0; step < 2; ++step) look(), story.Handle(1);
      }
    }
    do {
      look();
    } while (story.Handle(1) || story.Wait());
  }

  Story story{Village()};
  IotAuditor auditor{story.application, *story.readings};
};

TEST_F(IotAuditorTest, EveryLineOfAFailureFreeRunIsConsistent) {
  int lines = 0;
  AtEveryStep([&] {
    ++lines;
    EXPECT_THAT(Judge(), IsEmpty()) << "line " << lines;
  });
  EXPECT_GT(lines, 150);
}

TEST_F(IotAuditorTest, NothingOnItsWayCanBeLostOrDoubled) {
  std::map<std::string, int> lost;
  AtEveryStep([&] {
    const auto all = story.OnTheWay();
    for (std::size_t i = 0; i < all.size(); ++i) {
      auto rest = all;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_FALSE(Judge(story.memory, rest).empty()) << story.TypeOf(all[i]);
      auto more = all;
      more.push_back(all[i]);
      EXPECT_FALSE(Judge(story.memory, more).empty()) << story.TypeOf(all[i]);
      ++lost[story.TypeOf(all[i])];
    }
  });
  EXPECT_EQ(lost.size(), 3u) << "every message there is";
}

TEST_F(IotAuditorTest, NoStateIsOneUnitBehindTheRest) {
  Story::Memory before;
  std::size_t units = 0;
  AtEveryStep([&] {
    for (const auto& [address, record] : story.memory) {
      if (record == before[address]) continue;
      auto mixed = story.memory;
      mixed[address] = before[address];
      ++units;
      EXPECT_FALSE(Judge(mixed, story.OnTheWay()).empty()) << address.second;
    }
    before = story.memory;
  });
  EXPECT_GT(units, 150u);
}

TEST_F(IotAuditorTest, PositionsBelongToTheStates) {
  AtEveryStep([&] {
    for (auto& [partition, position] : story.positions) {
      ++position;
      EXPECT_FALSE(Judge().empty());
      position -= 2;
      EXPECT_FALSE(Judge().empty());
      ++position;
    }
  });
}

// Its number is right, and what it holds is another history's.
TEST_F(IotAuditorTest, ATrendIsTheOneOfItsRecords) {
  story.RunAll(30);
  Story other(Village(), {}, 2);
  other.RunAll(30);
  const auto sensor = story.application->FindFunction(kSensor).value().value;
  int found = 0;
  for (const auto& [address, record] : story.memory) {
    const auto place = other.memory.find(address);
    if (address.first != sensor || place == other.memory.end()) continue;
    auto mixed = story.memory;
    mixed[address] = place->second;
    found += !Judge(mixed, {}).empty();
  }
  EXPECT_GE(found, 5);
}

TEST_F(IotAuditorTest, WhatNobodySendsIsNamed) {
  story.Offer(PartitionId(0), 0);
  auto waiting = story.OnTheWay();
  auto& bytes = waiting.emplace_back().envelope;
  const auto area = story.application->FindFunction(kArea).value();
  AppendEnvelope(bytes, {{area, "area-0"}, {}, *story.application->ValueTypeOf<Close>(), {}, "?"});
  EXPECT_THAT(Judge({}, waiting), Contains(HasSubstr("does not parse")));
  EXPECT_THAT(Judge({{{area.value, "area-9"}, "?"}}, story.OnTheWay()), Contains(HasSubstr("there can be no 'area-")));
}

}  // namespace
}  // namespace holdfast::iot_aggregates
