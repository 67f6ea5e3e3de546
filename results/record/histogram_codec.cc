#include "results/record/histogram_codec.h"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstdint>

#include "results/record/base64.h"

namespace holdfast {
namespace {

constexpr std::uint32_t kPlainCookie = 0x1c849313;
constexpr std::uint32_t kCompressedCookie = 0x1c849314;
constexpr std::size_t kPlainHeader = 40;
constexpr std::int64_t kMostValues = std::int64_t{1} << 62;
constexpr std::size_t kMostPlainBytes = 64u << 20;  // Far above any histogram of 5 digits.

Error Damaged(std::string_view what) {
  return MakeError(ErrorCode::kDataLoss, "not an HdrHistogram V2 histogram: {}", what);
}

void AppendBigEndian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

std::uint64_t BigEndian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

// ZigZag LEB128 with at most nine bytes: the ninth carries eight bits.
void AppendZigZag(std::string& out, std::int64_t value) {
  auto bits = static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
  for (int i = 0; i < 8 && bits >= 0x80; ++i, bits >>= 7) out.push_back(static_cast<char>(bits | 0x80));
  out.push_back(static_cast<char>(bits));
}

// Takes one number from the front of `in`; false at its end.
bool TakeZigZag(std::string_view& in, std::int64_t& value) {
  std::uint64_t bits = 0;
  for (int i = 0; i < 9 && !in.empty(); ++i) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    bits |= std::uint64_t{i < 8 ? byte & 0x7fu : byte} << (7 * i);
    if (i == 8 || byte < 0x80) {
      value = static_cast<std::int64_t>(bits >> 1) ^ -static_cast<std::int64_t>(bits & 1);
      return true;
    }
  }
  return false;
}

// Counters in order; a negative number stands for that many zeros.
std::string EncodeCounters(const std::vector<std::int64_t>& counts) {
  std::size_t end = counts.size();
  while (end > 0 && counts[end - 1] == 0) --end;
  std::string out;
  for (std::size_t i = 0; i < end;) {
    std::int64_t zeros = 0;
    while (counts[i] == 0) ++zeros, ++i;
    if (zeros > 1) {
      AppendZigZag(out, -zeros);
    } else if (zeros == 1) {
      AppendZigZag(out, 0);
    }
    AppendZigZag(out, counts[i++]);
  }
  return out;
}

Status DecodeCounters(std::string_view in, Histogram& histogram) {
  std::size_t index = 0;
  while (!in.empty()) {
    std::int64_t number = 0;
    if (!TakeZigZag(in, number)) return Damaged("a counter is cut off");
    const auto left = static_cast<std::int64_t>(histogram.counts().size() - index);
    if (number < -left || left == 0) return Damaged("more counters than its range has");
    if (number < 0) {
      index += static_cast<std::size_t>(-number);
      continue;
    }
    if (number > kMostValues - histogram.count()) return Damaged("a counter is out of range");
    histogram.AddToCounter(index++, number);
  }
  return {};
}

Result<std::string> Inflate(std::string_view compressed) {
  std::string out(std::max<std::size_t>(4096, compressed.size() * 8), '\0');
  for (; out.size() <= kMostPlainBytes; out.resize(out.size() * 2)) {
    auto size = static_cast<uLongf>(out.size());
    const int code = uncompress(reinterpret_cast<Bytef*>(out.data()), &size,
                                reinterpret_cast<const Bytef*>(compressed.data()), compressed.size());
    if (code == Z_OK) {
      out.resize(size);
      return out;
    }
    if (code != Z_BUF_ERROR) break;
  }
  return Damaged("its compressed part cannot be inflated");
}

}  // namespace

std::string EncodeHistogram(const Histogram& histogram) {
  const auto counters = EncodeCounters(histogram.counts());
  const auto& range = histogram.range();
  std::string plain;
  AppendBigEndian(plain, kPlainCookie, 4);
  AppendBigEndian(plain, counters.size(), 4);
  AppendBigEndian(plain, 0, 4);  // Normalizing index offset.
  AppendBigEndian(plain, static_cast<std::uint64_t>(range.digits), 4);
  AppendBigEndian(plain, static_cast<std::uint64_t>(range.lowest), 8);
  AppendBigEndian(plain, static_cast<std::uint64_t>(range.highest), 8);
  AppendBigEndian(plain, std::bit_cast<std::uint64_t>(1.0), 8);  // Integer to double conversion ratio.
  plain += counters;

  auto size = compressBound(plain.size());
  std::string packed(size, '\0');
  const int code = compress2(reinterpret_cast<Bytef*>(packed.data()), &size,
                             reinterpret_cast<const Bytef*>(plain.data()), plain.size(), Z_BEST_COMPRESSION);
  HOLDFAST_CHECK(code == Z_OK, "zlib cannot compress {} bytes: code {}", plain.size(), code);
  packed.resize(size);

  std::string out;
  AppendBigEndian(out, kCompressedCookie, 4);
  AppendBigEndian(out, packed.size(), 4);
  return EncodeBase64(out + packed);
}

Result<Histogram> DecodeHistogram(std::string_view base64) {
  const auto outer = DecodeBase64(base64);
  if (!outer) return Damaged("it is not base64");
  const std::string_view bytes = *outer;
  if (bytes.size() < 8 || BigEndian(bytes.substr(0, 4)) != kCompressedCookie)
    return Damaged("it does not start with the V2 cookie");
  if (BigEndian(bytes.substr(4, 4)) != bytes.size() - 8) return Damaged("its length does not match");

  HOLDFAST_ASSIGN(const auto plain, Inflate(bytes.substr(8)));
  const std::string_view body = plain;
  if (body.size() < kPlainHeader || BigEndian(body.substr(0, 4)) != kPlainCookie)
    return Damaged("its inner part does not start with the V2 cookie");
  if (BigEndian(body.substr(4, 4)) > body.size() - kPlainHeader) return Damaged("its counters are cut off");
  if (BigEndian(body.substr(8, 4)) != 0) return Damaged("it is normalized, as only double histograms are");

  const auto digits = BigEndian(body.substr(12, 4));
  const auto lowest = static_cast<std::int64_t>(BigEndian(body.substr(16, 8)));
  const auto highest = static_cast<std::int64_t>(BigEndian(body.substr(24, 8)));
  if (digits < 1 || digits > 5 || lowest < 1 || lowest > std::int64_t{1} << 40 || highest / 2 < lowest)
    return Damaged("its range makes no sense");
  Histogram histogram({.lowest = lowest, .highest = highest, .digits = static_cast<int>(digits)});
  HOLDFAST_TRY(DecodeCounters(body.substr(kPlainHeader, BigEndian(body.substr(4, 4))), histogram));
  return histogram;
}

}  // namespace holdfast
