#include "core/snapshot/frame.h"

#include <gtest/gtest.h>

#include "tests/unit/core/snapshot/damage.h"

namespace holdfast {
namespace {

const FrameHeader kHeader{.kind = FrameKind::kData,
                          .lane = Lane::kFunction,
                          .source = WorkerId(3),
                          .target = WorkerId(4),
                          .world_line = WorldLine(5),
                          .incarnation = Incarnation(6),
                          .colour = SnapshotIndex(7),
                          .count = 8,
                          .first_sequence = 0x1'0000'0009};

std::string Sealed(const FrameHeader& header, std::string_view payload) {
  auto frame = NewFrame();
  frame.append(payload);
  SealFrame(frame, header);
  return frame;
}

TEST(FrameTest, HeaderAndPayloadComeBack) {
  const auto bytes = Sealed(kHeader, "envelopes");
  const auto frame = OpenFrame(bytes);
  ASSERT_TRUE(frame.ok());
  const auto& header = frame->header;
  EXPECT_EQ(header.kind, FrameKind::kData);
  EXPECT_EQ(header.lane, Lane::kFunction);
  EXPECT_EQ(header.source, WorkerId(3));
  EXPECT_EQ(header.target, WorkerId(4));
  EXPECT_EQ(header.world_line, WorldLine(5));
  EXPECT_EQ(header.incarnation, Incarnation(6));
  EXPECT_EQ(header.colour, SnapshotIndex(7));
  EXPECT_EQ(header.count, 8u);
  EXPECT_EQ(header.first_sequence, 0x1'0000'0009u);
  EXPECT_EQ(frame->payload, "envelopes");
}

TEST(FrameTest, AFrameWithoutPayloadIsAHeaderAlone) {
  const auto bytes = Sealed(kHeader, "");
  EXPECT_EQ(bytes.size(), kFrameHeaderBytes);
  EXPECT_EQ(OpenFrame(bytes)->payload, "");
}

TEST(FrameTest, AnyDamageIsRefused) {
  ForEachDamage(Sealed(kHeader, "envelopes"), [](const std::string& damaged, const std::string& how) {
    const auto frame = OpenFrame(damaged);
    ASSERT_FALSE(frame.ok()) << how;
    EXPECT_EQ(frame.error().code, ErrorCode::kDataLoss) << how;
  });
}

TEST(FrameTest, AFrameOfAnotherVersionIsNamedAsSuch) {
  auto bytes = Sealed(kHeader, "");
  bytes[4] = 9;
  EXPECT_EQ(OpenFrame(bytes).error().message, "a frame of version 9; this program speaks 1");
}

TEST(FrameTest, PositionsComeBackPerLane) {
  std::string payload;
  AppendPositions(payload, {11, 22});
  EXPECT_EQ(ReadPositions(payload), (LanePositions{11, 22}));
}

}  // namespace
}  // namespace holdfast
