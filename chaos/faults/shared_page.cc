#include "chaos/faults/shared_page.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace holdfast {
namespace {

// The file has this size, or is given it.
bool HasSize(int file, std::size_t size, PageFile kind) {
  if (kind == PageFile::kNew) return ::ftruncate(file, static_cast<off_t>(size)) == 0;
  struct stat status {};
  if (::fstat(file, &status) != 0) return false;
  errno = EINVAL;
  return status.st_size == static_cast<off_t>(size);
}

}  // namespace

Result<void*> MapSharedPage(const std::string& path, std::size_t size, PageFile kind, std::string_view what) {
  const int flags = O_RDWR | O_CLOEXEC | (kind == PageFile::kNew ? O_CREAT | O_EXCL : 0);
  const int file = ::open(path.c_str(), flags, 0600);
  void* page = MAP_FAILED;
  if (file >= 0 && HasSize(file, size, kind)) {
    page = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  }
  const int error = errno;
  if (file >= 0) ::close(file);
  if (page != MAP_FAILED) return page;
  return MakeError(ErrorCode::kInvalidArgument, "cannot use {} as {}: {}", path, what,
                   std::generic_category().message(error));
}

void UnmapSharedPage(void* page, std::size_t size) { ::munmap(page, size); }

}  // namespace holdfast
