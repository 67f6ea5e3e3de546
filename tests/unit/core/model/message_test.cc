// The golden bytes are what protoc --encode makes of the same values.
#include "core/model/message.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/base/random.h"

namespace holdfast {
namespace {

struct Inner {
  std::int32_t a = 0;
  std::string b;
  HOLDFAST_MESSAGE("test/Inner", a, b)
};

struct Sample {
  bool flag = false;
  std::int32_t small = 0;
  std::int64_t big = 0;
  std::uint32_t u = 0;
  std::uint64_t ubig = 0;
  double ratio = 0;
  std::string name;
  std::string_view view;
  Inner inner;
  HOLDFAST_MESSAGE("test/Sample", flag, small, big, u, ubig, ratio, name, view, inner)
};

const Sample kFull{true,
                   -2,
                   std::numeric_limits<std::int64_t>::min(),
                   300,
                   std::numeric_limits<std::uint64_t>::max(),
                   1.5,
                   "testing",
                   std::string_view("\1\0z", 3),
                   {150, "in"}};
constexpr std::string_view kFullHex =
    "080110feffffffffffffffff01188080808080808080800120ac0228ffffffffffffffffff0131000000000000f83f3a0774657374696e67"
    "420301007a4a070896011202696e";

template <class M>
std::string Hex(const M& message) {
  std::string bytes;
  Codec<M>::Encode(message, bytes);
  std::string hex;
  for (const unsigned char c : bytes) hex += fmt::format("{:02x}", c);
  return hex;
}

std::string Bytes(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

template <class M>
std::optional<M> Decode(std::string_view bytes) {
  std::optional<M> message(std::in_place);
  return Codec<M>::Decode(bytes, *message) ? message : std::nullopt;
}

TEST(MessageTest, EveryFieldIsWrittenAsProtobufDoes) { EXPECT_EQ(Hex(kFull), kFullHex); }

TEST(MessageTest, EveryFieldIsReadAsProtobufWroteIt) {
  const auto bytes = Bytes(kFullHex);
  const auto read = Decode<Sample>(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(Hex(*read), kFullHex);
  EXPECT_EQ(read->small, -2);
  EXPECT_EQ(read->view, kFull.view);
  EXPECT_EQ(read->inner.b, "in");
}

TEST(MessageTest, DefaultsTakeNoBytesAndMinusZeroIsNone) {
  Sample sample;
  EXPECT_EQ(Hex(sample), "4a00");
  sample.ratio = -0.0;
  EXPECT_EQ(Hex(sample), "3100000000000000804a00");
}

struct Empty {
  HOLDFAST_MESSAGE("test/Empty")
};

TEST(MessageTest, AMessageMayHaveNoFields) {
  EXPECT_EQ(Hex(Empty{}), "");
  EXPECT_TRUE(Decode<Empty>(""));
  EXPECT_TRUE(Decode<Empty>(Bytes("0801"))) << "a newer sender's field";
  EXPECT_FALSE(Decode<Empty>(Bytes("08")));
}

TEST(MessageTest, AStringViewBorrowsTheReceivedBytes) {
  const auto bytes = Bytes(kFullHex);
  const auto read = Decode<Sample>(bytes);
  ASSERT_TRUE(read);
  EXPECT_GE(read->view.data(), bytes.data());
  EXPECT_LT(read->view.data(), bytes.data() + bytes.size());
}

TEST(MessageTest, FieldsOfANewerSenderAreSkipped) {
  const auto bytes = Bytes("10073a046b65707455010000005902000000000000006204736b697080ea3005");
  const auto read = Decode<Sample>(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->small, 7);
  EXPECT_EQ(read->name, "kept");
}

TEST(MessageTest, TheLastOfARepeatedFieldCounts) {
  const auto read = Decode<Inner>(Bytes("08010802"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->a, 2);
}

TEST(MessageTest, MalformedBytesAreRefused) {
  for (const std::string_view hex : {
           "08",                        // A number that does not come.
           "0880",                      // A varint cut off.
           "08ffffffffffffffffffff01",  // A varint of eleven bytes.
           "1205616263",                // Five bytes announced, three there.
           "0a00",                      // A number field of bytes.
           "0001",                      // Field number zero.
           "8080808080080a",            // A field number beyond 2^29.
           "1b",                        // A group, which proto3 does not have.
       }) {
    EXPECT_FALSE(Decode<Inner>(Bytes(hex))) << hex;
  }
}

TEST(MessageTest, EveryPrefixIsRefusedOrAnotherMessage) {
  const auto bytes = Bytes(kFullHex);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto read = Decode<Sample>(std::string_view(bytes).substr(0, size));
    EXPECT_TRUE(!read || Hex(*read) != kFullHex);
  }
}

TEST(MessageTest, DamagedBytesNeverCrash) {
  const auto bytes = Bytes(kFullHex);
  Random random(1);
  for (int i = 0; i < 2000; ++i) {
    auto damaged = bytes;
    for (auto n = 1 + random.Below(4); n > 0; --n)
      damaged[random.Below(damaged.size())] = static_cast<char>(random.Next());
    damaged.resize(random.Below(damaged.size() + 1));
    if (const auto read = Decode<Sample>(damaged)) Hex(*read);
  }
}

TEST(PlainTypeTest, PlainTypesAreTheStatefulFunctionsWrappers) {
  EXPECT_EQ(Hex(std::int32_t{-2}), "0dfeffffff");
  EXPECT_EQ(Hex(std::int64_t{1}), "090100000000000000");
  EXPECT_EQ(Hex(1.5f), "0d0000c03f");
  EXPECT_EQ(Hex(-0.0), "090000000000000080");
  EXPECT_EQ(Hex(true), "0801");
  EXPECT_EQ(Hex(std::string("hi")), "0a026869");
  EXPECT_EQ(Hex(std::int64_t{0}) + Hex(false) + Hex(0.0) + Hex(std::string()), "");
}

TEST(PlainTypeTest, PlainTypesAreNamedAsInStatefulFunctions) {
  EXPECT_EQ(Codec<std::int32_t>::Name(), "io.statefun.types/int");
  EXPECT_EQ(Codec<std::int64_t>::Name(), "io.statefun.types/long");
  EXPECT_EQ(Codec<std::string>::Name(), "io.statefun.types/string");
}

TEST(PlainTypeTest, PlainTypesComeBack) {
  EXPECT_EQ(Decode<std::int32_t>(Bytes("0dfeffffff")), -2);
  EXPECT_EQ(Decode<double>(Bytes("090000000000000080")), 0.0);
  EXPECT_TRUE(std::signbit(*Decode<double>(Bytes("090000000000000080"))));
  EXPECT_EQ(Decode<bool>(Bytes("0801")), true);
  EXPECT_EQ(Decode<std::string>(Bytes("0a026869")), "hi");
  EXPECT_EQ(Decode<std::int64_t>(""), 0);
  EXPECT_EQ(Decode<std::int64_t>(Bytes("1a0161090100000000000000")), 1) << "an unknown field comes first";
}

TEST(PlainTypeTest, CutOffPlainTypesAreRefused) {
  EXPECT_FALSE(Decode<std::int32_t>(Bytes("0dfeffff")));
  EXPECT_FALSE(Decode<std::string>(Bytes("0a0268")));
  EXPECT_FALSE(Decode<bool>(Bytes("08")));
}

}  // namespace
}  // namespace holdfast
