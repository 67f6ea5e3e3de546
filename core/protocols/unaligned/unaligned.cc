#include "core/protocols/unaligned/unaligned.h"

#include "core/base/mutation.h"

namespace holdfast {
namespace {

using Event = ProtocolEvent::Kind;

class Worker : public WorkerProtocol {
 public:
  void Step(const ProtocolEvent& event, ProtocolActions& actions) override {
    switch (event.kind) {
      case Event::kTrigger:
      case Event::kMark:
      case Event::kColourAhead:
        if (HOLDFAST_MUTANT("cut-taken-again-at-mark") && event.kind == Event::kMark && event.index == newest_) {
          actions.push_back(ProtocolAction::kCut);
        }
        if (event.index <= newest_) return;
        newest_ = event.index;
        actions.insert(actions.end(), {ProtocolAction::kCut, ProtocolAction::kSendMarks, ProtocolAction::kAwaitMarks});
        return;
      case Event::kDrained:
        if (event.index == newest_) actions.push_back(ProtocolAction::kUpload);
        return;
      case Event::kComplete:
        actions.push_back(ProtocolAction::kReleaseEgress);
        return;
      case Event::kAbort:
        if (event.index > newest_) newest_ = event.index;  // The trigger may still be on its way: too late now.
        actions.push_back(ProtocolAction::kDropCut);
        return;
      case Event::kResume:
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

ProtocolFactory UnalignedProtocol() {
  return {{.name = "unaligned",
           .logs_late_messages = true,
           .egress = EgressRelease::kOnComplete,
           .restore = RestoreScope::kAll,
           .guarantee = {true, true, "exactly once in state and egress, from the newest complete snapshot"}},
          [] { return std::unique_ptr<WorkerProtocol>(new Worker); },
          [] { return std::unique_ptr<CoordinatorProtocol>(new Coordinator); }};
}

}  // namespace holdfast
