// Messages and state values as an author writes them: plain structs.
//
//   struct Visit {
//     std::string_view user;
//     std::int64_t at_millis = 0;
//     HOLDFAST_MESSAGE("greeter/Visit", user, at_millis)
//   };
//
// On the wire a struct is a protobuf message whose field numbers are the places in the list (from 1), so any protobuf
// library reads it from the same field table. Fields may be bool, integers (int32/int64/uint32/uint64 as varints),
// double (fixed64), std::string, std::string_view, or another such struct. A string_view field of a message that was
// received borrows the received bytes: copy it to keep it beyond the handler. Unknown fields are skipped, absent ones
// keep their default. Append fields at the end of the list, never reorder.
//
// The plain types bool, int32, int64, float, double and std::string are messages too, encoded as the Stateful Functions
// types io.statefun.types/*.
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "core/base/bytes.h"

#define HOLDFAST_MESSAGE(type_name, ...)                   \
  static constexpr std::string_view kTypeName = type_name; \
  auto HoldfastFields() { return std::tie(__VA_ARGS__); }  \
  auto HoldfastFields() const { return std::tie(__VA_ARGS__); }

namespace holdfast {

template <class T>
concept StructMessage = requires(T& message) {
  T::kTypeName;
  message.HoldfastFields();
};

// How a type is named, written and read. Specialise it to bring a type of your own (core/model/protobuf.h does so for
// generated protobuf messages).
template <class T>
struct Codec;

namespace wire {

enum Type : unsigned { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };
inline constexpr std::uint64_t kMaxFieldNumber = (1u << 29) - 1;

// Skips one field's content; false if malformed.
bool SkipField(ByteReader& reader, unsigned wire_type);

template <class T>
constexpr bool kIsString = std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>;

template <class T>
constexpr Type kTypeOf = std::is_integral_v<T>       ? kVarint
                         : std::is_same_v<T, double> ? kFixed64
                                                     : kBytes;

template <class T>
constexpr std::uint64_t TagOf(std::size_t number) {
  return number << 3 | kTypeOf<T>;
}

// A default is not written, except that of a message.
template <class T>
bool IsWritten(const T& value) {
  static_assert(
      std::is_integral_v<T> || std::is_same_v<T, double> || kIsString<T> || StructMessage<T>,
      "a message field must be bool, an integer, double, std::string, std::string_view or a HOLDFAST_MESSAGE");
  if constexpr (std::is_integral_v<T>) return value != 0;
  if constexpr (std::is_same_v<T, double>) return std::bit_cast<std::uint64_t>(value) != 0;
  if constexpr (kIsString<T>) return !value.empty();
  return true;
}

// Bytes of the content of a field, without its tag.
template <class T>
std::size_t ContentSize(const T& value) {
  if constexpr (std::is_integral_v<T>) {
    return VarintSize(static_cast<std::uint64_t>(value));
  } else if constexpr (std::is_same_v<T, double>) {
    return sizeof value;
  } else {
    std::size_t size = 0;
    if constexpr (kIsString<T>) {
      size = value.size();
    } else {
      size = Codec<T>::Size(value);
    }
    return VarintSize(size) + size;
  }
}

template <class T>
char* PutContent(char* to, const T& value) {
  if constexpr (std::is_integral_v<T>) {
    return PutVarint(to, static_cast<std::uint64_t>(value));
  } else if constexpr (std::is_same_v<T, double>) {
    return PutFixed(to, value);
  } else if constexpr (kIsString<T>) {
    return PutBytes(PutVarint(to, value.size()), value);
  } else {
    return Codec<T>::Put(PutVarint(to, Codec<T>::Size(value)), value);
  }
}

template <class T>
bool ReadField(ByteReader& reader, unsigned wire_type, T& value) {
  if constexpr (std::is_integral_v<T>) {
    if (wire_type != kVarint) return false;
    value = static_cast<T>(reader.Varint());
  } else if constexpr (std::is_same_v<T, double>) {
    if (wire_type != kFixed64) return false;
    value = reader.Fixed<double>();
  } else if constexpr (kIsString<T>) {
    if (wire_type != kBytes) return false;
    value = reader.Bytes();
  } else {
    if (wire_type != kBytes || !Codec<T>::Decode(reader.Bytes(), value)) return false;
  }
  return reader.ok();
}

}  // namespace wire

template <StructMessage T>
struct Codec<T> {
  static std::string Name() { return std::string(T::kTypeName); }

  static void Encode(const T& message, std::string& out) {
    const auto start = out.size();
    out.resize(start + Size(message));
    Put(out.data() + start, message);
  }
  // The same in two steps: how many bytes, and writing them to where there is room.
  static std::size_t Size(const T& message) {
    std::size_t size = 0;
    ForEachWritten(message, [&size]<class F>(std::size_t number, const F& field) {
      size += VarintSize(wire::TagOf<F>(number)) + wire::ContentSize(field);
    });
    return size;
  }
  static char* Put(char* to, const T& message) {
    ForEachWritten(message, [&to]<class F>(std::size_t number, const F& field) {
      to = wire::PutContent(PutVarint(to, wire::TagOf<F>(number)), field);
    });
    return to;
  }

  // False if the bytes are not a message of this type. `message` should be fresh.
  static bool Decode(std::string_view bytes, T& message) {
    auto fields = message.HoldfastFields();
    ByteReader reader(bytes);
    if (!ReadInOrder(reader, fields)) return false;
    while (!reader.AtEnd()) {
      const auto tag = reader.Varint();
      const auto number = tag >> 3;
      if (!reader.ok() || number == 0 || number > wire::kMaxFieldNumber) return false;
      if (!ReadNumbered(reader, static_cast<unsigned>(number), tag & 7, fields)) return false;
    }
    return reader.ok();
  }

 private:
  template <class Visit>
  static void ForEachWritten(const T& message, Visit&& visit) {
    std::apply(
        [&visit](const auto&... fields) {
          std::size_t number = 0;
          ((++number, wire::IsWritten(fields) ? visit(number, fields) : void()), ...);
        },
        message.HoldfastFields());
  }

  // Reads fields as long as they come as Encode writes them: in the order of the list, with tags of one byte.
  template <class Fields>
  static bool ReadInOrder(ByteReader& reader, Fields& fields) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return (ReadIfNext<I>(reader, std::get<I>(fields)) && ...);
    }
    (std::make_index_sequence<std::tuple_size_v<Fields>>());
  }
  template <std::size_t I, class F>
  static bool ReadIfNext(ByteReader& reader, F& field) {
    constexpr auto kTag = wire::TagOf<F>(I + 1);
    if (kTag > 0x7f || !reader.TakeIf(static_cast<char>(kTag))) return true;
    return wire::ReadField(reader, wire::kTypeOf<F>, field);
  }

  template <class Fields>
  static bool ReadNumbered(ByteReader& reader, unsigned number, unsigned wire_type, Fields& fields) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      bool known = false;
      bool good = true;
      ((number == I + 1 ? (known = true, good = wire::ReadField(reader, wire_type, std::get<I>(fields))) : false), ...);
      return known ? good : wire::SkipField(reader, wire_type);
    }
    (std::make_index_sequence<std::tuple_size_v<Fields>>());
  }
};

// The wrapper messages of Stateful Functions: field 1 holds the value, the default encodes to no bytes.
template <class T>
requires std::is_same_v<T, bool> || std::is_same_v<T, std::int32_t> || std::is_same_v<T, std::int64_t> ||
    std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_same_v<T, std::string>
struct Codec<T> {
  static std::string Name() {
    if constexpr (std::is_same_v<T, bool>) return "io.statefun.types/bool";
    if constexpr (std::is_same_v<T, std::int32_t>) return "io.statefun.types/int";
    if constexpr (std::is_same_v<T, std::int64_t>) return "io.statefun.types/long";
    if constexpr (std::is_same_v<T, float>) return "io.statefun.types/float";
    if constexpr (std::is_same_v<T, double>) return "io.statefun.types/double";
    if constexpr (std::is_same_v<T, std::string>) return "io.statefun.types/string";
  }

  static void Encode(const T& value, std::string& out) {
    if (IsDefault(value)) return;
    out.push_back(static_cast<char>(1 << 3 | kWire));
    if constexpr (kWire == wire::kBytes) AppendBytes(out, value);
    if constexpr (kWire == wire::kVarint) AppendVarint(out, value);
    if constexpr (kWire == wire::kFixed32 || kWire == wire::kFixed64) AppendFixed(out, value);
  }

  static bool Decode(std::string_view bytes, T& value) {
    ByteReader reader(bytes);
    value = T{};
    while (!reader.AtEnd()) {
      const auto tag = reader.Varint();
      if (tag != (1 << 3 | kWire)) {
        if (!wire::SkipField(reader, tag & 7)) return false;
      } else if constexpr (kWire == wire::kBytes) {
        value = reader.Bytes();
      } else if constexpr (kWire == wire::kVarint) {
        value = reader.Varint() != 0;
      } else {
        value = reader.template Fixed<T>();
      }
    }
    return reader.ok();
  }

 private:
  // By bits: minus zero is not the default.
  static bool IsDefault(const T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
      return value.empty();
    } else {
      const T zero{};
      return std::memcmp(&value, &zero, sizeof zero) == 0;
    }
  }
  static constexpr wire::Type kWire = std::is_same_v<T, bool>          ? wire::kVarint
                                      : std::is_same_v<T, std::string> ? wire::kBytes
                                      : sizeof(T) == 8                 ? wire::kFixed64
                                                                       : wire::kFixed32;
};

template <class T>
concept Message = requires(const T& value, T& target, std::string& out, std::string_view bytes) {
  { Codec<T>::Name() } -> std::convertible_to<std::string>;
  Codec<T>::Encode(value, out);
  { Codec<T>::Decode(bytes, target) } -> std::same_as<bool>;
};

}  // namespace holdfast
