// Reading and writing binary layouts: fixed little-endian numbers, varints as in protobuf, length-prefixed bytes.
// Writing appends to a string, or fills room whose size was counted before, which is what hot paths do; the reader
// walks a view and turns sticky-bad at the first underrun, so a decoder checks once at its end.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace holdfast {

static_assert(std::endian::native == std::endian::little, "stored layouts are little-endian");

inline constexpr std::size_t kMaxVarintBytes = 10;
// How many bytes a varint of `value` takes.
constexpr std::size_t VarintSize(std::uint64_t value) {
  return (static_cast<std::size_t>(std::bit_width(value | 1)) + 6) / 7;
}

// The Put functions write where there is room, and return the place behind what they wrote.
template <class T>
char* PutFixed(char* to, T value) {
  static_assert(std::is_trivially_copyable_v<T>);
  std::memcpy(to, &value, sizeof(T));
  return to + sizeof(T);
}

inline char* PutVarint(char* to, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) *to++ = static_cast<char>(value | 0x80);
  *to++ = static_cast<char>(value);
  return to;
}

inline char* PutBytes(char* to, std::string_view bytes) {
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  return to + bytes.size();
}

// The Append functions add to the end of a string.
template <class T>
void AppendFixed(std::string& out, T value) {
  char buffer[sizeof(T)];
  out.append(buffer, PutFixed(buffer, value));
}

inline void AppendVarint(std::string& out, std::uint64_t value) {
  if (value < 0x80) return out.push_back(static_cast<char>(value));
  char buffer[kMaxVarintBytes];
  out.append(buffer, PutVarint(buffer, value));
}

inline void AppendBytes(std::string& out, std::string_view bytes) {
  AppendVarint(out, bytes.size());
  out.append(bytes);
}

// Bytes that are written anew for every message: clearing keeps the room, and new room is not zeroed again.
class ByteBuffer {
 public:
  bool empty() const { return size_ == 0; }
  std::string_view bytes() const { return {room_.data(), size_}; }
  void Clear() { size_ = 0; }
  // Grows by `size` bytes, which the caller writes from the returned place on.
  char* Extend(std::size_t size) {
    if (room_.size() - size_ < size) room_.resize(2 * room_.size() + size);
    return room_.data() + std::exchange(size_, size_ + size);
  }

 private:
  std::string room_;
  std::size_t size_ = 0;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  // False after any read past the end or malformed varint; all later reads then return zero or empty.
  bool ok() const { return ok_; }
  bool AtEnd() const { return at_ == end_; }
  std::string_view rest() const { return {at_, left()}; }

  template <class T>
  T Fixed() {
    T value{};
    if (const auto bytes = Take(sizeof(T)); ok_) std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
  }
  std::uint64_t Varint() {
    if (at_ != end_ && static_cast<signed char>(*at_) >= 0) return static_cast<unsigned char>(*at_++);
    return LongVarint();
  }
  // The next `size` bytes, as a view into the source.
  std::string_view Take(std::size_t size) {
    if (size > left()) {
      Fail();
      return {};
    }
    return {std::exchange(at_, at_ + size), size};
  }
  // Length-prefixed bytes.
  std::string_view Bytes() { return Take(Varint()); }
  // Takes the next byte if it is this one.
  bool TakeIf(char byte) {
    if (at_ == end_ || *at_ != byte) return false;
    ++at_;
    return true;
  }
  void Fail() {
    ok_ = false;
    at_ = end_;
  }

 private:
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  std::uint64_t LongVarint() {
    const char* const end = left() > kMaxVarintBytes ? at_ + kMaxVarintBytes : end_;
    std::uint64_t value = 0;
    unsigned shift = 0;
    for (const char* at = at_; at != end; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at++);
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte >= 0x80) continue;
      at_ = at;
      return value;
    }
    Fail();
    return 0;
  }

  const char* at_;
  const char* end_;
  bool ok_ = true;
};

}  // namespace holdfast
