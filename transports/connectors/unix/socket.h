// Stream sockets in the file system: the few system calls the gateway needs, with errors as sentences.
#pragma once

#include <string>
#include <utility>

#include "core/base/result.h"

namespace holdfast {

// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd();

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  void Reset() { *this = Fd(); }

 private:
  int fd_ = -1;
};

// A non-blocking socket listening at `path`. kAlreadyExists if the path is taken, kNotFound if its folder is missing,
// kInvalidArgument if it is longer than a socket address holds.
Result<Fd> ListenUnix(const std::string& path);
// A non-blocking socket connected to whoever listens at `path`; kUnavailable if nobody does.
Result<Fd> ConnectUnix(const std::string& path);
// The next waiting connection, non-blocking; an invalid Fd if none waits.
Result<Fd> AcceptUnix(const Fd& listener);

// A counter to sleep on: Signal makes a poll on fd() return until Clear.
class WakeFd {
 public:
  WakeFd();
  int fd() const { return fd_.get(); }
  void Signal();
  void Clear();

 private:
  Fd fd_;
};

// "No such file or directory", for the sentence's end.
std::string ErrnoText(int error);

}  // namespace holdfast
