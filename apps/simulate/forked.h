// A process forked from this one, with a pipe through which it tells how it fares: runs may abort or never end, and the
// one who asked goes on.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string_view>

namespace holdfast {

// Far beyond any run: one that does not end is a failure too. For alarm(2).
inline constexpr unsigned kLongestRunSeconds = 120;

class Forked {
 public:
  // Calls `body` in the new process, with the pipe's end to write to; it ends when `body` returns. Requires: no
  // other thread of the calling process holds a lock that `body` takes, that of the allocator excepted.
  explicit Forked(const std::function<void(int to)>& body);
  Forked(const Forked&) = delete;
  Forked& operator=(const Forked&) = delete;
  // Ends the process if it has not ended.
  ~Forked();

  // Readable when something was told; at its end when the process has ended.
  int pipe() const { return pipe_; }
  // Waits for the end; the status that waitpid(2) gives.
  int Wait();
  bool waited() const { return child_ < 0; }

 private:
  pid_t child_ = -1;
  int pipe_ = -1;
};

// All of it, unless nobody reads any more.
void WriteAll(int to, std::string_view bytes);

}  // namespace holdfast
