#include "core/model/message.h"

namespace holdfast::wire {

bool SkipField(ByteReader& reader, unsigned wire_type) {
  switch (wire_type) {
    case kVarint:
      reader.Varint();
      break;
    case kFixed64:
      reader.Take(8);
      break;
    case kBytes:
      reader.Bytes();
      break;
    case kFixed32:
      reader.Take(4);
      break;
    default:
      reader.Fail();
  }
  return reader.ok();
}

}  // namespace holdfast::wire
