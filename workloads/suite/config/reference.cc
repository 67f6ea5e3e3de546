#include "workloads/suite/config/reference.h"

#include <iterator>

#include "workloads/suite/config/document.h"

namespace holdfast {
namespace {

constexpr std::string_view kHead = R"(# Options

Every key of a suite and every option of every part, with defaults and bounds. Generated from the declarations in
the code by `scripts/reference`; `holdfast list` prints the same in a terminal. [Run a
suite](../guides/run-a-suite.md) shows them in use, [the errors](errors.md) what happens when one is wrong.

Durations, sizes and rates are written with a unit: `500ms`, `64KiB`, `20000/s`.

)";

constexpr std::string_view kPaths = R"(
An option is named by its section and its key. In a file it stands in the section's map, beside `name`; as an axis
of `matrix`, in a line of `exclude` and after `--set` it is written with a dot, as in `protocol.interval`. A section
without options may be written as the name alone: `state: heap`.

A section takes its name from the last of: the value below, `defaults`, `matrix`, the command line. Options are laid
over each other in the same order, and those that the section's part does not have are left behind.

A fault has a short form: `kill@4s` stands for `{name: kill, at: 4s}`, on the command line too: `--fault kill@4s`.

| section | kind of part | unless the suite says otherwise |
|---|---|---|
)";

std::string Initial(const ConfigTree& base, const SuiteSection& section) {
  if (!section.named) return "the defaults of its options; takes no name";
  const auto* value = base.Find(section.name);
  return value == nullptr ? "must be given" : fmt::format("`{}`", value->value());
}

}  // namespace

std::string SuiteReferenceMarkdown(const Catalog& catalog, const ConfigTree& base) {
  std::string page(kHead);
  page += "## The file\n\n| key | value | default | meaning |\n|---|---|---|---|\n";
  for (const auto& key : SuiteKeys()) {
    fmt::format_to(std::back_inserter(page), "| `{}` | {} | {} | {} |\n", key.name, key.value, key.initial,
                   key.meaning);
  }
  page += "\n## Sections\n";
  page += kPaths;
  for (const auto& section : SuiteSections()) {
    fmt::format_to(std::back_inserter(page), "| `{0}` | [{1}](#{1}) | {2} |\n", section.name,
                   PartKindName(section.kind), Initial(base, section));
  }
  return page + PartReferenceMarkdown(catalog.descriptors());
}

}  // namespace holdfast
