#include "storage-backends/durable/posix-disk/posix_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>

#include "storage-backends/durable/posix-disk/posix_error.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class PosixDiskTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  const std::string root_ = folder_.path();
  std::unique_ptr<Disk> disk_ = OpenPosixDisk(root_).value();
};

TEST_F(PosixDiskTest, AMissingRootIsNamedWithTheWayOut) {
  const auto missing = OpenPosixDisk(root_ + "/missing");
  EXPECT_EQ(missing.status().error().code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.status().error().message, AllOf(HasSubstr(root_ + "/missing"), HasSubstr("make it first")));
}

TEST_F(PosixDiskTest, ErrorsNameTheFullPath) {
  EXPECT_THAT(disk_->Read("x/a").error().message, HasSubstr("cannot read '" + root_ + "/x/a'"));
}

TEST_F(PosixDiskTest, ErrorNumbersBecomeWhatTheCallerCanDo) {
  const auto full = PosixError(ENOSPC, "append to", "log/w0");
  EXPECT_EQ(full.code, ErrorCode::kExhausted);
  EXPECT_THAT(full.message, AllOf(HasSubstr("cannot append to 'log/w0'"), HasSubstr("disk full")));
  EXPECT_EQ(PosixError(EDQUOT, "sync", "a").code, ErrorCode::kExhausted);
  EXPECT_EQ(PosixError(EROFS, "create", "a").code, ErrorCode::kRefused);
  EXPECT_EQ(PosixError(EACCES, "create", "a").code, ErrorCode::kRefused);
  EXPECT_EQ(PosixError(EIO, "sync", "a").code, ErrorCode::kDataLoss);
  EXPECT_THAT(PosixError(EMFILE, "open", "a").message, HasSubstr("ulimit -n"));
}

TEST_F(PosixDiskTest, AnotherProcessesLockIsReportedWithItsIdAndEndsWithIt) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const auto child = ::fork();
  if (child == 0) {
    const auto lock = disk_->Lock("LOCK");
    const char locked = lock.ok() ? '1' : '0';
    if (::write(ready[1], &locked, 1) == 1) ::pause();
    ::_exit(1);
  }
  char locked = 0;
  ASSERT_EQ(::read(ready[0], &locked, 1), 1);
  EXPECT_EQ(locked, '1');
  EXPECT_THAT(disk_->Lock("LOCK").status().error().message, HasSubstr(fmt::format("held by process {}:", child)));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(disk_->Lock("LOCK").ok());
}

TEST_F(PosixDiskTest, AFileThatMayNotGrowIsAnErrorNotACrash) {
  const auto child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto status = disk_->Create("a").value()->Append(std::string(2000, 'x'));
    ::_exit(!status.ok() && status.error().code == ErrorCode::kExhausted ? 0 : 1);
  }
  int outcome = 1;
  ::waitpid(child, &outcome, 0);
  EXPECT_EQ(outcome, 0);
}

}  // namespace
}  // namespace holdfast
