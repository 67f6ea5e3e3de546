// A new folder for one test or measurement, removed with all that is in it. Tests of one program run at the same time,
// each in a process, so a name that is fixed would be shared.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/base/check.h"

namespace holdfast {

class TemporaryFolder {
 public:
  TemporaryFolder() { HOLDFAST_CHECK(::mkdtemp(path_.data()) != nullptr, "cannot make folder {}", path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  // Short, since sockets live in it.
  std::string path_ = (std::filesystem::temp_directory_path() / "holdfast-XXXXXX").string();
};

}  // namespace holdfast
