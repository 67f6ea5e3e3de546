#include "chaos/simulation/crash_note.h"

#include <signal.h>
#include <unistd.h>

namespace holdfast {
namespace {

thread_local const std::string* last_words = nullptr;
struct sigaction previous_abort;
struct sigaction previous_fault;

// Speaks, and leaves the rest to whoever handled the signal before.
extern "C" void SayLastWords(int signal) {
  if (last_words != nullptr) {
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, last_words->data(), last_words->size());
  }
  ::sigaction(signal, signal == SIGABRT ? &previous_abort : &previous_fault, nullptr);
  ::raise(signal);
}

}  // namespace

CrashNote::CrashNote(std::string words) : words_(std::move(words)) {
  static const bool installed = [] {
    struct sigaction action {};
    action.sa_handler = SayLastWords;
    return ::sigaction(SIGABRT, &action, &previous_abort) == 0 && ::sigaction(SIGSEGV, &action, &previous_fault) == 0;
  }();
  static_cast<void>(installed);
  last_words = &words_;
}

CrashNote::~CrashNote() { last_words = nullptr; }

}  // namespace holdfast
