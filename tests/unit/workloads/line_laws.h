// What every auditor must see at every step of a failure-free run.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/plain_run.h"

namespace holdfast {

class LineLaws {
 public:
  LineLaws(PlainRun& run, const Input& input, LineAuditor& auditor) : run_(run), input_(input), auditor_(auditor) {}

  // Each line is consistent. Returns how many there were.
  int EveryLineIsConsistent() {
    int lines = 0;
    AtEveryStep([&] {
      ++lines;
      EXPECT_THAT(Judge(run_.memory, run_.Envelopes()), testing::IsEmpty()) << "line " << lines;
    });
    return lines;
  }
  void NothingOnItsWayCanBeLost() {
    AtEveryStep([&] {
      const auto all = run_.Envelopes();
      for (std::size_t i = 0; i < all.size(); ++i) {
        auto rest = all;
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_FALSE(Judge(run_.memory, rest).empty());
      }
    });
  }
  void NothingIsOnItsWayTwice() {
    AtEveryStep([&] {
      const auto all = run_.Envelopes();
      for (const auto& message : all) {
        auto more = all;
        more.push_back(message);
        EXPECT_FALSE(Judge(run_.memory, more).empty());
      }
    });
  }
  void NoStateIsOneUnitBehindTheRest() {
    PlainRun::Memory before;
    AtEveryStep([&] {
      for (const auto& [address, record] : run_.memory) {
        if (record == before[address]) continue;
        auto mixed = run_.memory;
        mixed[address] = before[address];
        EXPECT_FALSE(Judge(mixed, run_.Envelopes()).empty()) << address.second;
      }
      before = run_.memory;
    });
  }
  void PositionsBelongToTheStates() {
    AtEveryStep([&] {
      for (auto& [partition, position] : run_.positions) {
        for (const int off : {1, -1}) {
          position += static_cast<std::uint64_t>(off);
          EXPECT_FALSE(Judge(run_.memory, run_.Envelopes()).empty()) << "partition " << partition.value;
          position -= static_cast<std::uint64_t>(off);
        }
      }
    });
  }

 private:
  static constexpr std::uint64_t kRounds = 15;

  std::vector<std::string> Judge(const PlainRun::Memory& memory, const std::vector<std::string>& waiting) {
    return run_.JudgeLine(auditor_, memory, waiting);
  }
  template <class Look>
  void AtEveryStep(const Look& look) {
    run_.AtEveryStep(input_, kRounds, look);
  }

  PlainRun& run_;
  const Input& input_;
  LineAuditor& auditor_;
};

}  // namespace holdfast
