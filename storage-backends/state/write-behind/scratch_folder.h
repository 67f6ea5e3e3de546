// The folder of a database whose content is scratch.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace holdfast::write_behind {

// Makes `folder` and removes whatever is in it. Its parent must exist. kRefused with a sentence that names the folder;
// `owner` says whose it is.
Status EmptyFolder(const std::string& folder, std::string_view owner);

}  // namespace holdfast::write_behind
