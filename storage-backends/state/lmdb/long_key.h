// LMDB keys have at most 511 bytes, ids up to 65535. A key that is too long is stored as its beginning and a hash of
// all of it, and its value as the rest of the key and the value:
//
//   short: key                           -> value
//   long:  first 478 bytes | hash (16)   -> varint-prefixed rest of the key | value
//
// Stored long keys are longer than any short one, so neither is ever taken for the other.
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/hash.h"

namespace holdfast::lmdb {

inline constexpr std::size_t kHeadBytes = 478;
inline constexpr std::size_t kLongKeyBytes = kHeadBytes + 16;

inline bool IsLong(std::string_view key) { return key.size() >= kLongKeyBytes; }
inline bool IsStoredLong(std::string_view stored) { return stored.size() == kLongKeyBytes; }

inline void StoreLongKey(std::string_view key, std::string& out) {
  out.assign(key.substr(0, kHeadBytes));
  AppendFixed(out, Hash64(key, 1));
  AppendFixed(out, Hash64(key, 2));
}

inline void StoreLongValue(std::string_view key, std::string_view value, std::string& out) {
  out.clear();
  AppendBytes(out, key.substr(kHeadBytes));
  out.append(value);
}

struct LongValue {
  std::string_view rest_of_key;
  std::string_view value;
};
inline LongValue LoadLongValue(std::string_view stored) {
  ByteReader reader(stored);
  LongValue loaded;
  loaded.rest_of_key = reader.Bytes();
  loaded.value = reader.rest();
  return loaded;
}

}  // namespace holdfast::lmdb
