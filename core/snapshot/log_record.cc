#include "core/snapshot/log_record.h"

#include "core/base/bytes.h"

namespace holdfast {
namespace {

void AppendInput(std::string& out, const UnitInput& input) {
  out.push_back(static_cast<char>(input.kind));
  switch (input.kind) {
    case UnitInput::Kind::kIngress:
      AppendVarint(out, input.partition.value);
      AppendVarint(out, input.offset);
      break;
    case UnitInput::Kind::kChannel:
      AppendVarint(out, input.source.worker.value);
      out.push_back(static_cast<char>(input.source.lane));
      AppendVarint(out, input.source.sequence);
      break;
    case UnitInput::Kind::kLocal:
      break;
    default:
      AppendVarint(out, input.group.value);
      AppendBytes(out, input.row);
  }
}

UnitInput ReadInput(ByteReader& reader) {
  UnitInput input;
  input.kind = static_cast<UnitInput::Kind>(reader.Fixed<std::uint8_t>());
  switch (input.kind) {
    case UnitInput::Kind::kIngress:
      input.partition = PartitionId(static_cast<std::uint16_t>(reader.Varint()));
      input.offset = reader.Varint();
      break;
    case UnitInput::Kind::kChannel:
      input.source.worker = WorkerId(static_cast<std::uint16_t>(reader.Varint()));
      input.source.lane = static_cast<Lane>(reader.Fixed<std::uint8_t>() & 1);
      input.source.sequence = reader.Varint();
      break;
    case UnitInput::Kind::kLocal:
      break;
    case UnitInput::Kind::kDelayed:
    case UnitInput::Kind::kAsync:
    case UnitInput::Kind::kParked:
      input.group = KeyGroup(static_cast<std::uint16_t>(reader.Varint()));
      input.row = reader.Bytes();
      break;
    default:
      reader.Fail();
  }
  return input;
}

}  // namespace

void AppendLogRecord(std::string& out, const LogRecord& record) {
  AppendInput(out, record.input);
  out.push_back(static_cast<char>(record.outcome));
  AppendVarint(out, static_cast<std::uint64_t>(record.now.millis));
  AppendVarint(out, record.self.type.value);
  if (record.self.valid()) {
    AppendVarint(out, record.self_group.value);
    AppendBytes(out, record.self.id);
  }
  out.append(record.effects);
}

Result<LogRecord> ReadLogRecord(std::string_view bytes) {
  ByteReader reader(bytes);
  LogRecord record;
  record.input = ReadInput(reader);
  record.outcome = static_cast<LogRecord::Outcome>(reader.Fixed<std::uint8_t>());
  record.now.millis = static_cast<std::int64_t>(reader.Varint());
  record.self.type = FunctionId(static_cast<std::uint16_t>(reader.Varint()));
  if (record.self.valid()) {
    record.self_group = KeyGroup(static_cast<std::uint16_t>(reader.Varint()));
    record.self.id = reader.Bytes();
  }
  if (!reader.ok()) return MakeError(ErrorCode::kDataLoss, "a log record of {} bytes does not parse", bytes.size());
  record.effects = reader.rest();
  return record;
}

}  // namespace holdfast
