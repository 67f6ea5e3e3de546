#include "workloads/greeter/functions.h"

namespace holdfast::greeter {

Witness Link(const std::optional<Witness>& before, std::string_view id, std::initializer_list<std::uint64_t> words) {
  std::array<std::uint64_t, 8> bytes{before ? before->chain : Hash64(id)};
  HOLDFAST_CHECK(words.size() < bytes.size(), "{} words in one link", words.size());
  std::copy(words.begin(), words.end(), bytes.begin() + 1);
  const std::string_view input(reinterpret_cast<const char*>(bytes.data()), (1 + words.size()) * sizeof(bytes[0]));
  return {before ? before->version + 1 : 1, Hash64(input)};
}

std::string_view GreetingText(std::int64_t visits, std::span<char, 64> buffer) {
  switch (visits) {
    case 1:
      return "Welcome";
    case 2:
      return "Welcome back";
    case 3:
      return "Third time's the charm";
    default:
      return {buffer.data(), fmt::format_to_n(buffer.data(), buffer.size(), "Visit number {}", visits).size};
  }
}

}  // namespace holdfast::greeter
