#include "apps/doctor/finding.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <sstream>

namespace holdfast::doctor {
namespace {

namespace json = boost::json;

// The words of `text` in lines of `width`, each behind `indent` blanks.
std::string Wrapped(const std::string& text, std::size_t indent, std::size_t width) {
  std::string lines, line;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!line.empty() && line.size() + 1 + word.size() > width) {
      lines += std::string(indent, ' ') + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return line.empty() ? lines : lines + std::string(indent, ' ') + line + "\n";
}

std::string SectionText(std::string_view title, const std::vector<Finding>& findings, std::size_t columns) {
  std::size_t width = 0;
  for (const auto& finding : findings) width = std::max(width, finding.name.size());
  auto text = fmt::format("{}\n", title);
  constexpr std::size_t kIndent = 10;
  const auto room = std::max<std::size_t>(columns, 60) - kIndent;
  for (const auto& finding : findings) {
    text += fmt::format("  {:<7} {:<{}}  {}\n", GradeWord(finding.grade), finding.name, width, finding.value);
    text += Wrapped(finding.meaning, kIndent, room);
    text += Wrapped("tried: " + finding.how, kIndent, room);
  }
  return text;
}

json::array SectionJson(const std::vector<Finding>& findings) {
  json::array list;
  for (const auto& finding : findings) {
    list.push_back(json::object{{"name", finding.name},
                                {"grade", GradeWord(finding.grade)},
                                {"value", finding.value},
                                {"meaning", finding.meaning},
                                {"how", finding.how},
                                {"needed", finding.needed}});
  }
  return list;
}

}  // namespace

std::string_view GradeWord(Grade grade) {
  constexpr std::string_view kWords[] = {"good", "fair", "poor", "unknown"};
  return kWords[static_cast<std::size_t>(grade)];
}

bool FitForQuickSuite(const Findings& findings) {
  const auto missing = [](const Finding& finding) { return finding.needed && finding.grade == Grade::kPoor; };
  return std::ranges::none_of(findings.faults, missing) && std::ranges::none_of(findings.noise, missing);
}

std::string FindingsText(const Findings& findings, std::size_t columns) {
  return SectionText("Faults that this host can inflict", findings.faults, columns) + "\n" +
         SectionText("Noise floor", findings.noise, columns) + "\n" +
         (FitForQuickSuite(findings) ? "The quick suite can run here.\n"
                                     : "The quick suite cannot run here: see what is poor above.\n");
}

std::string FindingsJson(const Findings& findings) {
  return json::serialize(json::object{{"fit_for_quick_suite", FitForQuickSuite(findings)},
                                      {"faults", SectionJson(findings.faults)},
                                      {"noise", SectionJson(findings.noise)}}) +
         "\n";
}

}  // namespace holdfast::doctor
