#include "core/model/envelope.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/base/random.h"

namespace holdfast {
namespace {

const EnvelopeView kEnvelope{
    {FunctionId(1), "target"}, {FunctionId(2), "caller"}, ValueTypeId(3), KeyGroup(4), "payload"};

std::string Encoded(const EnvelopeView& envelope) {
  std::string bytes;
  AppendEnvelope(bytes, envelope);
  return bytes;
}

TEST(EnvelopeTest, EveryFieldComesBack) {
  const auto bytes = Encoded(kEnvelope);
  std::string_view rest = bytes;
  EnvelopeView read;
  ASSERT_TRUE(TakeEnvelope(rest, read));
  EXPECT_TRUE(rest.empty());
  EXPECT_EQ(read.target, kEnvelope.target);
  EXPECT_EQ(read.caller, kEnvelope.caller);
  EXPECT_EQ(read.value_type, kEnvelope.value_type);
  EXPECT_EQ(read.group, kEnvelope.group);
  EXPECT_EQ(read.payload, kEnvelope.payload);
}

TEST(EnvelopeTest, EmptyIdsAndPayloadComeBackAndThereIsNoCaller) {
  EnvelopeView envelope;
  envelope.target.type = FunctionId(0);
  const auto bytes = Encoded(envelope);
  EXPECT_EQ(bytes.size(), kEnvelopeHeaderBytes);
  std::string_view rest = bytes;
  EnvelopeView read;
  ASSERT_TRUE(TakeEnvelope(rest, read));
  EXPECT_FALSE(read.caller.valid());
  EXPECT_TRUE(read.payload.empty());
}

TEST(EnvelopeTest, EnvelopesInARowAreTakenOneByOne) {
  auto second = kEnvelope;
  second.payload = "more";
  const auto bytes = Encoded(kEnvelope) + Encoded(second);
  std::string_view rest = bytes;
  EXPECT_EQ(EnvelopeSize(rest), Encoded(kEnvelope).size());
  EnvelopeView read;
  ASSERT_TRUE(TakeEnvelope(rest, read));
  ASSERT_TRUE(TakeEnvelope(rest, read));
  EXPECT_EQ(read.payload, "more");
  EXPECT_FALSE(TakeEnvelope(rest, read));
}

TEST(EnvelopeTest, APartIsNotTakenAndNothingIsConsumed) {
  const auto bytes = Encoded(kEnvelope);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    std::string_view rest(bytes.data(), size);
    EnvelopeView read;
    EXPECT_FALSE(TakeEnvelope(rest, read));
    EXPECT_EQ(rest.size(), size);
  }
}

TEST(EnvelopeTest, DamagedBytesNeverReachBeyondThemselves) {
  const auto bytes = Encoded(kEnvelope);
  Random random(2);
  for (int i = 0; i < 2000; ++i) {
    auto damaged = bytes;
    damaged[random.Below(damaged.size())] = static_cast<char>(random.Next());
    std::string_view rest = damaged;
    EnvelopeView read;
    if (!TakeEnvelope(rest, read)) continue;
    EXPECT_LE(kEnvelopeHeaderBytes + read.target.id.size() + read.caller.id.size() + read.payload.size(), bytes.size());
  }
}

TEST(EnvelopeDeathTest, AnIdThatDoesNotFitIsABrokenInvariant) {
  const std::string id(kMaxIdBytes + 1, 'x');
  EnvelopeView envelope;
  envelope.target = {FunctionId(0), id};
  EXPECT_DEATH(Encoded(envelope), "ids of 65536 and 0 bytes");
}

TEST(KeyGroupTest, TheGroupDependsOnTheIdOnlyAndStaysForEver) {
  EXPECT_EQ(KeyGroupOf("user-1", 128), KeyGroup(static_cast<std::uint16_t>(Hash64("user-1") % 128)));
  EXPECT_LT(KeyGroupOf("user-1", 1), KeyGroup(1));
  EXPECT_EQ(Hash64("user-1"), 8968379626967066057u) << "stored snapshots depend on this number";
}

}  // namespace
}  // namespace holdfast
