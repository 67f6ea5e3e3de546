#include "transports/connectors/unix/wire.h"

#include "core/base/check.h"
#include "core/base/hash.h"

namespace holdfast::wire {

void SealFrame(std::string& out, std::size_t start, MessageType type) {
  const auto body = std::string_view(out).substr(start + kHeaderBytes);
  HOLDFAST_CHECK(body.size() <= kMaxBodyBytes, "a frame of {} bytes", body.size());
  const std::uint32_t header[] = {static_cast<std::uint32_t>(body.size()),
                                  Checksum(body, static_cast<std::uint32_t>(type)), static_cast<std::uint32_t>(type)};
  std::memcpy(out.data() + start, header, kHeaderBytes);
}

}  // namespace holdfast::wire
