#include "chaos/faults/faulty_sink.h"

#include <utility>

namespace holdfast {
namespace {

Error Broken() { return MakeError(ErrorCode::kUnavailable, "the connection to the sink broke (injected)"); }

}  // namespace

void FaultySink::Travel(std::function<void()> arrive) {
  auto leave = path_.Ordered(clock_.Now());
  const auto at = leave.at;
  line_.Pass(at, [this, leave = std::move(leave), arrive = std::move(arrive)] {
    arrive();
    path_.Left(leave);
  });
}

TroubledPath::Fate FaultySink::Draw() {
  const auto fate = broken_ ? TroubledPath::Fate::kRefused : path_.OfCall();
  broken_ = fate != TroubledPath::Fate::kDone;
  return fate;
}

// Answers are posted, as a sink's are.
template <class Answer>
void FaultySink::Fail(const std::function<void(Answer)>& done) {
  after_(Duration::zero(), [done] { done(Broken()); });
}

void FaultySink::Fence(EgressFence fence, std::function<void(Result<std::uint64_t>)> done) {
  Travel([this, fence, done = std::move(done)] {
    broken_ = false;
    const auto fate = Draw();
    if (fate == TroubledPath::Fate::kDone) return inner_.Fence(fence, done);
    if (fate == TroubledPath::Fate::kRefused) return Fail(done);
    inner_.Fence(fence, [done](const Result<std::uint64_t>&) { done(Broken()); });
  });
}

void FaultySink::Commit(std::uint64_t position, EgressBytes records, Callback done) {
  Travel([this, position, records = std::move(records), done = std::move(done)] {
    const auto fate = Draw();
    if (fate == TroubledPath::Fate::kDone) return inner_.Commit(position, records, done);
    if (fate == TroubledPath::Fate::kRefused) return Fail(done);
    inner_.Commit(position, records, [done](const Status&) { done(Broken()); });
  });
}

void FaultySink::Emit(EgressPiece records) {
  Travel([this, records = std::move(records)] { inner_.Emit(records); });
}

}  // namespace holdfast
