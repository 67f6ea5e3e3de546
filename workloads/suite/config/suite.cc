#include "workloads/suite/config/suite.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "workloads/suite/config/document.h"
#include "workloads/suite/config/expander.h"

namespace holdfast {

const SuitePart* SuitePoint::Find(std::string_view section) const {
  for (const auto& part : parts) {
    if (part.section == section) return &part;
  }
  return nullptr;
}

const SuitePart& SuitePoint::Part(std::string_view section) const {
  const auto* part = Find(section);
  HOLDFAST_CHECK(part != nullptr, "point {} has no {}", name, section);
  return *part;
}

std::vector<std::pair<std::string, std::string>> SuitePoint::Resolved() const {
  std::vector<std::pair<std::string, std::string>> resolved;
  for (const auto& part : parts) {
    resolved.emplace_back(part.section, part.name);
    for (auto& [key, value] : part.options.Resolved()) {
      resolved.emplace_back(fmt::format("{}.{}", part.section, key), std::move(value));
    }
  }
  return resolved;
}

Result<Suite> ParseSuite(const ConfigTree& document, std::span<const SuiteOverride> overrides,
                         const SuiteRules& rules) {
  HOLDFAST_ASSIGN(const SuiteDocument read, ReadSuiteDocument(document, overrides, rules.base));
  Suite suite{.name = read.name,
              .about = read.about,
              .seed = static_cast<std::uint64_t>(read.numbers.GetInt("seed")),
              .repetitions = static_cast<int>(read.numbers.GetInt("repetitions")),
              .points = {}};
  HOLDFAST_ASSIGN(suite.points, SuiteExpander(read, rules).Expand());
  return suite;
}

Result<Suite> LoadSuite(const std::string& path, std::span<const SuiteOverride> overrides, const SuiteRules& rules) {
  const ConfigPlace place{path, 0, 0};
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return ConfigError(ConfigErrorId::kUnreadable, place, "{}",
                       error ? error.message() : std::string("this is not a regular file"));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return ConfigError(ConfigErrorId::kUnreadable, place, "the file cannot be opened; check its permissions");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  HOLDFAST_ASSIGN(const auto document, ConfigTree::Parse(text, path));
  return ParseSuite(document, overrides, rules);
}

}  // namespace holdfast
