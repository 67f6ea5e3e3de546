#include "core/base/config_tree_error.h"

#include <iterator>

namespace holdfast {
namespace {

constexpr ConfigErrorEntry kEntries[] = {
    {ConfigErrorId::kUnreadable, "The file cannot be read", "There is no such file, or it is not a regular one.",
     "Check the path and its permissions.", "holdfast run no/such.yaml",
     "HF-CONFIG-001 no/such.yaml: No such file or directory"},
    {ConfigErrorId::kSyntax, "The file is not YAML that Holdfast reads",
     "The YAML is damaged, or uses what makes a reader see something else than the program does: anchors, aliases, "
     "tags, several documents in one file.",
     "Look at the named line, and at the one before it: most often a colon, a quote or the indentation is off. Write "
     "the value of an alias out, or put it under `defaults`.",
     "suite: quick\ndefaults: &d\n  workload: greeter\n",
     "HF-CONFIG-002 suite.yaml:2: anchors (&name) are not read; write the value out"},
    {ConfigErrorId::kDuplicate, "Something is written twice",
     "A key, an axis value or an option has two values, and Holdfast does not guess which one was meant.",
     "Keep one of the two.", "suite: quick\nseed: 1\nseed: 2\n",
     "HF-CONFIG-003 suite.yaml:3: key 'seed' is written twice; first at line 2"},
    {ConfigErrorId::kUnknownName, "A name is unknown",
     "No part of this kind, or no choice of this option, has that name.",
     "Use one of the known names in the message; `holdfast list` shows them with a sentence each.",
     "suite: quick\ndefaults:\n  workload: greeter\n  protocol: unalinged\n",
     "HF-CONFIG-004 suite.yaml:4: unknown protocol 'unalinged'; known: message-logging, none, stop-the-world, "
     "unaligned (did you mean unaligned?)"},
    {ConfigErrorId::kUnknownKey, "A key is unknown",
     "The suite, the section or the part has no such key. A key of another part is not accepted either: it would have "
     "no effect.",
     "Use one of the known keys in the message; [the options](options.md) has them all.",
     "suite: quick\ndefaults:\n  workload: greeter\n  protocol: {name: unaligned, intervall: 1s}\n",
     "HF-CONFIG-005 suite.yaml:4: protocol unaligned has no key 'intervall'; known: interval, timeout, retained (did "
     "you mean interval?)"},
    {ConfigErrorId::kMissing, "Something required is missing",
     "A suite needs a name and a workload; a value needs text.", "Add what the message names, at the place it names.",
     "suite: quick\n",
     "HF-CONFIG-006 suite.yaml:1: the suite names no workload; known: chain, fraud-bandit, fraud-detection, greeter, "
     "iot-aggregates, key-value, payment, random-programs, shopping-cart"},
    {ConfigErrorId::kShape, "A value has the wrong shape",
     "A single value stands where a list or a map belongs, or the other way round.",
     "Write the shape that the message names. Several values for one section are an axis: they stand under `matrix`.",
     "suite: quick\ndefaults:\n  workload: greeter\n  protocol: [none, unaligned]\n",
     "HF-CONFIG-007 suite.yaml:4: protocol is one name or map; a list of them is an axis under matrix"},
    {ConfigErrorId::kValue, "A value cannot be read", "The text is not a value of the option's type.",
     "Write the value in the form the message shows. Durations, sizes and rates always carry a unit: `500ms`, `64KiB`, "
     "`20000/s`.",
     "suite: quick\ndefaults:\n  workload: greeter\n  protocol: {name: unaligned, interval: 500}\n",
     "HF-CONFIG-008 suite.yaml:4: interval of protocol unaligned: '500' is not a duration: it has no unit; known: ns, "
     "us, ms, s, m, h, as in 500ms"},
    {ConfigErrorId::kBounds, "A value is out of bounds", "The value is read, but the option does not go that far.",
     "Choose a value within the bounds in the message.",
     "suite: quick\nrepetitions: 0\ndefaults:\n  workload: greeter\n",
     "HF-CONFIG-009 suite.yaml:2: repetitions of the suite is 0; allowed: 1 .. 1000"},
    {ConfigErrorId::kCombination, "A combination is impossible",
     "Every value is good by itself, but together they cannot run or could not keep what they promise.",
     "Change one of the parts the message names, or list the combination under `exclude`.",
     "suite: quick\ndefaults:\n  workload: greeter\n  load: {duration: 5s}\n  fault: kill@8s\n",
     "HF-CONFIG-010 suite.yaml:5: the fault strikes 8s into a measurement of 5s; let it strike earlier or measure for "
     "longer (point greeter)"},
    {ConfigErrorId::kOverride, "An override on the command line is malformed", "`--set` takes a path and a value.",
     "Write `--set section=value` or `--set section.option=value`, for example `--set protocol.interval=500ms`.",
     "holdfast run suite.yaml --set protocol",
     "HF-CONFIG-011 --set protocol: write --set section=value or --set section.option=value"},
    {ConfigErrorId::kNothingToRun, "No point, or too many",
     "An axis is empty, `exclude` leaves nothing, or the matrix has more than 10000 points.",
     "Loosen `exclude`, give every axis of `matrix` at least one value, or split the suite.",
     "suite: quick\ndefaults:\n  workload: greeter\nmatrix:\n  protocol: []\n",
     "HF-CONFIG-012 suite.yaml:5: axis protocol is empty"},
};

constexpr bool EntriesAreInOrder() {
  int expected = 1;
  for (const auto& entry : kEntries) {
    if (static_cast<int>(entry.id) != expected++) return false;
  }
  return expected == static_cast<int>(ConfigErrorId::kNothingToRun) + 1;
}
static_assert(EntriesAreInOrder(), "one entry for each id, in order");

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

std::span<const ConfigErrorEntry> ConfigErrorEntries() { return kEntries; }

std::string ErrorReferenceMarkdown() {
  std::string page =
      "# Errors\n\n"
      "What an id in a message means and how to get out of it. Every error of a suite, an option or the command line "
      "reads\n`id place: sentence`. The place is a line of a file or an argument, the sentence names the thing and, "
      "where it can, the\nway out. Nothing has run when one of them appears; the exit code is 2. "
      "[The options](options.md) and\n[the command line](command-line.md) have pages of their own. Generated from "
      "`core/base/config_tree_error.cc` by\n`scripts/reference`.\n";
  for (const auto& entry : kEntries) {
    page += fmt::format("\n## {}\n\n**{}.** {}\n\n```text\n{}{}```\n\n```text\n{}\n```\n\n{}\n",
                        ConfigErrorName(entry.id), entry.title, entry.meaning, entry.wrong,
                        entry.wrong.ends_with('\n') ? "" : "\n", entry.message, entry.way_out);
  }
  return page;
}

}  // namespace holdfast
