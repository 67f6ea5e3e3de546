// Reads the values of an address from its record by their names, as a checker does, whether or not they have expired:
// the last unit left only what was live then.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

#include "core/model/application.h"
#include "core/model/message.h"
#include "core/model/record.h"

namespace holdfast {

// Nothing if there is no such value, or it is none of this type.
template <class T>
std::optional<T> ReadState(const FunctionSpec& function, std::string_view record, std::string_view state) {
  for (std::size_t slot = 0; slot < function.states.size(); ++slot) {
    if (function.states[slot].name != state) continue;
    const auto bytes = FindValue(record, StateSlot(static_cast<std::uint8_t>(slot)), AppTime{-1});
    T value{};
    if (bytes && Codec<T>::Decode(*bytes, value)) return value;
  }
  return std::nullopt;
}

// The number in "<prefix><number>"; nothing if the id is not exactly that.
inline std::optional<std::uint64_t> NumberInId(std::string_view id, std::string_view prefix) {
  if (!id.starts_with(prefix)) return std::nullopt;
  const auto digits = id.substr(prefix.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  if (!whole || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  return number;
}

}  // namespace holdfast
