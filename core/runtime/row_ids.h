// Ids of the runtime's own rows. Numbers are stored most significant byte first, so rows sort by time and then by age.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/time.h"

namespace holdfast {

inline void AppendBigEndian(std::string& out, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(number >> shift));
}

inline std::uint64_t ReadBigEndian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char c : bytes.substr(0, 8)) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

// A row named by its number alone: pending asynchronous operations and parked messages.
inline std::string NumberedRow(std::uint64_t number) {
  std::string id;
  AppendBigEndian(id, number);
  return id;
}

// A delayed message: due time, then number.
inline std::string DelayedRow(AppTime due, std::uint64_t number) {
  std::string id;
  AppendBigEndian(id, static_cast<std::uint64_t>(due.millis));
  AppendBigEndian(id, number);
  return id;
}

}  // namespace holdfast
