#include "transports/hosts/invocation_codec.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

const Invocation kInvocation{
    {FunctionId(1), "ann"}, {FunctionId(2), "bob"}, ValueTypeId(3), "payload", "record", AppTime{-5}, 6};

TEST(InvocationCodecTest, EveryFieldComesBack) {
  std::string bytes;
  AppendInvocation(bytes, kInvocation);
  Invocation read;
  ASSERT_TRUE(ReadInvocation(bytes, read));
  EXPECT_EQ(read.self, kInvocation.self);
  EXPECT_EQ(read.caller, kInvocation.caller);
  EXPECT_EQ(read.value_type, kInvocation.value_type);
  EXPECT_EQ(read.payload, kInvocation.payload);
  EXPECT_EQ(read.record, kInvocation.record);
  EXPECT_EQ(read.now, kInvocation.now);
  EXPECT_EQ(read.random_seed, kInvocation.random_seed);
}

TEST(InvocationCodecTest, AnIngressMessageStaysWithoutCaller) {
  auto invocation = kInvocation;
  invocation.caller = {};
  std::string bytes;
  AppendInvocation(bytes, invocation);
  Invocation read;
  ASSERT_TRUE(ReadInvocation(bytes, read));
  EXPECT_FALSE(read.caller.valid());
}

TEST(InvocationCodecTest, EveryPrefixAndAnythingLongerIsRefused) {
  std::string bytes;
  AppendInvocation(bytes, kInvocation);
  Invocation read;
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(ReadInvocation(bytes.substr(0, size), read));
  EXPECT_FALSE(ReadInvocation(bytes + "x", read));
}

}  // namespace
}  // namespace holdfast
