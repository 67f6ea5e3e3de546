// Descriptors as people read them: the reference page, the list, the help text.
#include <algorithm>
#include <iterator>
#include <utility>

#include "core/base/descriptor.h"

namespace holdfast {
namespace {

// A `|` would end the cell.
std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') cell += '\\';
    cell += c;
  }
  return cell;
}

std::string ValueList(const std::vector<OptionValue>& values) {
  std::vector<std::string> texts;
  for (const auto& value : values) texts.push_back(FormatOptionValue(value));
  return fmt::format("{}", fmt::join(texts, ", "));
}

void AppendMarkdown(std::string& page, const Descriptor& descriptor) {
  page += fmt::format("\n### {}\n\n{}\n", descriptor.name, descriptor.sentence);
  if (!descriptor.guarantee.empty()) page += fmt::format("\nGuarantee: {}\n", descriptor.guarantee);
  if (!descriptor.capabilities.empty()) {
    page += fmt::format("\nCapabilities: {}\n", fmt::join(descriptor.capabilities, ", "));
  }
  if (descriptor.options.options().empty()) {
    page += "\nNo options.\n";
    return;
  }
  page += "\n| option | type | default | bounds | in simulation | meaning |\n|---|---|---|---|---|---|\n";
  for (const auto& option : descriptor.options.options()) {
    fmt::format_to(std::back_inserter(page), "| `{}` | {} | {} | {} | {} | {} |\n", option.key, Cell(option.TypeText()),
                   Cell(FormatOptionValue(option.default_value)), option.BoundsText(),
                   Cell(ValueList(option.simulation)), Cell(option.sentence));
  }
}

// Calls `heading(kind)` and then `part(descriptor)` for each part of the kind, kind by kind.
template <class Heading, class Part>
void ByKind(std::span<const Descriptor> descriptors, Heading heading, Part part) {
  for (const auto kind : PartKinds()) {
    bool first = true;
    for (const auto& descriptor : descriptors) {
      if (descriptor.kind != kind) continue;
      if (std::exchange(first, false)) heading(kind);
      part(descriptor);
    }
  }
}

}  // namespace

std::string PartReferenceMarkdown(std::span<const Descriptor> descriptors) {
  std::string page;
  ByKind(
      descriptors, [&](PartKind kind) { page += fmt::format("\n## {}\n", PartKindName(kind)); },
      [&](const Descriptor& descriptor) { AppendMarkdown(page, descriptor); });
  return page;
}

std::string PartListText(std::span<const Descriptor> descriptors) {
  std::size_t width = 0;
  for (const auto& descriptor : descriptors) width = std::max(width, descriptor.name.size());
  std::string text;
  ByKind(
      descriptors, [&](PartKind kind) { text += fmt::format("{}{}\n", text.empty() ? "" : "\n", PartKindName(kind)); },
      [&](const Descriptor& descriptor) {
        text += fmt::format("  {:<{}}  {}\n", descriptor.name, width, descriptor.sentence);
      });
  return text;
}

std::string PartHelpText(const Descriptor& descriptor) {
  auto text = fmt::format("{}: {}\n", descriptor.Title(), descriptor.sentence);
  if (!descriptor.guarantee.empty()) text += fmt::format("  guarantee: {}\n", descriptor.guarantee);
  if (!descriptor.capabilities.empty()) {
    text += fmt::format("  capabilities: {}\n", fmt::join(descriptor.capabilities, ", "));
  }
  std::size_t width = 0;
  for (const auto& option : descriptor.options.options()) width = std::max(width, option.key.size());
  for (const auto& option : descriptor.options.options()) {
    const auto bounds = option.BoundsText();
    text += fmt::format("  {:<{}}  {} ({}, default {}{})\n", option.key, width, option.sentence, option.TypeText(),
                        FormatOptionValue(option.default_value), bounds.empty() ? "" : ", " + bounds);
  }
  return text;
}

}  // namespace holdfast
