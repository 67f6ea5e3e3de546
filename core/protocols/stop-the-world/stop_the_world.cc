#include "core/protocols/stop-the-world/stop_the_world.h"

#include <utility>

#include "core/base/mutation.h"

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
        actions.insert(actions.end(),
                       {ProtocolAction::kPause, ProtocolAction::kSendMarks, ProtocolAction::kAwaitMarks});
        if (HOLDFAST_MUTANT("cut-at-pause")) actions.insert(actions.begin() + 1, ProtocolAction::kCut);
        return;
      case Event::kDrained:
        if (event.index != newest_) return;
        if (!HOLDFAST_MUTANT("cut-at-pause")) actions.push_back(ProtocolAction::kCut);
        actions.insert(actions.end(), {ProtocolAction::kReportFrozen, ProtocolAction::kUpload});
        if (HOLDFAST_MUTANT("resume-at-own-cut")) actions.push_back(ProtocolAction::kResume);
        return;
      case Event::kResume:
        if (event.index == newest_) actions.push_back(ProtocolAction::kResume);
        return;
      case Event::kComplete:
        actions.push_back(ProtocolAction::kReleaseEgress);
        return;
      case Event::kAbort:
        if (event.index > newest_) newest_ = event.index;  // The trigger may still be on its way: too late now.
        actions.push_back(ProtocolAction::kDropCut);
        if (event.index == newest_) actions.push_back(ProtocolAction::kResume);
        return;
      case Event::kMark:
      case Event::kColourAhead:
        return;  // Counted by the mechanism; the pause comes with the trigger.
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
      case CoordinatorEvent::Kind::kFrozen:
        return Resume(actions);
      case CoordinatorEvent::Kind::kUploaded:
        Resume(actions);  // What is stored is frozen; the word of that may be late, and nobody waits for it any more.
        actions.push_back(CoordinatorAction::kStoreManifest);
        return;
      case CoordinatorEvent::Kind::kStored:
        actions.push_back(CoordinatorAction::kComplete);
        return;
    }
  }

 private:
  void Resume(CoordinatorActions& actions) {
    if (!std::exchange(resumed_, true)) actions.push_back(CoordinatorAction::kResume);
  }

  bool resumed_ = false;
};

}  // namespace

ProtocolFactory StopTheWorldProtocol() {
  return {{.name = "stop-the-world",
           .egress = EgressRelease::kOnComplete,
           .restore = RestoreScope::kAll,
           .guarantee = {true, true, "exactly once in state and egress, from the newest complete snapshot"}},
          [] { return std::unique_ptr<WorkerProtocol>(new Worker); },
          [] { return std::unique_ptr<CoordinatorProtocol>(new Coordinator); }};
}

}  // namespace holdfast
