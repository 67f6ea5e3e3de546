#include "workloads/oracles/strange_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/application_builder.h"

namespace holdfast {
namespace {

using testing::ElementsAre;

std::vector<std::string> SaidOf(EgressId egress, std::string_view value) {
  Findings findings;
  AddStrangeRecord({.egress = egress, .value_type = {}, .key = "key", .value = value}, findings);
  return findings.first(Damage::kPhantom);
}

TEST(StrangeRecordTest, ADeadLetterSaysWhoGaveUpWhatAndWhy) {
  DeadLetter dead;
  dead.function = "a/f";
  dead.id = "7";
  dead.reason = "it threw";
  std::string letter;
  Codec<DeadLetter>::Encode(dead, letter);
  EXPECT_THAT(SaidOf(EgressId(0), letter), ElementsAre("'a/f' gave up a message to '7': it threw"));
}

TEST(StrangeRecordTest, AnyOtherRecordIsNamedByItsEgress) {
  EXPECT_THAT(SaidOf(EgressId(3), "?"), ElementsAre("a record on egress number 3, to which nobody emits"));
}

}  // namespace
}  // namespace holdfast
