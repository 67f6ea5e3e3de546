// Remembers which offsets have been seen, and of each enough to tell a repetition from a contradiction: one byte, which
// is zero for "not yet" and else a fingerprint of the content. Two different contents look alike once in 255 cases;
// that calls a contradiction a duplicate, but never anything wrong right.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/hash.h"

namespace holdfast {

class SeenMarks {
 public:
  enum class Sight : std::uint8_t { kFirst, kSame, kOther };

  Sight Mark(std::uint64_t offset, std::string_view content) {
    if (offset >= marks_.size()) marks_.resize(offset + 1);
    const auto print = static_cast<std::uint8_t>(1 + Hash64(content) % 255);
    auto& mark = marks_[offset];
    if (mark != 0) return mark == print ? Sight::kSame : Sight::kOther;
    mark = print;
    return Sight::kFirst;
  }

 private:
  std::vector<std::uint8_t> marks_;
};

}  // namespace holdfast
