// Last words of a thread: what to print when it takes the process down, by a failed check or a wild pointer. Without
// them nobody would know which of ten thousand runs it was.
#pragma once

#include <string>

namespace holdfast {

// While it lives, a SIGABRT or SIGSEGV raised by this thread prints `words` to standard error before the process ends.
// At most one per thread at a time. The first one ever made installs the handlers.
class CrashNote {
 public:
  explicit CrashNote(std::string words);
  CrashNote(const CrashNote&) = delete;
  CrashNote& operator=(const CrashNote&) = delete;
  ~CrashNote();

 private:
  const std::string words_;
};

}  // namespace holdfast
