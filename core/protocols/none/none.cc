#include "core/protocols/none/none.h"

namespace holdfast {
namespace {

class Worker : public WorkerProtocol {
 public:
  void Step(const ProtocolEvent& event, ProtocolActions& actions) override {
    if (event.kind == ProtocolEvent::Kind::kTrigger) actions.push_back(ProtocolAction::kReleaseIngress);
  }
};

class Coordinator : public CoordinatorProtocol {
 public:
  void Step(const CoordinatorEvent& event, CoordinatorActions& actions) override {
    if (event.kind == CoordinatorEvent::Kind::kBegin) actions.push_back(CoordinatorAction::kTrigger);
  }
};

}  // namespace

ProtocolFactory NoneProtocol() {
  return {{.name = "none",
           .egress = EgressRelease::kImmediate,
           .restore = RestoreScope::kNothing,
           .guarantee = {false, false, "nothing after a failure: state is lost, egress may be lost or doubled"}},
          [] { return std::unique_ptr<WorkerProtocol>(new Worker); },
          [] { return std::unique_ptr<CoordinatorProtocol>(new Coordinator); }};
}

}  // namespace holdfast
