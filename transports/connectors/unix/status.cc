#include "transports/connectors/unix/status.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace holdfast {

namespace {
constexpr std::size_t kPageBytes = kMaxCountedWorkers * kCountersPerWorker * sizeof(std::uint64_t);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
}  // namespace

Result<StatusPage> StatusPage::Create() {
  Fd fd(::memfd_create("holdfast-status", MFD_CLOEXEC));
  if (!fd.valid() || ::ftruncate(fd.get(), kPageBytes) != 0) {
    return MakeError(ErrorCode::kExhausted, "cannot make a shared page of {} bytes: {}", kPageBytes, ErrnoText(errno));
  }
  return MapPage(std::move(fd));
}

Result<StatusPage> StatusPage::Map(Fd fd) {
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0 || static_cast<std::size_t>(info.st_size) != kPageBytes) {
    return MakeError(ErrorCode::kInvalidArgument, "the peer passed no status page of {} bytes", kPageBytes);
  }
  return MapPage(std::move(fd));
}

Result<StatusPage> StatusPage::MapPage(Fd fd) {
  void* cells = ::mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (cells == MAP_FAILED) {
    return MakeError(ErrorCode::kExhausted, "cannot map the status page: {}", ErrnoText(errno));
  }
  StatusPage page;
  page.fd_ = std::move(fd);
  page.cells_ = static_cast<Cells*>(cells);
  return page;
}

StatusPage::StatusPage(StatusPage&& other) noexcept { *this = std::move(other); }

StatusPage& StatusPage::operator=(StatusPage&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(cells_, other.cells_);
  return *this;
}

StatusPage::~StatusPage() {
  if (cells_ != nullptr) ::munmap(cells_, kPageBytes);
}

}  // namespace holdfast
