#include "core/model/envelope.h"

#include "core/base/bytes.h"
#include "core/base/check.h"

namespace holdfast {

char* PutEnvelope(char* to, const EnvelopeView& envelope) {
  const auto target_id = envelope.target.id;
  const auto caller_id = envelope.caller.id;
  HOLDFAST_CHECK(target_id.size() <= kMaxIdBytes && caller_id.size() <= kMaxIdBytes, "ids of {} and {} bytes",
                 target_id.size(), caller_id.size());
  const EnvelopeHeader header{static_cast<std::uint32_t>(EncodedSize(envelope)),
                              envelope.target.type.value,
                              envelope.caller.type.value,
                              envelope.value_type.value,
                              envelope.group.value,
                              static_cast<std::uint16_t>(target_id.size()),
                              static_cast<std::uint16_t>(caller_id.size())};
  return PutBytes(PutBytes(PutBytes(PutFixed(to, header), target_id), caller_id), envelope.payload);
}

void AppendEnvelope(std::string& out, const EnvelopeView& envelope) {
  const auto start = out.size();
  out.resize(start + EncodedSize(envelope));
  PutEnvelope(out.data() + start, envelope);
}

}  // namespace holdfast
