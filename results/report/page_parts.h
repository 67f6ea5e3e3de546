// The files of the report page, put into the program by holdfast_embed.
#pragma once

#include <string_view>

namespace holdfast::report {

std::string_view PageHtml();
std::string_view PageCss();
std::string_view FormatJs();
std::string_view ChartsJs();
std::string_view TablesJs();
std::string_view SpectrumJs();
std::string_view TimelineJs();
std::string_view RatesJs();
std::string_view PageJs();
std::string_view LibraryJs();
std::string_view LibraryCss();
std::string_view LibraryLicense();

}  // namespace holdfast::report
