#include "chaos/simulation/describe.h"

#include "core/snapshot/control.h"
#include "core/snapshot/frame.h"

namespace holdfast {
namespace {

std::string DescribeData(const FrameHeader& header) {
  const auto* lane = header.lane == Lane::kIngress ? "ingress" : "function";
  return fmt::format("data, {} {} to {}", lane, header.first_sequence, header.first_sequence + header.count - 1);
}

std::string DescribePositions(std::string_view what, std::string_view payload) {
  const auto positions = ReadPositions(payload);
  return fmt::format("{}, ingress {}, function {}", what, positions[0], positions[1]);
}

std::string DescribeBody(const FrameView& frame) {
  switch (frame.header.kind) {
    case FrameKind::kData:
      return DescribeData(frame.header);
    case FrameKind::kMark:
      return DescribePositions("mark", frame.payload);
    case FrameKind::kAck:
      return DescribePositions("acknowledgement", frame.payload);
    case FrameKind::kResume:
      return DescribePositions("resume request", frame.payload);
    case FrameKind::kPressure:
      return frame.header.count != 0 ? "pressure" : "relief";
  }
  return "unknown kind";
}

std::string_view OpName(DiskOp op) {
  switch (op) {
    case DiskOp::kCreate:
      return "create";
    case DiskOp::kAppend:
      return "append";
    case DiskOp::kSyncFile:
      return "sync file";
    case DiskOp::kRead:
      return "read";
    case DiskOp::kSize:
      return "size";
    case DiskOp::kRename:
      return "rename";
    case DiskOp::kRenameNew:
      return "rename to new";
    case DiskOp::kRemove:
      return "remove";
    case DiskOp::kTruncate:
      return "truncate";
    case DiskOp::kList:
      return "list";
    case DiskOp::kMakeFolder:
      return "make folder";
    case DiskOp::kSyncDirectory:
      return "sync folder";
    case DiskOp::kLock:
      return "lock";
  }
  return "unknown call";
}

}  // namespace

std::string DescribeFrame(std::string_view bytes) {
  const auto frame = OpenFrame(bytes);
  if (!frame.ok()) return frame.error().message;
  const auto& header = frame->header;
  return fmt::format("{}, world-line {}, incarnation {}, colour {}, {} bytes", DescribeBody(*frame), header.world_line,
                     header.incarnation, header.colour, bytes.size());
}

std::string DescribeControl(std::string_view bytes) {
  const auto message = DecodeControl(bytes);
  if (!message.ok()) return message.error().message;
  auto text = fmt::format("{}, world-line {}, incarnation {}", ControlKindName(message->kind), message->world_line,
                          message->incarnation);
  if (message->snapshot != SnapshotId{}) text += fmt::format(", snapshot {}", message->snapshot);
  if (!message->part.name.empty()) text += fmt::format(", part {}", message->part.name);
  if (!message->text.empty()) text += fmt::format(": {}", message->text);
  return text;
}

std::string DescribeDiskCall(const DiskCall& call) {
  auto text = fmt::format("{} {}", OpName(call.op), call.path);
  if (call.op == DiskOp::kAppend) return text + fmt::format(" ({} bytes)", call.detail.size());
  if (!call.detail.empty()) text += fmt::format(" -> {}", call.detail);
  if (!call.site.empty()) text += fmt::format(" [{}]", call.site);
  return text;
}

}  // namespace holdfast
