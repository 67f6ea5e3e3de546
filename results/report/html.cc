#include "results/report/html.h"

namespace holdfast::report {

std::string EscapeHtml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 && c != '\n' ? ' ' : c;
    }
  }
  return out;
}

std::string FillTemplate(std::string_view text,
                         std::initializer_list<std::pair<std::string_view, std::string_view>> parts) {
  std::string out;
  for (auto open = text.find("{{"); open != std::string_view::npos; open = text.find("{{")) {
    const auto close = text.find("}}", open);
    const auto name = text.substr(open + 2, close - open - 2);
    out += text.substr(0, open);
    for (const auto& [key, value] : parts)
      if (key == name) out += value;
    text.remove_prefix(close + 2);
  }
  return out += text;
}

}  // namespace holdfast::report
