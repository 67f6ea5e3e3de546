#include "workloads/oracles/state_reader.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(StateReaderTest, AnIdIsAPrefixAndANumberExactly) {
  EXPECT_EQ(NumberInId("user-0", "user-"), 0u);
  EXPECT_EQ(NumberInId("user-17", "user-"), 17u);
  for (const auto* id :
       {"user-", "user-x", "user-1x", "user-01", "user--1", "box-1", "", "user-99999999999999999999"}) {
    EXPECT_EQ(NumberInId(id, "user-"), std::nullopt) << id;
  }
}

TEST(StateReaderTest, AValueIsFoundByItsName) {
  FunctionSpec function;
  function.states.resize(2);
  function.states[0].name = "first";
  function.states[1].name = "second";
  std::string record;  // slot, flags, size, bytes
  std::string bytes;
  Codec<std::int64_t>::Encode(42, bytes);
  record += std::string("\1\0", 2);
  AppendFixed(record, static_cast<std::uint32_t>(bytes.size()));
  record += bytes;
  EXPECT_EQ(ReadState<std::int64_t>(function, record, "second"), 42);
  EXPECT_EQ(ReadState<std::int64_t>(function, record, "first"), std::nullopt);
  EXPECT_EQ(ReadState<std::int64_t>(function, record, "third"), std::nullopt);
}

}  // namespace
}  // namespace holdfast
