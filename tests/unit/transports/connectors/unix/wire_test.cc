#include "transports/connectors/unix/wire.h"

#include <gtest/gtest.h>

#include "core/base/hash.h"

namespace holdfast::wire {
namespace {

TEST(WireTest, AMessageComesBackWithAllItsFields) {
  std::string frame;
  AppendFrame(frame, Commit{WorkerId(7), WorldLine(3), Incarnation(9), 0x1'0000'0005, {"payload"}});
  Commit commit;
  ASSERT_TRUE(Decode(std::string_view(frame).substr(kHeaderBytes), commit));
  EXPECT_EQ(commit.stream, WorkerId(7));
  EXPECT_EQ(commit.world_line, WorldLine(3));
  EXPECT_EQ(commit.incarnation, Incarnation(9));
  EXPECT_EQ(commit.position, 0x1'0000'0005u);
  EXPECT_EQ(commit.records.bytes, "payload");
}

TEST(WireTest, TheHeaderCountsTheBodyAndSumsItWithItsType) {
  std::string frame = "before";
  AppendFrame(frame, Note{"key", "value"});
  ByteReader reader(std::string_view(frame).substr(6));
  const auto size = reader.Fixed<std::uint32_t>();
  const auto checksum = reader.Fixed<std::uint32_t>();
  const auto type = reader.Fixed<std::uint32_t>();
  EXPECT_EQ(size, reader.rest().size());
  EXPECT_EQ(checksum, Checksum(reader.rest(), type));
  EXPECT_EQ(type, static_cast<std::uint32_t>(MessageType::kNote));
}

TEST(WireTest, ABodyThatIsTooShortOrTooLongIsRefused) {
  std::string frame;
  AppendFrame(frame, Release{PartitionId(1), 2});
  const auto body = std::string_view(frame).substr(kHeaderBytes);
  Release release;
  EXPECT_FALSE(Decode(body.substr(1), release));
  EXPECT_FALSE(Decode(std::string(body) + "x", release));
}

TEST(WireTest, AStringLongerThanItsBodyIsRefused) {
  Note note;
  EXPECT_FALSE(
      Decode("\x05"
             "abc",
             note));
}

}  // namespace
}  // namespace holdfast::wire
