#include "workloads/oracles/strange_record.h"

#include "core/model/application_builder.h"

namespace holdfast {

void AddStrangeRecord(const EgressRecord& record, Findings& findings) {
  findings.Add(Damage::kPhantom, [&record] {
    DeadLetter letter;
    if (record.egress == EgressId(0) && Codec<DeadLetter>::Decode(record.value, letter)) {
      return fmt::format("'{}' gave up a message to '{}': {}", letter.function, letter.id, letter.reason);
    }
    return fmt::format("a record on egress number {}, to which nobody emits", record.egress);
  });
}

}  // namespace holdfast
