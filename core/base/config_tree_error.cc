#include "core/base/config_tree_error.h"

#include <iterator>

namespace holdfast {
namespace {

struct Row {
  ConfigErrorId id;
  std::string_view title;
  std::string_view what_to_do;
};

constexpr Row kRows[] = {
    {ConfigErrorId::kUnreadable, "The file cannot be read",
     "Check the path and its permissions; it must be a regular file."},
    {ConfigErrorId::kSyntax, "The file is not YAML that Holdfast reads",
     "Look at the named line, and at the one before it: most often a colon, a quote or the indentation is off. "
     "Anchors, "
     "aliases, tags and several documents in one file are not read; write the value out, or put it under `defaults`."},
    {ConfigErrorId::kDuplicate, "Something is written twice",
     "Keep one of the two; Holdfast does not guess which one was meant."},
    {ConfigErrorId::kUnknownName, "A name is unknown",
     "Use one of the known names in the message; `holdfast list` shows them with a sentence each."},
    {ConfigErrorId::kUnknownKey, "A key is unknown",
     "Use one of the known keys in the message. A key of another part is not accepted either: it would have no "
     "effect."},
    {ConfigErrorId::kMissing, "Something required is missing", "Add what the message names, at the place it names."},
    {ConfigErrorId::kShape, "A value has the wrong shape",
     "The message says whether a single value, a list or a map belongs there."},
    {ConfigErrorId::kValue, "A value cannot be read",
     "Write the value in the form the message shows. Durations, sizes and rates always carry a unit: `500ms`, `64KiB`, "
     "`20000/s`."},
    {ConfigErrorId::kBounds, "A value is out of bounds", "Choose a value within the bounds in the message."},
    {ConfigErrorId::kCombination, "A combination is impossible",
     "Change one of the parts the message names, or list the combination under `exclude`."},
    {ConfigErrorId::kOverride, "An override on the command line is malformed",
     "Write `--set section=value` or `--set section.option=value`, for example `--set protocol.interval=500ms`."},
    {ConfigErrorId::kNothingToRun, "No point, or too many",
     "Loosen `exclude`, give every axis of `matrix` at least one value, or split the suite."},
};

constexpr bool RowsAreInOrder() {
  int expected = 1;
  for (const auto& row : kRows) {
    if (static_cast<int>(row.id) != expected++) return false;
  }
  return expected == static_cast<int>(ConfigErrorId::kNothingToRun) + 1;
}
static_assert(RowsAreInOrder(), "one row for each id, in order");

constexpr std::size_t kMaxQuoted = 60;

}  // namespace

std::string ConfigPlace::ToString() const { return line > 0 ? fmt::format("{}:{}", file, line) : file; }

std::string ConfigErrorName(ConfigErrorId id) { return fmt::format("HF-CONFIG-{:03}", static_cast<int>(id)); }

std::string Quote(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text.substr(0, kMaxQuoted)) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      fmt::format_to(std::back_inserter(quoted), "\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + (text.size() > kMaxQuoted ? "...'" : "'");
}

Error MakeConfigError(ConfigErrorId id, const ConfigPlace& place, std::string_view sentence) {
  const auto where = place.ToString();
  return {ErrorCode::kInvalidArgument, where.empty() ? fmt::format("{}: {}", ConfigErrorName(id), sentence)
                                                     : fmt::format("{} {}: {}", ConfigErrorName(id), where, sentence)};
}

std::string ErrorReferenceMarkdown() {
  std::string page =
      "# Errors\n\nEvery error of a suite, an option or the command line starts with one of these ids and names its "
      "place "
      "and the way out.\n";
  for (const auto& row : kRows) {
    page += fmt::format("\n## {}\n\n**{}.** {}\n", ConfigErrorName(row.id), row.title, row.what_to_do);
  }
  return page;
}

}  // namespace holdfast
