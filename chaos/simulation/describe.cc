#include "chaos/simulation/describe.h"

namespace holdfast {
namespace {

std::string PositionsText(std::string_view what, const LanePositions& positions) {
  return fmt::format("{}, ingress {}, function {}", what, positions[0], positions[1]);
}

std::string FrameText(const SimFacts& facts) {
  const auto& header = facts.header;
  switch (header.kind) {
    case FrameKind::kMark:
    case FrameKind::kAck:
    case FrameKind::kResume:
      return PositionsText(FrameName(header), facts.positions);
    default:
      return FrameName(header);
  }
}

bool HasPositions(FrameKind kind) {
  return kind == FrameKind::kMark || kind == FrameKind::kAck || kind == FrameKind::kResume;
}

SimPlace PlaceOf(const SimFaultTarget& target) {
  switch (target.role) {
    case SimFaultRole::kWorker:
      return AtWorker(target.worker);
    case SimFaultRole::kCoordinator:
      return kAtCoordinator;
    case SimFaultRole::kStore:
      return {SimRole::kStore, 0};
    case SimFaultRole::kEverything:
      return {SimRole::kEverything, 0};
    case SimFaultRole::kCaller:
      return {};
  }
  return {};
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

std::string PlaceName(SimPlace place) {
  switch (place.role) {
    case SimRole::kNobody:
      return "nobody";
    case SimRole::kIngress:
      return "ingress";
    case SimRole::kCoordinator:
      return "coordinator";
    case SimRole::kStore:
      return "store";
    case SimRole::kWorker:
      return fmt::format("worker {}", place.number);
    case SimRole::kSink:
      return "sink";
    case SimRole::kEverything:
      return "everything";
  }
  return "unknown place";
}

std::string FrameName(const FrameHeader& header) {
  switch (header.kind) {
    case FrameKind::kData:
      return fmt::format("data, {} {} to {}", header.lane == Lane::kIngress ? "ingress" : "function",
                         header.first_sequence, header.first_sequence + header.count - 1);
    case FrameKind::kMark:
      return "mark";
    case FrameKind::kAck:
      return "acknowledgement";
    case FrameKind::kResume:
      return "resume request";
    case FrameKind::kPressure:
      return header.count != 0 ? "pressure" : "relief";
  }
  return "unknown kind";
}

SimStory TellFrame(WorkerId from, WorkerId to, std::uint64_t flight, std::string_view bytes) {
  SimFacts facts{.fact = SimFact::kFrame, .place = AtWorker(from), .peer = AtWorker(to), .flight = flight};
  const auto route = fmt::format("worker {} -> {}: ", from, to);
  const auto frame = OpenFrame(bytes);
  if (!frame.ok()) return {facts, route + frame.error().message};
  const auto& header = facts.header = frame->header;
  if (HasPositions(header.kind)) facts.positions = ReadPositions(frame->payload);
  facts.bytes = bytes.size();
  return {facts, route + fmt::format("{}, world-line {}, incarnation {}, colour {}, {} bytes", FrameText(facts),
                                     header.world_line, header.incarnation, header.colour, bytes.size())};
}

SimStory TellControl(SimPlace from, SimPlace to, std::uint64_t flight, std::string_view bytes) {
  SimFacts facts{.fact = SimFact::kControl, .place = from, .peer = to, .flight = flight};
  const auto route = fmt::format("{} -> {}: ", PlaceName(from), PlaceName(to));
  const auto message = DecodeControl(bytes);
  if (!message.ok()) return {facts, route + message.error().message};
  facts.control = message->kind;
  facts.header.world_line = message->world_line;
  facts.header.incarnation = message->incarnation;
  facts.snapshot = message->snapshot;
  auto text = fmt::format("{}{}, world-line {}, incarnation {}", route, ControlKindName(message->kind),
                          message->world_line, message->incarnation);
  if (message->snapshot != SnapshotId{}) text += fmt::format(", snapshot {}", message->snapshot);
  if (!message->part.name.empty()) text += fmt::format(", part {}", message->part.name);
  if (!message->text.empty()) text += fmt::format(": {}", message->text);
  return {facts, std::move(text)};
}

SimStory TellFault(const SimFault& fault) {
  const auto& target = fault.when ? fault.when->disk : fault.target;
  return {{.fact = SimFact::kFault, .place = PlaceOf(target), .count = fault.when.has_value(), .lasts = fault.lasts},
          DescribeFault(fault)};
}

SimStory TellOf(const SimFacts& facts, std::string_view why) {
  auto text = PlaceName(facts.place);
  if (!why.empty()) text += fmt::format(": {}", why);
  return {facts, std::move(text)};
}

SimStory TellRollback(WorldLine world_line, std::optional<SnapshotId> from) {
  SimFacts facts{.fact = SimFact::kRollback, .place = kAtCoordinator, .snapshot = from.value_or(SnapshotId{})};
  facts.header.world_line = world_line;
  return {facts, fmt::format("world-line {} from {}", world_line, from ? fmt::format("{}", *from) : "nothing")};
}

SimStory TellSnapshot(SimFact fact, SnapshotId id, std::string_view why) {
  auto text = fmt::format("snapshot {}", id);
  if (!why.empty()) text += fmt::format(": {}", why);
  return {{.fact = fact, .place = kAtCoordinator, .snapshot = id}, std::move(text)};
}

std::string DescribeDiskCall(const DiskCall& call) {
  auto text = fmt::format("{} {}", OpName(call.op), call.path);
  if (call.op == DiskOp::kAppend) return text + fmt::format(" ({} bytes)", call.detail.size());
  if (!call.detail.empty()) text += fmt::format(" -> {}", call.detail);
  if (!call.site.empty()) text += fmt::format(" [{}]", call.site);
  return text;
}

}  // namespace holdfast
