// Walks a protocol's state machines: an event in, the actions out in words, so that a test reads as a table.
#pragma once

#include <string>

#include "core/protocols/factory.h"

namespace holdfast {

inline std::string NameOf(ProtocolAction action) {
  switch (action) {
    case ProtocolAction::kPause:
      return "pause";
    case ProtocolAction::kResume:
      return "resume";
    case ProtocolAction::kCut:
      return "cut";
    case ProtocolAction::kSendMarks:
      return "send-marks";
    case ProtocolAction::kAwaitMarks:
      return "await-marks";
    case ProtocolAction::kReportFrozen:
      return "report-frozen";
    case ProtocolAction::kUpload:
      return "upload";
    case ProtocolAction::kReleaseEgress:
      return "release-egress";
    case ProtocolAction::kReleaseIngress:
      return "release-ingress";
    case ProtocolAction::kDropCut:
      return "drop-cut";
  }
  return "unknown";
}

inline std::string NameOf(CoordinatorAction action) {
  switch (action) {
    case CoordinatorAction::kTrigger:
      return "trigger";
    case CoordinatorAction::kResume:
      return "resume";
    case CoordinatorAction::kStoreManifest:
      return "store-manifest";
    case CoordinatorAction::kComplete:
      return "complete";
  }
  return "unknown";
}

template <class Actions>
std::string InWords(const Actions& actions) {
  std::string words;
  for (const auto action : actions) words += (words.empty() ? "" : " ") + NameOf(action);
  return words;
}

class WorkerSteps {
 public:
  using Event = ProtocolEvent::Kind;
  explicit WorkerSteps(const ProtocolFactory& factory) : protocol_(factory.make_worker()) {}
  std::string operator()(Event event, std::uint32_t index) {
    ProtocolActions actions;
    protocol_->Step({event, SnapshotIndex(index)}, actions);
    return InWords(actions);
  }

 private:
  std::unique_ptr<WorkerProtocol> protocol_;
};

class CoordinatorSteps {
 public:
  using Event = CoordinatorEvent::Kind;
  explicit CoordinatorSteps(const ProtocolFactory& factory) : protocol_(factory.make_coordinator()) {}
  std::string operator()(Event event) {
    CoordinatorActions actions;
    protocol_->Step({event}, actions);
    return InWords(actions);
  }

 private:
  std::unique_ptr<CoordinatorProtocol> protocol_;
};

}  // namespace holdfast
