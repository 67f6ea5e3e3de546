// A non-blocking socket that speaks whole frames. Writing goes to a buffer that Flush drains as far as the kernel takes
// it; reading fills a buffer from which Next takes frames. One thread at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "transports/connectors/unix/socket.h"
#include "transports/connectors/unix/wire.h"

namespace holdfast {

class FrameSocket {
 public:
  struct Frame {
    wire::MessageType type;
    std::string_view body;  // Valid until the next Fill.
  };

  explicit FrameSocket(Fd fd);

  // -1 once closed.
  int fd() const { return fd_.get(); }

  // Writes one message as a frame, or frames written elsewhere. Nothing happens once closed.
  template <class M>
  void Write(const M& message) {
    if (fd_.valid()) wire::AppendFrame(out_, message);
  }
  void WriteFrames(std::string_view frames) {
    if (fd_.valid()) out_.append(frames);
  }
  // Bytes written but not yet taken by the kernel.
  std::size_t unsent() const { return out_.size() - sent_; }
  // Sends what the kernel takes now. kUnavailable if the peer is gone.
  Status Flush();
  // Sends one frame with a descriptor beside it, before anything else. Requires nothing unsent.
  Status SendWithFd(std::string_view frame, int fd);

  // Reads what is there now. True if anything came; kUnavailable if the peer is gone and all it sent has been read.
  Result<bool> Fill();
  // The next whole frame, if there is one; kDataLoss if the bytes are no frame.
  Result<std::optional<Frame>> Next();
  void Close();
  // The descriptor that came with the bytes read so far, once.
  Fd TakeFd() { return std::move(received_fd_); }

 private:
  void MakeRoom();

  Fd fd_;
  Fd received_fd_;
  std::string out_;
  std::size_t sent_ = 0;
  std::string in_;  // Frames lie in [begin_, end_).
  std::size_t begin_ = 0, end_ = 0;
};

}  // namespace holdfast
