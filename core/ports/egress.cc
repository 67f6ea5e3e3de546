#include "core/ports/egress.h"

#include "core/base/bytes.h"

namespace holdfast {

void AppendEgressRecord(std::string& out, const EgressRecord& record) {
  AppendFixed(out, record.egress.value);
  AppendFixed(out, record.value_type.value);
  AppendBytes(out, record.key);
  AppendBytes(out, record.value);
}

bool TakeEgressRecord(std::string_view& bytes, EgressRecord& record) {
  if (bytes.empty()) return false;
  ByteReader reader(bytes);
  record.egress = EgressId(reader.Fixed<std::uint16_t>());
  record.value_type = ValueTypeId(reader.Fixed<std::uint16_t>());
  record.key = reader.Bytes();
  record.value = reader.Bytes();
  bytes = reader.rest();
  return reader.ok();
}

}  // namespace holdfast
