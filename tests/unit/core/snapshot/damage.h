// Stored and sent bytes as they come back from a bad disk or wire.
#pragma once

#include <functional>
#include <string>

namespace holdfast {

// Calls `see` with every truncation of `bytes` and with every byte changed, and a word on which it was.
inline void ForEachDamage(const std::string& bytes,
                          const std::function<void(const std::string& damaged, const std::string& how)>& see) {
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    see(bytes.substr(0, size), "cut to " + std::to_string(size) + " bytes");
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const char change : {'\x01', '\x80', '\xff'}) {
      auto damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ change);
      see(damaged, "changed at " + std::to_string(at));
    }
  }
}

}  // namespace holdfast
