#include "core/base/suggest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace holdfast {
namespace {

// Longer words get no suggestion, which bounds the work.
constexpr std::size_t kMaxWord = 64;

std::string Lower(std::string_view word) {
  std::string lower(word);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// Optimal string alignment distance, row by row; three rows suffice to see a swap.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::array<std::array<std::size_t, kMaxWord + 1>, 3> rows{};
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], rows[(i + 1) % 3][j - 2] + 1);
      }
    }
  }
  return rows[a.size() % 3][b.size()];
}

}  // namespace

std::string NearestWord(std::string_view word, std::span<const std::string> known) {
  if (word.empty() || word.size() > kMaxWord) return {};
  const auto wanted = Lower(word);
  std::string_view best;
  auto best_distance = std::max<std::size_t>(1, (word.size() + 1) / 3) + 1;
  std::string_view longest_prefix;
  for (const auto& candidate : known) {
    if (candidate.empty() || candidate.size() > kMaxWord) continue;
    const auto lower = Lower(candidate);
    if (const auto distance = EditDistance(wanted, lower); distance < best_distance && distance < candidate.size()) {
      best = candidate;
      best_distance = distance;
    }
    if ((lower.starts_with(wanted) || wanted.starts_with(lower)) && candidate.size() > longest_prefix.size()) {
      longest_prefix = candidate;
    }
  }
  return std::string(best.empty() ? longest_prefix : best);
}

std::string KnownWords(std::string_view word, std::span<const std::string> known) {
  if (known.empty()) return "none is known";
  auto text = fmt::format("known: {}", fmt::join(known, ", "));
  if (const auto nearest = NearestWord(word, known); !nearest.empty())
    text += fmt::format(" (did you mean {}?)", nearest);
  return text;
}

}  // namespace holdfast
