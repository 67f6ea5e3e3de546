// Which program this is, for `--version`, run records and snapshot manifests. Link Holdfast::version to have it.
#pragma once

#include <string_view>

namespace holdfast {

// The project's version, for example "0.1.0".
std::string_view Version();
// The commit it was built from, with "-modified" behind it when the tree had other changes; "unknown" outside git.
std::string_view GitCommit();

}  // namespace holdfast
