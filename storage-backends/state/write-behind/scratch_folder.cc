#include "storage-backends/state/write-behind/scratch_folder.h"

#include <filesystem>

namespace holdfast::write_behind {

Status EmptyFolder(const std::string& folder, std::string_view owner) {
  std::error_code failed;
  std::filesystem::remove_all(folder, failed);
  if (!failed) std::filesystem::create_directory(folder, failed);
  if (!failed) return {};
  return MakeError(ErrorCode::kRefused, "{}: cannot empty the folder {}: {}", owner, folder, failed.message());
}

}  // namespace holdfast::write_behind
