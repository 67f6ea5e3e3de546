#include "engines/two-tier/database_server.h"

#include <signal.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "engines/steady_now.h"

namespace holdfast::two_tier {

namespace {

using namespace std::chrono_literals;

constexpr Duration kGoodbye = 5s;

bool IsAlive(pid_t pid) {
  std::ifstream stat(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(stat, line);
  const auto name_end = line.rfind(')');
  return name_end != std::string::npos && line.compare(name_end, 4, ") Z ") != 0;
}

}  // namespace

Status DatabaseServer::Launch() {
  HOLDFAST_CHECK(!child_, "the database is started twice");
  HOLDFAST_ASSIGN(child_, ChildProcess::Start({PrepareLaunch(), options_.cpus, output()}));
  return {};
}

void DatabaseServer::Signal(int signal) {
  if (!child_) return;
  Measure();
  if (signal == SIGKILL) killed_ = ProcessTree(child_->pid());
  SignalTree(child_->pid(), signal);
}

std::optional<ChildProcess::Exit> DatabaseServer::Poll() {
  if (!child_ || !child_->Poll()) return std::nullopt;
  std::erase_if(killed_, [](pid_t process) { return !IsAlive(process); });
  if (!killed_.empty()) return std::nullopt;
  const auto exit = *child_->Poll();
  past_.cpu += present_.cpu;
  past_.written_bytes += present_.written_bytes;
  present_ = {};
  child_.reset();
  return exit;
}

void DatabaseServer::Stop() {
  if (!child_) return;
  SignalTree(child_->pid(), SIGCONT);
  child_->Signal(goodbye());
  const auto give_up = SteadyNow() + kGoodbye;
  while (!child_->Poll() && SteadyNow() < give_up) std::this_thread::sleep_for(2ms);
  if (child_->running()) Signal(SIGKILL);
  child_->Kill();
  child_.reset();
}

TreeUsage DatabaseServer::Measure() {
  if (child_ && child_->running()) {
    const auto now = MeasureTree(child_->pid(), writes());
    if (now.cpu >= present_.cpu) present_ = now;  // Else it is ending.
  }
  auto sum = present_;
  sum.cpu += past_.cpu;
  sum.written_bytes += past_.written_bytes;
  return sum;
}

std::string DatabaseServer::LastWords() const {
  auto text = FileTail(output());
  for (const std::string_view word : {"PANIC:", "FATAL:"}) {
    const auto at = text.rfind(word);
    if (at != std::string::npos) return text.substr(at, text.find('\n', at) - at);
  }
  while (text.ends_with('\n')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace holdfast::two_tier
