#include "transports/connectors/unix/socket.h"

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace holdfast {

namespace {

constexpr int kBufferBytes = 1 << 20;  // The kernel grants less when its limit is lower.

Result<sockaddr_un> AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "socket {} has {} bytes, a socket address holds {}: use a folder with a shorter name", path,
                     path.size(), sizeof(address.sun_path) - 1);
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

Result<Fd> NewSocket() {
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return MakeError(ErrorCode::kExhausted, "cannot make a socket: {}", ErrnoText(errno));
  return fd;
}

void WidenBuffers(const Fd& fd) {
  for (const int buffer : {SO_SNDBUF, SO_RCVBUF}) {
    // A smaller buffer is slower, not wrong.
    (void)::setsockopt(fd.get(), SOL_SOCKET, buffer, &kBufferBytes, sizeof(kBufferBytes));
  }
}

Error ListenError(const std::string& path, int error) {
  if (error == EADDRINUSE) {
    return MakeError(ErrorCode::kAlreadyExists,
                     "socket {} is occupied: another run uses this folder, or a dead one left the file; choose another "
                     "folder or remove the file",
                     path);
  }
  if (error == ENOENT || error == ENOTDIR) {
    return MakeError(ErrorCode::kNotFound, "cannot make socket {}: its folder does not exist; create it first", path);
  }
  return MakeError(ErrorCode::kInternal, "cannot listen at socket {}: {}", path, ErrnoText(error));
}

}  // namespace

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

std::string ErrnoText(int error) { return std::generic_category().message(error); }

Result<Fd> ListenUnix(const std::string& path) {
  HOLDFAST_ASSIGN(const auto address, AddressOf(path));
  HOLDFAST_ASSIGN(auto fd, NewSocket());
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return ListenError(path, errno);
  }
  if (::listen(fd.get(), 8) != 0) return ListenError(path, errno);
  return fd;
}

Result<Fd> ConnectUnix(const std::string& path) {
  HOLDFAST_ASSIGN(const auto address, AddressOf(path));
  HOLDFAST_ASSIGN(auto fd, NewSocket());
  WidenBuffers(fd);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return MakeError(ErrorCode::kUnavailable, "nobody listens at socket {} ({}): start the testbed first", path,
                     ErrnoText(errno));
  }
  return fd;
}

Result<Fd> AcceptUnix(const Fd& listener) {
  Fd fd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (fd.valid()) {
    WidenBuffers(fd);
    return fd;
  }
  if (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR) return Fd();
  return MakeError(ErrorCode::kExhausted, "cannot accept a connection: {}", ErrnoText(errno));
}

WakeFd::WakeFd() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  HOLDFAST_CHECK(fd_.valid(), "eventfd: {}", ErrnoText(errno));
}

void WakeFd::Signal() {
  const std::uint64_t one = 1;
  (void)!::write(fd_.get(), &one, sizeof(one));  // Fails only when already signalled to the brim.
}

void WakeFd::Clear() {
  std::uint64_t count = 0;
  (void)!::read(fd_.get(), &count, sizeof(count));
}

}  // namespace holdfast
