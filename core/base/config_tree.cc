#include "core/base/config_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include "core/base/suggest.h"

namespace holdfast {
namespace {

// Builds the tree from the parser's events. The first refusal is kept and everything after it is ignored.
class Builder : public YAML::EventHandler {
 public:
  // With line 0 in `origin` every node is at `origin`; otherwise at its own line of `origin.file`.
  explicit Builder(ConfigPlace origin) : origin_(std::move(origin)) {}

  ConfigPlace At(const YAML::Mark& mark) const {
    return origin_.line == 0 ? origin_ : ConfigPlace{origin_.file, mark.line + 1, mark.column + 1};
  }
  void Refuse(const ConfigPlace& place, ConfigErrorId id, std::string_view sentence) {
    if (!error_) error_ = MakeConfigError(id, place, sentence);
  }
  Result<ConfigTree> Finish() && {
    if (error_) return *std::move(error_);
    if (!root_ || (root_->kind() == ConfigTree::Kind::kScalar && root_->value().empty())) {
      return ConfigError(ConfigErrorId::kMissing, origin_, "there is nothing here");
    }
    return *std::move(root_);
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1)
      Refuse(At(mark), ConfigErrorId::kSyntax, "the document has ended before this; a file holds one");
  }
  void OnDocumentEnd() override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Refuse(At(mark), ConfigErrorId::kSyntax, "aliases (*name) are not read; write the value out");
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    CheckPlain(mark, "", anchor);
    // The parser stands behind a missing value already; its key is the better place.
    const bool has_key = !open_.empty() && open_.back().key;
    Add(ConfigTree::Scalar("", has_key ? open_.back().key->place : At(mark)));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    CheckPlain(mark, tag, anchor);
    Add(ConfigTree::Scalar(value, At(mark)));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    CheckPlain(mark, tag, anchor);
    open_.push_back({ConfigTree::List(At(mark)), {}});
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    CheckPlain(mark, tag, anchor);
    open_.push_back({ConfigTree::Map(At(mark)), {}});
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Key {
    std::string name;
    ConfigPlace place;
  };
  // A list or map not yet closed, and the key whose value comes next.
  struct Open {
    ConfigTree tree;
    std::optional<Key> key;
  };

  // The parser reports "?" and "!" for plain and quoted nodes without a tag.
  void CheckPlain(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) Refuse(At(mark), ConfigErrorId::kSyntax, "anchors (&name) are not read; write the value out");
    if (tag.size() > 1) Refuse(At(mark), ConfigErrorId::kSyntax, fmt::format("tags are not read; remove {}", tag));
  }
  void Close() {
    auto tree = std::move(open_.back().tree);
    open_.pop_back();
    Add(std::move(tree));
  }
  void Add(ConfigTree node) {
    if (error_) return;
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& [parent, key] = open_.back();
    if (parent.kind() == ConfigTree::Kind::kList) {
      parent.Append(std::move(node));
    } else if (key) {
      parent.Set(std::move(key->name), std::move(key->place), std::move(node));
      key.reset();
    } else if (node.kind() != ConfigTree::Kind::kScalar || node.value().empty()) {
      Refuse(node.place(), ConfigErrorId::kSyntax, "a key must be a word");
    } else if (const auto* earlier = parent.Find(node.value())) {
      Refuse(node.place(), ConfigErrorId::kDuplicate,
             earlier->place().line > 0
                 ? fmt::format("key {} is written twice; first at line {}", Quote(node.value()), earlier->place().line)
                 : fmt::format("key {} is written twice", Quote(node.value())));
    } else {
      key = Key{node.value(), node.place()};
    }
  }

  ConfigPlace origin_;
  std::vector<Open> open_;
  std::optional<ConfigTree> root_;
  std::optional<Error> error_;
  int documents_ = 0;
};

// The YAML library throws; this is where that ends. A second document is asked for only to be refused, and a third
// never: the library takes some stray brackets for a document without end.
Result<ConfigTree> ParseAt(std::string_view text, const ConfigPlace& origin) {
  Builder builder(origin);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
  } catch (const YAML::Exception& exception) {
    const auto place = builder.At(exception.mark);
    builder.Refuse(place, ConfigErrorId::kSyntax,
                   place.line > 0 ? fmt::format("{} (column {})", exception.msg, place.column) : exception.msg);
  } catch (const std::exception& exception) {
    builder.Refuse(origin, ConfigErrorId::kSyntax, exception.what());
  }
  return std::move(builder).Finish();
}

std::string_view KindWord(ConfigTree::Kind kind) {
  switch (kind) {
    case ConfigTree::Kind::kScalar:
      return "a single value";
    case ConfigTree::Kind::kList:
      return "a list";
    case ConfigTree::Kind::kMap:
      return "a map";
  }
  return "";
}

// Whether a scalar means itself without quotes, wherever it stands.
bool IsPlain(std::string_view text) {
  const auto harmless = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '/' || c == '-' || c == ' ';
  };
  return !text.empty() && std::ranges::all_of(text, harmless) && text.front() != '-' && text.front() != ' ' &&
         text.back() != ' ';
}

std::string InQuotes(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '\n') {
      quoted += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

Result<ConfigTree> ConfigTree::Parse(std::string_view text, std::string_view file) {
  return ParseAt(text, ConfigPlace{std::string(file), 1, 1});
}

Result<ConfigTree> ConfigTree::ParseValue(std::string_view text, const ConfigPlace& place) {
  return ParseAt(text, ConfigPlace{place.file, 0, 0});
}

const ConfigTree* ConfigTree::Find(std::string_view key) const {
  for (const auto& entry : entries_) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

void ConfigTree::Append(ConfigTree item) {
  HOLDFAST_CHECK(kind_ == Kind::kList, "append to {}", KindWord(kind_));
  items_.push_back(std::move(item));
}

void ConfigTree::Set(std::string key, ConfigPlace key_place, ConfigTree value) {
  HOLDFAST_CHECK(kind_ == Kind::kMap, "set {} in {}", key, KindWord(kind_));
  for (auto& entry : entries_) {
    if (entry.key == key) {
      entry = {std::move(key), std::move(key_place), std::move(value)};
      return;
    }
  }
  entries_.push_back({std::move(key), std::move(key_place), std::move(value)});
}

std::string FlowText(const ConfigTree& tree) {
  std::vector<std::string> parts;
  switch (tree.kind()) {
    case ConfigTree::Kind::kScalar:
      return IsPlain(tree.value()) ? tree.value() : InQuotes(tree.value());
    case ConfigTree::Kind::kList:
      for (const auto& item : tree.items()) parts.push_back(FlowText(item));
      return fmt::format("[{}]", fmt::join(parts, ", "));
    case ConfigTree::Kind::kMap:
      for (const auto& entry : tree.entries()) {
        const auto key = ConfigTree::Scalar(entry.key, entry.place);
        parts.push_back(fmt::format("{}: {}", FlowText(key), FlowText(entry.value)));
      }
  }
  return fmt::format("{{{}}}", fmt::join(parts, ", "));
}

Status ExpectKind(const ConfigTree& tree, ConfigTree::Kind kind, std::string_view what) {
  if (tree.kind() == kind) return {};
  const bool nothing = tree.kind() == ConfigTree::Kind::kScalar && tree.value().empty();
  return ConfigError(ConfigErrorId::kShape, tree.place(), "{} must be {}, not {}", what, KindWord(kind),
                     nothing ? "nothing" : KindWord(tree.kind()));
}

Status ExpectKeys(const ConfigTree& map, std::span<const std::string> known, std::string_view owner) {
  for (const auto& entry : map.entries()) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    return ConfigError(ConfigErrorId::kUnknownKey, entry.place, "{} has no key {}; {}", owner, Quote(entry.key),
                       KnownWords(entry.key, known));
  }
  return {};
}

}  // namespace holdfast
