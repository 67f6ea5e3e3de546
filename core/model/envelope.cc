#include "core/model/envelope.h"

#include <cstring>

#include "core/base/check.h"

namespace holdfast {
namespace {

struct Header {
  std::uint32_t size;
  std::uint16_t target_type;
  std::uint16_t caller_type;
  std::uint16_t value_type;
  std::uint16_t group;
  std::uint16_t target_id_size;
  std::uint16_t caller_id_size;
};
static_assert(sizeof(Header) == kEnvelopeHeaderBytes);

}  // namespace

void AppendEnvelope(std::string& out, const EnvelopeView& envelope) {
  HOLDFAST_CHECK(envelope.target.id.size() <= kMaxIdBytes && envelope.caller.id.size() <= kMaxIdBytes,
                 "ids of {} and {} bytes", envelope.target.id.size(), envelope.caller.id.size());
  const std::size_t size =
      sizeof(Header) + envelope.target.id.size() + envelope.caller.id.size() + envelope.payload.size();
  const Header header{static_cast<std::uint32_t>(size),
                      envelope.target.type.value,
                      envelope.caller.type.value,
                      envelope.value_type.value,
                      envelope.group.value,
                      static_cast<std::uint16_t>(envelope.target.id.size()),
                      static_cast<std::uint16_t>(envelope.caller.id.size())};
  const auto start = out.size();
  out.resize(start + size);
  char* to = out.data() + start;
  std::memcpy(to, &header, sizeof header);
  to += sizeof header;
  for (const auto part : {envelope.target.id, envelope.caller.id, envelope.payload}) {
    if (!part.empty()) std::memcpy(to, part.data(), part.size());
    to += part.size();
  }
}

bool TakeEnvelope(std::string_view& bytes, EnvelopeView& envelope) {
  Header header;
  if (bytes.size() < sizeof header) return false;
  std::memcpy(&header, bytes.data(), sizeof header);
  const std::size_t ids = sizeof header + header.target_id_size + header.caller_id_size;
  if (header.size > bytes.size() || header.size < ids) return false;
  const auto whole = bytes.substr(0, header.size);
  envelope.target = {FunctionId(header.target_type), whole.substr(sizeof header, header.target_id_size)};
  envelope.caller = {FunctionId(header.caller_type),
                     whole.substr(sizeof header + header.target_id_size, header.caller_id_size)};
  envelope.value_type = ValueTypeId(header.value_type);
  envelope.group = KeyGroup(header.group);
  envelope.payload = whole.substr(ids);
  bytes.remove_prefix(header.size);
  return true;
}

std::size_t EnvelopeSize(std::string_view bytes) {
  if (bytes.size() < sizeof(Header)) return 0;
  std::uint32_t size;
  std::memcpy(&size, bytes.data(), sizeof size);
  return size;
}

}  // namespace holdfast
