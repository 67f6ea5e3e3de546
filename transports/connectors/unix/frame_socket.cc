#include "transports/connectors/unix/frame_socket.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/base/hash.h"

namespace holdfast {

namespace {

constexpr std::size_t kReadBytes = 256 * 1024;
constexpr std::size_t kKeepBytes = 8 * 1024 * 1024;  // A buffer that once grew larger is given back.

struct Header {
  std::uint32_t size, checksum, type;
};
static_assert(sizeof(Header) == wire::kHeaderBytes);

Error PeerGone() { return MakeError(ErrorCode::kUnavailable, "the peer has gone"); }

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

FrameSocket::FrameSocket(Fd fd) : fd_(std::move(fd)) { in_.resize(kReadBytes); }

Status FrameSocket::Flush() {
  while (sent_ < out_.size()) {
    const auto n = ::send(fd_.get(), out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && WouldBlock(errno)) break;
    if (n < 0) return PeerGone();
    sent_ += static_cast<std::size_t>(n);
  }
  if (sent_ == out_.size()) {
    if (out_.capacity() > kKeepBytes) out_ = std::string();
    out_.clear();
    sent_ = 0;
  } else if (sent_ > kKeepBytes) {
    out_.erase(0, sent_);
    sent_ = 0;
  }
  return {};
}

Status FrameSocket::SendWithFd(std::string_view frame, int fd) {
  HOLDFAST_CHECK(unsent() == 0, "{} bytes wait before the descriptor", unsent());
  iovec bytes{const_cast<char*>(frame.data()), frame.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &fd, sizeof(fd));
  const auto n = ::sendmsg(fd_.get(), &message, MSG_NOSIGNAL);
  if (n < 0) return PeerGone();
  HOLDFAST_CHECK(static_cast<std::size_t>(n) == frame.size(), "a fresh socket took {} of {} bytes", n, frame.size());
  return {};
}

void FrameSocket::Close() {
  fd_.Reset();
  out_.clear();
  sent_ = 0;
}

void FrameSocket::MakeRoom() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (in_.size() > kKeepBytes) in_ = std::string(kReadBytes, '\0');
  }
  std::size_t wanted = kReadBytes / 2;
  if (end_ - begin_ >= sizeof(Header)) {
    Header header;
    std::memcpy(&header, in_.data() + begin_, sizeof(header));
    wanted = std::max(wanted, sizeof(header) + header.size - (end_ - begin_));
  }
  if (in_.size() - end_ >= wanted) return;
  if (begin_ > 0) {
    std::memmove(in_.data(), in_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (in_.size() - end_ < wanted) in_.resize(end_ + wanted);
}

Result<bool> FrameSocket::Fill() {
  MakeRoom();
  iovec bytes{in_.data() + end_, in_.size() - end_};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const auto n = ::recvmsg(fd_.get(), &message, MSG_CMSG_CLOEXEC);
  if (n < 0 && (WouldBlock(errno) || errno == EINTR)) return false;
  if (n <= 0) return PeerGone();
  end_ += static_cast<std::size_t>(n);
  if (const cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr && header->cmsg_type == SCM_RIGHTS) {
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(header), sizeof(fd));
    received_fd_ = Fd(fd);
  }
  return true;
}

Result<std::optional<FrameSocket::Frame>> FrameSocket::Next() {
  const auto available = std::string_view(in_).substr(begin_, end_ - begin_);
  if (available.size() < sizeof(Header)) return std::optional<Frame>();
  Header header;
  std::memcpy(&header, available.data(), sizeof(header));
  if (header.size > wire::kMaxBodyBytes) {
    return MakeError(ErrorCode::kDataLoss, "a frame claims {} bytes; the peer speaks another protocol", header.size);
  }
  if (available.size() < sizeof(header) + header.size) return std::optional<Frame>();
  const auto body = available.substr(sizeof(header), header.size);
  if (Checksum(body, header.type) != header.checksum) {
    return MakeError(ErrorCode::kDataLoss, "a frame of {} bytes has a wrong checksum", header.size);
  }
  begin_ += sizeof(header) + header.size;
  return std::optional<Frame>(Frame{static_cast<wire::MessageType>(header.type), body});
}

}  // namespace holdfast
