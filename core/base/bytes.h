// Reading and writing binary layouts: fixed little-endian numbers, varints as in protobuf, length-prefixed bytes. The
// writer appends to a string it borrows; the reader walks a view and turns sticky-bad at the first underrun, so a
// decoder checks once at its end.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace holdfast {

static_assert(std::endian::native == std::endian::little, "stored layouts are little-endian");

template <class T>
void AppendFixed(std::string& out, T value) {
  static_assert(std::is_trivially_copyable_v<T>);
  const auto size = out.size();
  out.resize(size + sizeof(T));
  std::memcpy(out.data() + size, &value, sizeof(T));
}

inline void AppendVarint(std::string& out, std::uint64_t value) {
  char buffer[10];
  int n = 0;
  while (value >= 0x80) {
    buffer[n++] = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  buffer[n++] = static_cast<char>(value);
  out.append(buffer, static_cast<std::size_t>(n));
}

inline void AppendBytes(std::string& out, std::string_view bytes) {
  AppendVarint(out, bytes.size());
  out.append(bytes);
}

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  // False after any read past the end or malformed varint; all later reads then return zero or empty.
  bool ok() const { return ok_; }
  bool AtEnd() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  template <class T>
  T Fixed() {
    T value{};
    if (const auto bytes = Take(sizeof(T)); ok_) std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
  }
  std::uint64_t Varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    Fail();
    return 0;
  }
  // The next `size` bytes, as a view into the source.
  std::string_view Take(std::size_t size) {
    if (size > rest_.size()) {
      Fail();
      return {};
    }
    const auto bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  // Length-prefixed bytes.
  std::string_view Bytes() { return Take(Varint()); }
  void Fail() {
    ok_ = false;
    rest_ = {};
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace holdfast
