#include "storage-backends/durable/posix-disk/posix_disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "storage-backends/durable/posix-disk/posix_error.h"

namespace holdfast {
namespace {

// Calls again as long as a signal interrupts.
template <class Call>
auto Persist(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  bool ok() const { return fd_ >= 0; }
  int get() const { return fd_; }

 private:
  int fd_;
};

class PosixFile final : public DiskFile {
 public:
  PosixFile(Descriptor fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}

  Status Append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto written = Persist([&] { return ::write(fd_.get(), bytes.data(), bytes.size()); });
      if (written < 0) return PosixError(errno, "append to", name_);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }

  Status Sync(SyncSite) override {
    if (Persist([&] { return ::fdatasync(fd_.get()); }) != 0) return PosixError(errno, "sync", name_);
    return {};
  }

 private:
  const Descriptor fd_;
  const std::string name_;
};

// flock belongs to the open file description: it ends with the descriptor or the process.
class PosixLock final : public DiskLock {
 public:
  explicit PosixLock(Descriptor fd) : fd_(std::move(fd)) {}

 private:
  const Descriptor fd_;
};

class PosixDisk final : public Disk {
 public:
  PosixDisk(Descriptor root, std::string name) : root_(std::move(root)), name_(std::move(name)) {}

  Result<std::unique_ptr<DiskFile>> Create(std::string_view path) override;
  Result<std::string> Read(std::string_view path) override;
  Result<std::string> ReadRange(std::string_view path, std::uint64_t offset, std::uint64_t size) override;
  Result<std::uint64_t> Size(std::string_view path) override;
  Status Rename(std::string_view from, std::string_view to) override;
  Status RenameNew(std::string_view from, std::string_view to) override;
  Status Remove(std::string_view path) override;
  Status Truncate(std::string_view path, std::uint64_t size) override;
  Result<std::vector<std::string>> List(std::string_view folder) override;
  Status MakeFolder(std::string_view folder) override;
  Status SyncDirectory(std::string_view folder, SyncSite site) override;
  Result<std::unique_ptr<DiskLock>> Lock(std::string_view path) override;

 private:
  // What the kernel is asked for, relative to the root.
  static std::string At(std::string_view path) { return path.empty() ? "." : std::string(path); }
  // What people are told.
  std::string Full(std::string_view path) const { return path.empty() ? name_ : fmt::format("{}/{}", name_, path); }
  Error Failed(std::string_view verb, std::string_view path) const { return PosixError(errno, verb, Full(path)); }
  Result<Descriptor> Open(std::string_view path, int flags) const;
  static Result<std::string> ReadOpen(const Descriptor& fd, const std::string& name, std::uint64_t offset,
                                      std::uint64_t size);

  const Descriptor root_;
  const std::string name_;
};

Result<Descriptor> PosixDisk::Open(std::string_view path, int flags) const {
  Descriptor fd(Persist([&] { return ::openat(root_.get(), At(path).c_str(), flags | O_CLOEXEC, 0644); }));
  if (!fd.ok()) return Failed((flags & O_CREAT) != 0 ? "create" : "open", path);
  return fd;
}

Result<std::unique_ptr<DiskFile>> PosixDisk::Create(std::string_view path) {
  HOLDFAST_ASSIGN(Descriptor fd, Open(path, O_CREAT | O_EXCL | O_WRONLY | O_APPEND));
  return std::unique_ptr<DiskFile>(std::make_unique<PosixFile>(std::move(fd), Full(path)));
}

Result<std::string> PosixDisk::ReadOpen(const Descriptor& fd, const std::string& name, std::uint64_t offset,
                                        std::uint64_t size) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const auto got =
        Persist([&] { return ::pread(fd.get(), bytes.data() + done, size - done, static_cast<off_t>(offset + done)); });
    if (got < 0) return PosixError(errno, "read", name);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

Result<std::string> PosixDisk::Read(std::string_view path) {
  HOLDFAST_ASSIGN(const std::uint64_t size, Size(path));
  return ReadRange(path, 0, size);
}

Result<std::string> PosixDisk::ReadRange(std::string_view path, std::uint64_t offset, std::uint64_t size) {
  HOLDFAST_ASSIGN(const Descriptor fd, Open(path, O_RDONLY));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return Failed("read", path);
  const auto length = static_cast<std::uint64_t>(info.st_size);
  if (offset >= length) return std::string();
  return ReadOpen(fd, Full(path), offset, std::min(size, length - offset));
}

Result<std::uint64_t> PosixDisk::Size(std::string_view path) {
  struct stat info {};
  if (::fstatat(root_.get(), At(path).c_str(), &info, 0) != 0) return Failed("read", path);
  if (S_ISDIR(info.st_mode)) return PosixError(EISDIR, "read", Full(path));
  return static_cast<std::uint64_t>(info.st_size);
}

Status PosixDisk::Rename(std::string_view from, std::string_view to) {
  if (::renameat(root_.get(), At(from).c_str(), root_.get(), At(to).c_str()) != 0) return Failed("rename", from);
  return {};
}

Status PosixDisk::RenameNew(std::string_view from, std::string_view to) {
  const auto source = At(from), target = At(to);
  if (::renameat2(root_.get(), source.c_str(), root_.get(), target.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno == EINVAL || errno == ENOSYS) {  // Not every file system has the flag; a second link refuses as well.
    if (::linkat(root_.get(), source.c_str(), root_.get(), target.c_str(), 0) == 0) return Remove(from);
  }
  return Failed(errno == EEXIST ? "create" : "rename", errno == EEXIST ? to : from);
}

Status PosixDisk::Remove(std::string_view path) {
  const auto target = At(path);
  if (::unlinkat(root_.get(), target.c_str(), 0) == 0) return {};
  if (errno == EISDIR && ::unlinkat(root_.get(), target.c_str(), AT_REMOVEDIR) == 0) return {};
  return Failed("remove", path);
}

Status PosixDisk::Truncate(std::string_view path, std::uint64_t size) {
  HOLDFAST_ASSIGN(const std::uint64_t present, Size(path));
  if (size > present) {
    return MakeError(ErrorCode::kInvalidArgument, "cannot cut '{}' to {} bytes: it has {}", Full(path), size, present);
  }
  HOLDFAST_ASSIGN(const Descriptor fd, Open(path, O_WRONLY));
  if (::ftruncate(fd.get(), static_cast<off_t>(size)) != 0 || ::fsync(fd.get()) != 0) return Failed("cut", path);
  return {};
}

Result<std::vector<std::string>> PosixDisk::List(std::string_view folder) {
  const int fd = Persist([&] { return ::openat(root_.get(), At(folder).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  DIR* stream = fd < 0 ? nullptr : ::fdopendir(fd);
  if (stream == nullptr) return Failed("list", folder);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  const int error = errno;
  ::closedir(stream);
  if (error != 0) return PosixError(error, "list", Full(folder));
  std::sort(names.begin(), names.end());
  return names;
}

Status PosixDisk::MakeFolder(std::string_view folder) {
  if (::mkdirat(root_.get(), At(folder).c_str(), 0755) == 0) return {};
  if (errno == EEXIST && Open(folder, O_RDONLY | O_DIRECTORY).ok()) return {};
  return PosixError(errno == ENOTDIR ? EEXIST : errno, "make folder", Full(folder));
}

Status PosixDisk::SyncDirectory(std::string_view folder, SyncSite) {
  HOLDFAST_ASSIGN(const Descriptor fd, Open(folder, O_RDONLY | O_DIRECTORY));
  if (Persist([&] { return ::fsync(fd.get()); }) != 0) return Failed("sync folder", folder);
  return {};
}

Result<std::unique_ptr<DiskLock>> PosixDisk::Lock(std::string_view path) {
  HOLDFAST_ASSIGN(Descriptor fd, Open(path, O_CREAT | O_RDWR));
  if (Persist([&] { return ::flock(fd.get(), LOCK_EX | LOCK_NB); }) != 0) {
    if (errno != EWOULDBLOCK) return Failed("lock", path);
    HOLDFAST_ASSIGN(const std::string holder, ReadOpen(fd, Full(path), 0, 20));
    return MakeError(ErrorCode::kRefused, "'{}' is held by process {}: stop that process, or use another folder",
                     Full(path), holder.empty() ? "(starting)" : holder);
  }
  const auto self = std::to_string(::getpid());
  if (::ftruncate(fd.get(), 0) != 0 || ::pwrite(fd.get(), self.data(), self.size(), 0) < 0) return Failed("lock", path);
  return std::unique_ptr<DiskLock>(std::make_unique<PosixLock>(std::move(fd)));
}

}  // namespace

Result<std::unique_ptr<Disk>> OpenPosixDisk(const std::string& root) {
  Descriptor fd(Persist([&] { return ::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!fd.ok()) {
    auto error = PosixError(errno, "use folder", root);
    if (error.code == ErrorCode::kNotFound) error.message += "; make it first, or name another";
    return error;
  }
  return std::unique_ptr<Disk>(std::make_unique<PosixDisk>(std::move(fd), root));
}

}  // namespace holdfast
