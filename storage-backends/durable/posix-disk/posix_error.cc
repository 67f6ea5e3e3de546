#include "storage-backends/durable/posix-disk/posix_error.h"

#include <cerrno>
#include <system_error>

namespace holdfast {
namespace {

struct Meaning {
  ErrorCode code;
  std::string_view advice;
};

Meaning MeaningOf(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return {ErrorCode::kNotFound, ""};
    case EEXIST:
      return {ErrorCode::kAlreadyExists, ""};
    case ENOSPC:
      return {ErrorCode::kExhausted, "disk full: free some space, or use another disk"};
    case EDQUOT:
      return {ErrorCode::kExhausted, "quota used up: free some space, or raise the quota"};
    case EFBIG:
      return {ErrorCode::kExhausted, "the file may not grow: see `ulimit -f`"};
    case EMFILE:
    case ENFILE:
      return {ErrorCode::kExhausted, "too many open files: raise `ulimit -n`"};
    case ENOMEM:
      return {ErrorCode::kExhausted, "the kernel is out of memory"};
    case EACCES:
    case EPERM:
      return {ErrorCode::kRefused, "give this user the right to it, or use another folder"};
    case EROFS:
      return {ErrorCode::kRefused, "the file system is mounted read-only: remount it, or use another"};
    case ENOTEMPTY:
      return {ErrorCode::kRefused, "the folder is not empty"};
    case EISDIR:
      return {ErrorCode::kRefused, "it is a folder"};
    case ENAMETOOLONG:
    case EINVAL:
      return {ErrorCode::kInvalidArgument, ""};
    case EAGAIN:
    case EBUSY:
      return {ErrorCode::kUnavailable, "try again"};
    case EIO:
      return {ErrorCode::kDataLoss, "the device failed: see the kernel's log, and use another disk"};
    default:
      return {ErrorCode::kInternal, ""};
  }
}

}  // namespace

Error PosixError(int error, std::string_view verb, std::string_view path) {
  const auto [code, advice] = MeaningOf(error);
  const auto text = std::generic_category().message(error);
  if (advice.empty()) return MakeError(code, "cannot {} '{}': {}", verb, path, text);
  return MakeError(code, "cannot {} '{}': {} ({})", verb, path, advice, text);
}

}  // namespace holdfast
