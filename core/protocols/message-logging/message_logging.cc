#include "core/protocols/message-logging/message_logging.h"

namespace holdfast {
namespace {

using Event = ProtocolEvent::Kind;

class Worker : public WorkerProtocol {
 public:
  void Step(const ProtocolEvent& event, ProtocolActions& actions) override {
    switch (event.kind) {
      case Event::kTrigger:
        if (event.index <= newest_) return;
        newest_ = event.index;
        actions.insert(actions.end(), {ProtocolAction::kCut, ProtocolAction::kUpload});
        return;
      case Event::kAbort:
        if (event.index > newest_) newest_ = event.index;  // The trigger may still be on its way: too late now.
        actions.push_back(ProtocolAction::kDropCut);
        return;
      default:
        return;
    }
  }

 private:
  SnapshotIndex newest_;
};

class Coordinator : public CoordinatorProtocol {
 public:
  void Step(const CoordinatorEvent& event, CoordinatorActions& actions) override {
    switch (event.kind) {
      case CoordinatorEvent::Kind::kBegin:
        actions.push_back(CoordinatorAction::kTrigger);
        return;
      case CoordinatorEvent::Kind::kUploaded:
        actions.push_back(CoordinatorAction::kStoreManifest);
        return;
      case CoordinatorEvent::Kind::kStored:
        actions.push_back(CoordinatorAction::kComplete);
        return;
      case CoordinatorEvent::Kind::kFrozen:
        return;
    }
  }
};

}  // namespace

ProtocolFactory MessageLoggingProtocol() {
  return {{.name = "message-logging",
           .effect_log = true,
           .egress = EgressRelease::kOnDurable,
           .restore = RestoreScope::kFailed,
           .snapshots_are_global = false,
           .guarantee = {true, true, "exactly once in state and egress; a failed worker recovers alone"}},
          [] { return std::unique_ptr<WorkerProtocol>(new Worker); },
          [] { return std::unique_ptr<CoordinatorProtocol>(new Coordinator); }};
}

}  // namespace holdfast
