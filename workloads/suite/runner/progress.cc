#include "workloads/suite/runner/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "engines/steady_now.h"

namespace holdfast {

namespace {

constexpr Duration kRefresh = std::chrono::milliseconds(200);
constexpr std::size_t kBarCells = 20;
constexpr std::size_t kFewestBarCells = 5;

// Nobody may be there to read it; a run goes on without.
void Print(std::FILE* out, const std::string& text) {
  std::fputs(text.c_str(), out);
  std::fflush(out);
}

double SecondsIn(Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::string Bar(double share, std::size_t cells) {
  const auto full = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(cells));
  return fmt::format("[{}{}] ", std::string(full, '#'), std::string(cells - full, '.'));
}

std::size_t ColumnsOf(std::FILE* out) {
  winsize size{};
  const bool known = ::ioctl(::fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

}  // namespace

std::string ProgressLine(double share, std::string_view text, std::size_t columns) {
  // The last column stays free: a line that fills it would wrap on some terminals.
  const auto room = columns > text.size() + 4 ? columns - text.size() - 4 : 0;
  auto line = room < kFewestBarCells ? std::string(text) : Bar(share, std::min(room, kBarCells)) + std::string(text);
  if (columns > 0 && line.size() >= columns) line.resize(columns - 1);
  return line;
}

std::string RoughDuration(Duration duration) {
  const auto seconds = std::llround(SecondsIn(duration));
  return seconds < 60 ? fmt::format("{} s", seconds) : fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
}

Progress::Progress(std::FILE* out, int points, Duration planned)
    : out_(out),
      terminal_(out != nullptr && ::isatty(::fileno(out)) == 1),
      points_(points),
      planned_(planned),
      started_(SteadyNow()) {}

void Progress::BeginPoint(std::string_view name, Duration planned) {
  ++point_;
  name_ = name;
  planned_point_ = planned;
  point_started_ = SteadyNow();
  last_shown_ = {};
}

void Progress::Show(std::string_view what, double share) {
  const auto now = SteadyNow();
  if (!terminal_ || now - last_shown_ < kRefresh) return;
  last_shown_ = now;
  const auto done = SecondsIn(planned_done_) + share * SecondsIn(planned_point_);
  const auto text = fmt::format("{}/{} {} | {}: {}", point_, points_, TimeLeft(share), name_, what);
  Print(out_, "\r\033[K" + ProgressLine(done / SecondsIn(planned_), text, ColumnsOf(out_)));
}

void Progress::EndPoint(std::string_view outcome) {
  planned_done_ += planned_point_;
  if (out_ == nullptr) return;
  Print(out_, fmt::format("{}{}/{} {}: {} ({})\n", terminal_ ? "\r\033[K" : "", point_, points_, name_, outcome,
                          RoughDuration(SteadyNow() - point_started_)));
}

// What is planned, stretched as much as the points so far were.
std::string Progress::TimeLeft(double share) const {
  const auto left = SecondsIn(planned_) - SecondsIn(planned_done_) - share * SecondsIn(planned_point_);
  double stretch = 1;
  if (planned_done_ > Duration::zero()) stretch = SecondsIn(point_started_ - started_) / SecondsIn(planned_done_);
  return fmt::format("about {} left", RoughDuration(Duration(std::llround(left * stretch * 1e9))));
}

}  // namespace holdfast
