// A configuration as a tree that remembers where everything was written. YAML is read into it once, strictly: a key
// written twice, an anchor, a tag or a second document is refused, because each of them makes a reader see something
// else than the program does. Scalars stay text; what they mean is decided by whoever knows the type they should have
// (core/base/options.h). Nodes are values: copying one copies what is below it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/config_tree_error.h"
#include "core/base/result.h"

namespace holdfast {

class ConfigTree {
 public:
  enum class Kind { kScalar, kList, kMap };
  struct Entry;

  // Reads a whole file's text; `file` is what errors call it.
  static Result<ConfigTree> Parse(std::string_view text, std::string_view file);
  // Reads a value written in one place, as on the command line: every node is at `place`.
  static Result<ConfigTree> ParseValue(std::string_view text, const ConfigPlace& place);

  static ConfigTree Scalar(std::string value, ConfigPlace place) {
    ConfigTree tree(Kind::kScalar, std::move(place));
    tree.value_ = std::move(value);
    return tree;
  }
  static ConfigTree List(ConfigPlace place) { return ConfigTree(Kind::kList, std::move(place)); }
  static ConfigTree Map(ConfigPlace place) { return ConfigTree(Kind::kMap, std::move(place)); }
  // An empty map that stands nowhere.
  ConfigTree() = default;

  Kind kind() const { return kind_; }
  const ConfigPlace& place() const { return place_; }
  // The text of a scalar, unquoted; empty for one that is written as nothing (`key:`), for a list and for a map.
  const std::string& value() const { return value_; }
  // The nodes of a list in order; empty for other kinds.
  const std::vector<ConfigTree>& items() const { return items_; }
  // The entries of a map in the order written; empty for other kinds.
  const std::vector<Entry>& entries() const { return entries_; }
  // The value of a map's key, or null. Valid until the map changes.
  const ConfigTree* Find(std::string_view key) const;

  // Requires: a list.
  void Append(ConfigTree item);
  // Writes an entry, in place of the one with this key if there is one. Requires: a map.
  void Set(std::string key, ConfigPlace key_place, ConfigTree value);

 private:
  ConfigTree(Kind kind, ConfigPlace place) : kind_(kind), place_(std::move(place)) {}

  Kind kind_ = Kind::kMap;
  ConfigPlace place_;
  std::string value_;
  std::vector<ConfigTree> items_;
  std::vector<Entry> entries_;
};

struct ConfigTree::Entry {
  std::string key;
  ConfigPlace place;  // Of the key; the value has its own.
  ConfigTree value;
};

// The tree on one line, as YAML's flow style: `[{at: 1s, do: kill}]`. Reads back to the same tree at another place.
std::string FlowText(const ConfigTree& tree);

// Refuses a tree of another kind: `what` must be a map, not a list.
Status ExpectKind(const ConfigTree& tree, ConfigTree::Kind kind, std::string_view what);
// Refuses the first key of `map` that is not among `known`: `owner` has no key ...; known: ... (did you mean ...?).
Status ExpectKeys(const ConfigTree& map, std::span<const std::string> known, std::string_view owner);

}  // namespace holdfast
