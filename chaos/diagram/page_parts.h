// The files of the page, put into the program by holdfast_embed.
#pragma once

#include <string_view>

namespace holdfast::diagram {

std::string_view PageHtml();
std::string_view PageCss();
std::string_view PageJs();
std::string_view Legend();

}  // namespace holdfast::diagram
