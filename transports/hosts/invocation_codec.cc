#include "transports/hosts/invocation_codec.h"

namespace holdfast {

void AppendInvocation(std::string& out, const Invocation& invocation) {
  AppendFixed(out, invocation.self.type.value);
  AppendFixed(out, invocation.caller.type.value);
  AppendFixed(out, invocation.value_type.value);
  AppendFixed(out, invocation.now.millis);
  AppendFixed(out, invocation.random_seed);
  AppendBytes(out, invocation.self.id);
  AppendBytes(out, invocation.caller.id);
  AppendBytes(out, invocation.payload);
  AppendBytes(out, invocation.record);
}

bool ReadInvocation(std::string_view bytes, Invocation& invocation) {
  ByteReader reader(bytes);
  invocation.self.type = FunctionId(reader.Fixed<std::uint16_t>());
  invocation.caller.type = FunctionId(reader.Fixed<std::uint16_t>());
  invocation.value_type = ValueTypeId(reader.Fixed<std::uint16_t>());
  invocation.now.millis = reader.Fixed<std::int64_t>();
  invocation.random_seed = reader.Fixed<std::uint64_t>();
  invocation.self.id = reader.Bytes();
  invocation.caller.id = reader.Bytes();
  invocation.payload = reader.Bytes();
  invocation.record = reader.Bytes();
  return reader.ok() && reader.AtEnd();
}

}  // namespace holdfast
