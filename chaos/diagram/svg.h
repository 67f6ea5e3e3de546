// A laid out diagram as SVG, styled by the classes that page/diagram.css knows. Every mark carries its words as a
// <title>, so that pointing at it tells what it is, without a script.
#pragma once

#include <string>

#include "chaos/diagram/layout.h"

namespace holdfast {

// The lanes' names: as high as the picture, to stand at its left while it is scrolled.
std::string DrawNames(const Diagram& diagram);
// `verdict` stands at the right end; `broken` if it is damage.
std::string DrawPicture(const Diagram& diagram, const std::string& verdict, bool broken);

}  // namespace holdfast
