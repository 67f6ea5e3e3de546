#include "apps/simulate/forked.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/base/check.h"

namespace holdfast {

Forked::Forked(const std::function<void(int to)>& body) {
  std::array<int, 2> ends{};
  HOLDFAST_CHECK(::pipe2(ends.data(), O_CLOEXEC) == 0, "no pipe: {}", std::strerror(errno));
  child_ = ::fork();
  HOLDFAST_CHECK(child_ >= 0, "no process: {}", std::strerror(errno));
  if (child_ == 0) {
    ::close(ends[0]);
    [&]() noexcept { body(ends[1]); }();  // What it throws is not for the code that this process was copied from.
    ::_exit(0);
  }
  ::close(ends[1]);
  pipe_ = ends[0];
}

Forked::~Forked() {
  ::close(pipe_);
  if (waited()) return;
  ::kill(child_, SIGKILL);
  Wait();
}

int Forked::Wait() {
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
  child_ = -1;
  return status;
}

void WriteAll(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(to, bytes.data(), bytes.size());
    if (written <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace holdfast
