// What every page needs: text made harmless, and a template filled in.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace holdfast::report {

// For text and for attributes in double quotes. Control characters other than newline become spaces.
std::string EscapeHtml(std::string_view text);
// Replaces each `{{name}}` of the template; what is put in is not looked at again.
std::string FillTemplate(std::string_view text,
                         std::initializer_list<std::pair<std::string_view, std::string_view>> parts);

}  // namespace holdfast::report
