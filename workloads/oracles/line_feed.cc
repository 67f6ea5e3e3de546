#include "workloads/oracles/line_feed.h"

#include "core/base/bytes.h"

namespace holdfast {

Status LineFeed::Row(const RowKey& key, std::string_view value) {
  if (key.table == kAsyncTable) return Operation(value);
  if (key.table == kParkedTable) return Messages(InTransit::Where::kParked, value);
  if (key.table == kDelayedTable) {
    ByteReader reader(value);
    reader.Bytes();  // The sender's id,
    reader.Bytes();  // and the token.
    if (!reader.ok()) return MakeError(ErrorCode::kDataLoss, "a damaged delayed row");
    return Messages(InTransit::Where::kDelayed, reader.rest());
  }
  if (key.table.value >= application_.functions().size()) {
    return MakeError(ErrorCode::kDataLoss, "a row of table {}, which nobody has", key.table);
  }
  auditor_.Row(application_.functions()[key.table.value].name, key.id, value);
  return {};
}

Status LineFeed::Operation(std::string_view row) {
  ByteReader reader(row);
  reader.Fixed<std::uint16_t>();  // Which operation.
  const FunctionId function(reader.Fixed<std::uint16_t>());
  const AddressView self{function, reader.Bytes()};
  if (!reader.ok()) return MakeError(ErrorCode::kDataLoss, "a damaged operation row");
  auditor_.Message({InTransit::Where::kOperation, {self, self, {}, {}, reader.rest()}});
  return {};
}

Status LineFeed::Sent(const OutboxRun& run, std::uint64_t handled) {
  const auto skip = handled < run.first_sequence ? 0 : handled - run.first_sequence + 1;
  return After(InTransit::Where::kSent, run.envelopes, skip);
}

Status LineFeed::After(InTransit::Where where, std::string_view envelopes, std::uint64_t skip) {
  EnvelopeView envelope;
  while (TakeEnvelope(envelopes, envelope)) {
    if (skip > 0) {
      --skip;
    } else {
      auditor_.Message({where, envelope});
    }
  }
  if (envelopes.empty()) return {};
  return MakeError(ErrorCode::kDataLoss, "{} bytes that are no message", envelopes.size());
}

Status LineFeed::Snapshot(ObjectStore& store, const Manifest& manifest) {
  PartVisitor visitor;
  visitor.row = [this](const RowKey& key, std::string_view value) { return Row(key, value); };
  visitor.messages = [this](const MessageRun& run) { return Messages(InTransit::Where::kQueued, run.envelopes); };
  for (const auto& part : manifest.parts) {
    HOLDFAST_ASSIGN(const auto meta, ReadPart(store, part, visitor));
    for (const auto& [partition, offset] : meta.ingress) auditor_.Position(partition, offset);
  }
  return {};
}

}  // namespace holdfast
