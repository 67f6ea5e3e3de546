#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "results/record/run_io.h"

namespace holdfast::record {
namespace {

ErrorCode CodeOf(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return ErrorCode::kExhausted;
    case ENOENT:
      return ErrorCode::kNotFound;
    default:
      return ErrorCode::kUnavailable;
  }
}

Error SystemError(std::string_view verb, const std::filesystem::path& path, int error) {
  return MakeError(CodeOf(error), "cannot {} {}: {}", verb, path.string(), std::strerror(error));
}

Status WriteAll(int file, std::string_view text, const std::filesystem::path& path) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0 && errno != EINTR) return SystemError("write", path, errno);
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file) != 0) return SystemError("sync", path, errno);
  return {};
}

}  // namespace

Status WriteFileAtomically(const std::filesystem::path& path, std::string_view text) {
  const std::filesystem::path temporary = path.string() + ".tmp";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return SystemError("create", temporary, errno);
  auto status = WriteAll(file, text, temporary);
  if (::close(file) != 0 && status.ok()) status = SystemError("write", temporary, errno);
  if (status.ok() && std::rename(temporary.c_str(), path.c_str()) != 0) status = SystemError("replace", path, errno);
  if (!status.ok()) ::unlink(temporary.c_str());
  return status;
}

Result<std::string> ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return SystemError("read", path, errno);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (in.bad()) return SystemError("read", path, errno);
  return text;
}

Status WriteRun(const std::filesystem::path& folder, const Run& run) {
  HOLDFAST_ASSIGN(const auto text, RunToJson(run));
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return SystemError("make the folder", folder, error.value());
  return WriteFileAtomically(folder / kRunFileName, text);
}

Result<Run> ReadRun(const std::filesystem::path& path) {
  const auto file = std::filesystem::is_directory(path) ? path / kRunFileName : path;
  HOLDFAST_ASSIGN(const auto text, ReadFile(file));
  return RunFromJson(text, file.string());
}

}  // namespace holdfast::record
