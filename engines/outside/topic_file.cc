#include "engines/outside/topic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/base/bytes.h"
#include "core/base/hash.h"

namespace holdfast {
namespace {

constexpr std::size_t kHeader = 8;
constexpr std::size_t kChunk = 1 << 16;

Error Trouble(const std::string& path, std::string_view what) {
  return MakeError(ErrorCode::kUnavailable, "{} cannot be {}: {}", path, what, std::strerror(errno));
}

}  // namespace

TopicReader::~TopicReader() {
  if (fd_ >= 0) ::close(fd_);
}

bool TopicReader::Next(std::string_view& record) {
  do {
    if (!Whole(record)) continue;
    read_ += kHeader + record.size();
    begin_ += kHeader + record.size();
    return true;
  } while (Fill());
  return false;
}

bool TopicReader::Whole(std::string_view& record) const {
  const auto rest = std::string_view(buffer_).substr(read_);
  if (rest.size() < kHeader) return false;
  ByteReader reader(rest);
  const auto size = reader.Fixed<std::uint32_t>();
  const auto checksum = reader.Fixed<std::uint32_t>();
  if (rest.size() < kHeader + size) return false;
  record = rest.substr(kHeader, size);
  return Checksum(record) == checksum;
}

bool TopicReader::Fill() {
  if (fd_ < 0) fd_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) return false;
  buffer_.erase(0, std::exchange(read_, 0));
  const auto had = buffer_.size();
  buffer_.resize(had + kChunk);
  const auto got = ::pread(fd_, buffer_.data() + had, kChunk, static_cast<off_t>(begin_ + had));
  buffer_.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got > 0) return true;
  buffer_.clear();  // A writer may cut off what is not whole, and write other bytes there.
  return false;
}

Result<TopicWriter> TopicWriter::Open(const std::string& path) {
  TopicReader whole(path);
  for (std::string_view record; whole.Next(record);) {
  }
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return Trouble(path, "opened");
  TopicWriter writer(path, fd);
  const auto end = static_cast<off_t>(whole.position());
  if (::ftruncate(fd, end) != 0 || ::lseek(fd, end, SEEK_SET) != end) return Trouble(path, "cut to its whole records");
  return writer;
}

TopicWriter::TopicWriter(TopicWriter&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)), pending_(std::move(other.pending_)) {}

TopicWriter::~TopicWriter() {
  if (fd_ >= 0) ::close(fd_);
}

void TopicWriter::Append(std::string_view record) {
  AppendFixed(pending_, static_cast<std::uint32_t>(record.size()));
  AppendFixed(pending_, Checksum(record));
  pending_ += record;
}

Status TopicWriter::Flush(bool sync) {
  for (std::string_view rest = pending_; !rest.empty();) {
    const auto put = ::write(fd_, rest.data(), rest.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return Trouble(path_, "written");
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
  pending_.clear();
  if (sync && ::fdatasync(fd_) != 0) return Trouble(path_, "made durable");
  return {};
}

}  // namespace holdfast
