#include "core/snapshot/control.h"

#include "core/base/bytes.h"
#include "core/base/hash.h"

namespace holdfast {

std::string_view ControlKindName(ControlKind kind) {
  switch (kind) {
    case ControlKind::kHello:
      return "hello";
    case ControlKind::kRestored:
      return "restored";
    case ControlKind::kFrozen:
      return "frozen";
    case ControlKind::kUploaded:
      return "uploaded";
    case ControlKind::kUploadFailed:
      return "upload-failed";
    case ControlKind::kFailed:
      return "failed";
    case ControlKind::kRestoreAgain:
      return "restore-again";
    case ControlKind::kRestore:
      return "restore";
    case ControlKind::kStart:
      return "start";
    case ControlKind::kTrigger:
      return "trigger";
    case ControlKind::kResume:
      return "resume";
    case ControlKind::kComplete:
      return "complete";
    case ControlKind::kAbort:
      return "abort";
  }
  return "unknown";
}

std::string EncodeControl(const ControlMessage& message) {
  std::string out(sizeof(std::uint32_t), '\0');
  out.push_back(static_cast<char>(message.kind));
  AppendVarint(out, message.worker.value);
  AppendVarint(out, message.world_line.value);
  AppendVarint(out, message.incarnation.value);
  AppendFixed(out, message.snapshot.Packed());
  AppendVarint(out, message.number);
  const auto& part = message.part;
  AppendVarint(out, part.worker.value);
  AppendBytes(out, part.name);
  for (const auto number : {part.bytes, std::uint64_t{part.checksum}, part.rows, part.messages, part.lsn.value,
                            part.cut_nanos, part.upload_nanos}) {
    AppendVarint(out, number);
  }
  AppendBytes(out, message.text);
  const auto checksum = Checksum(std::string_view(out).substr(sizeof(std::uint32_t)));
  std::memcpy(out.data(), &checksum, sizeof checksum);
  return out;
}

Result<ControlMessage> DecodeControl(std::string_view bytes) {
  ByteReader reader(bytes);
  const auto checksum = reader.Fixed<std::uint32_t>();
  const bool intact = reader.ok() && checksum == Checksum(reader.rest());
  ControlMessage message;
  message.kind = static_cast<ControlKind>(reader.Fixed<std::uint8_t>());
  message.worker = WorkerId(static_cast<std::uint16_t>(reader.Varint()));
  message.world_line = WorldLine(static_cast<std::uint32_t>(reader.Varint()));
  message.incarnation = Incarnation(static_cast<std::uint32_t>(reader.Varint()));
  message.snapshot = SnapshotId::Unpack(reader.Fixed<std::uint64_t>());
  message.number = reader.Varint();
  auto& part = message.part;
  part.worker = WorkerId(static_cast<std::uint16_t>(reader.Varint()));
  part.name = reader.Bytes();
  part.bytes = reader.Varint();
  part.checksum = static_cast<std::uint32_t>(reader.Varint());
  part.rows = reader.Varint();
  part.messages = reader.Varint();
  part.lsn = Lsn(reader.Varint());
  part.cut_nanos = reader.Varint();
  part.upload_nanos = reader.Varint();
  message.text = reader.Bytes();
  if (!intact || !reader.ok())
    return MakeError(ErrorCode::kDataLoss, "a damaged control message of {} bytes", bytes.size());
  return message;
}

}  // namespace holdfast
