#include "engines/holdfast/sut_config.h"

#include <charconv>
#include <fstream>

namespace holdfast {

namespace {

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

constexpr std::string_view kKeys[] = {"gateway", "incarnation", "data", "seed", "kill-switch", "troubles", "point"};

Result<std::string> TextOf(const ConfigTree& tree, std::string_view key) {
  const auto* node = tree.Find(key);
  if (node == nullptr || node->kind() != ConfigTree::Kind::kScalar || node->value().empty()) {
    return ConfigError(ConfigErrorId::kMissing, tree.place(), "the configuration of a process needs '{}'", key);
  }
  return node->value();
}

template <class Number>
Result<Number> NumberOf(const ConfigTree& tree, std::string_view key) {
  HOLDFAST_ASSIGN(const auto text, TextOf(tree, key));
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return ConfigError(ConfigErrorId::kValue, tree.Find(key)->place(), "'{}' is {}, not a number", key, Quote(text));
  }
  return number;
}

}  // namespace

std::string SutConfigText(const SutConfig& config) {
  auto text = fmt::format("gateway: {}\nincarnation: {}\ndata: {}\nseed: {}\n", Quoted(config.gateway),
                          config.incarnation, Quoted(config.data), config.seed);
  if (!config.kill_switch.empty()) text += fmt::format("kill-switch: {}\n", Quoted(config.kill_switch));
  if (!config.troubles.empty()) text += fmt::format("troubles: {}\n", Quoted(config.troubles));
  text += "point:\n";
  // A section's name comes first, then its options, all with the section before a dot.
  for (std::size_t i = 0; i < config.point.size();) {
    const auto& [section, name] = config.point[i];
    text += fmt::format("  {}: {{name: {}", section, Quoted(name));
    const auto prefix = section + ".";
    for (++i; i < config.point.size() && config.point[i].first.starts_with(prefix); ++i) {
      text += fmt::format(", {}: {}", config.point[i].first.substr(prefix.size()), Quoted(config.point[i].second));
    }
    text += "}\n";
  }
  return text;
}

Result<SutConfig> ParseSutConfig(std::string_view text, std::string_view file) {
  HOLDFAST_ASSIGN(const auto tree, ConfigTree::Parse(text, file));
  HOLDFAST_TRY(ExpectKind(tree, ConfigTree::Kind::kMap, "the configuration of a process"));
  const std::vector<std::string> keys(std::begin(kKeys), std::end(kKeys));
  HOLDFAST_TRY(ExpectKeys(tree, keys, "the configuration of a process"));
  SutConfig config;
  HOLDFAST_ASSIGN(config.gateway, TextOf(tree, "gateway"));
  HOLDFAST_ASSIGN(config.incarnation.value, NumberOf<std::uint32_t>(tree, "incarnation"));
  HOLDFAST_ASSIGN(config.data, TextOf(tree, "data"));
  HOLDFAST_ASSIGN(config.seed, NumberOf<std::uint64_t>(tree, "seed"));
  if (tree.Find("kill-switch") != nullptr) {
    HOLDFAST_ASSIGN(config.kill_switch, TextOf(tree, "kill-switch"));
  }
  if (tree.Find("troubles") != nullptr) {
    HOLDFAST_ASSIGN(config.troubles, TextOf(tree, "troubles"));
  }
  const auto* point = tree.Find("point");
  if (point == nullptr) {
    return ConfigError(ConfigErrorId::kMissing, tree.place(), "the configuration of a process needs 'point'");
  }
  for (const auto& [section, place, part] : point->entries()) {
    HOLDFAST_TRY(ExpectKind(part, ConfigTree::Kind::kMap, section));
    HOLDFAST_ASSIGN(const auto name, TextOf(part, "name"));
    config.point.emplace_back(section, name);
    for (const auto& [key, key_place, value] : part.entries()) {
      if (key != "name") config.point.emplace_back(fmt::format("{}.{}", section, key), value.value());
    }
  }
  return config;
}

ConfigTree PointAsSuite(const SutConfig& config) {
  const ConfigPlace place{"the configuration of a process", 0, 0};
  auto defaults = ConfigTree::Map(place);
  auto section = ConfigTree::Map(place);
  for (std::size_t i = 0; i < config.point.size(); ++i) {
    const auto& [path, value] = config.point[i];
    const auto dot = path.find('.');
    const auto key = dot == std::string::npos ? "name" : path.substr(dot + 1);
    section.Set(key, place, ConfigTree::Scalar(value, place));
    const auto name = path.substr(0, dot);
    if (i + 1 < config.point.size() && config.point[i + 1].first.starts_with(name + ".")) continue;
    defaults.Set(name, place, std::exchange(section, ConfigTree::Map(place)));
  }
  auto suite = ConfigTree::Map(place);
  suite.Set("suite", place, ConfigTree::Scalar("process", place));
  suite.Set("seed", place, ConfigTree::Scalar(fmt::to_string(config.seed), place));
  suite.Set("defaults", place, std::move(defaults));
  return suite;
}

Status WriteSutConfig(const SutConfig& config, const std::string& path) {
  std::ofstream file(path);
  file << SutConfigText(config);
  file.close();
  if (file) return {};
  return MakeError(ErrorCode::kExhausted, "cannot write {}: is the disk full?", path);
}

}  // namespace holdfast
