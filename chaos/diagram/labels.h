// Labels that do not lie on each other: each takes the first free place of a few, or none.
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast {

class LabelPlaces {
 public:
  // Where a label of this text may begin: at `x`, on the first of the lines `ys` where there is room from there on.
  // Nothing if there is none. Labels may come in any order.
  std::optional<double> Take(double x, std::string_view text, const std::vector<double>& ys) {
    constexpr double kLetter = 6.4;
    const auto end = x + kLetter * static_cast<double>(text.size()) + 4;
    for (const auto y : ys) {
      if (!Free(x, end, y)) continue;
      taken_[y].push_back({x, end});
      return y;
    }
    return std::nullopt;
  }

 private:
  bool Free(double begin, double end, double y) const {
    const auto line = taken_.find(y);
    if (line == taken_.end()) return true;
    for (const auto& [from, to] : line->second) {
      if (begin < to && from < end) return false;
    }
    return true;
  }
  std::map<double, std::vector<std::pair<double, double>>> taken_;
};

}  // namespace holdfast
