#include "engines/supervisor/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "tests/support/patience.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class ChildProcessTest : public testing::Test {
 protected:
  std::string log() const { return folder_ / "log"; }
  Result<ChildProcess> Shell(const std::string& script) {
    return ChildProcess::Start({.command = {"/bin/sh", "-c", script}, .cpus = {}, .output = log()});
  }
  // Gone, or dead and only waiting for its parent to notice.
  static bool Dead(pid_t pid) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    return !std::getline(stat, text) || text.find(") Z ") != std::string::npos;
  }

  TemporaryFolder folder_;
};

TEST_F(ChildProcessTest, ItsExitCodeAndLastLinesAreKnown) {
  auto child = Shell("echo first; echo last words >&2; exit 3").value();
  ASSERT_TRUE(Until([&] { return child.Poll().has_value(); }));
  EXPECT_EQ(child.Poll()->Text(), "exited with code 3");
  EXPECT_EQ(FileTail(log()), "first\nlast words\n");
}

TEST_F(ChildProcessTest, KillEndsItAndWhatItStarted) {
  auto child = Shell("sleep 1000 & echo $!; wait").value();
  ASSERT_TRUE(Until([&] { return !FileTail(log()).empty(); }));
  const auto grandchild = static_cast<pid_t>(std::stoi(FileTail(log())));
  EXPECT_EQ(child.Kill().signal, SIGKILL);
  EXPECT_THAT(child.Kill().Text(), HasSubstr("was ended by signal 9"));
  EXPECT_TRUE(Until([&] { return Dead(grandchild); }));
}

TEST_F(ChildProcessTest, ItDiesWithItsParentEvenIfThatIsKilled) {
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    const auto child = ChildProcess::Start({.command = {"/bin/sleep", "1000"}, .cpus = {}, .output = log()}).value();
    const pid_t pid = child.pid();
    if (::write(pipe[1], &pid, sizeof(pid)) == sizeof(pid)) ::kill(::getpid(), SIGKILL);
  }
  pid_t orphan = 0;
  ASSERT_EQ(::read(pipe[0], &orphan, sizeof(orphan)), static_cast<ssize_t>(sizeof(orphan)));
  ::waitpid(parent, nullptr, 0);
  EXPECT_TRUE(Until([&] { return Dead(orphan); }));
}

TEST_F(ChildProcessTest, ItsUseOfTheMachineIsKnownWhileItRunsAndAfter) {
  auto child = Shell("i=0; while :; do i=$((i+1)); done").value();
  EXPECT_TRUE(Until([&] { return child.Sample().cpu > 20ms; }));
  EXPECT_GT(child.Sample().resident_bytes, 100'000);
  EXPECT_LT(child.Sample().peak_resident_bytes, 50'000'000);
  const auto before = child.Sample().cpu;
  child.Kill();
  EXPECT_GE(child.Sample().cpu + 10ms, before);
  EXPECT_EQ(child.Sample().resident_bytes, 0);
}

TEST_F(ChildProcessTest, ItRunsOnTheCpusItWasGiven) {
  const int cpu = AllowedCpus().back();
  auto child = ChildProcess::Start(
                   {.command = {"/bin/grep", "Cpus_allowed_list", "/proc/self/status"}, .cpus = {cpu}, .output = log()})
                   .value();
  ASSERT_TRUE(Until([&] { return child.Poll().has_value(); }));
  EXPECT_THAT(FileTail(log()), HasSubstr(fmt::format("\t{}\n", cpu)));
}

TEST_F(ChildProcessTest, AMissingProgramIsSaidInOneSentence) {
  const auto child = ChildProcess::Start({.command = {"/no/such/program"}, .cpus = {}, .output = log()});
  ASSERT_FALSE(child.ok());
  EXPECT_EQ(child.error().message, "cannot run /no/such/program: No such file or directory");
}

TEST_F(ChildProcessTest, ACpuThatDoesNotExistIsSaidInOneSentence) {
  const auto child = ChildProcess::Start({.command = {"/bin/true"}, .cpus = {5000}, .output = log()});
  ASSERT_FALSE(child.ok());
  EXPECT_THAT(child.error().message, HasSubstr("there is no CPU 5000"));
}

TEST_F(ChildProcessTest, OnlyWholeLinesOfALongFileAreItsTail) {
  std::ofstream(log()) << "a long first line\nsecond\nthird\n";
  EXPECT_EQ(FileTail(log(), 15), "second\nthird\n");
}

}  // namespace
}  // namespace holdfast
