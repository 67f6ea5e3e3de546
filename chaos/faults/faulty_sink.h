// A worker's connection to a sink that is slow or breaks, as its feed says. It breaks in the middle of a call, before
// or after that was carried out, with an answer that tells nothing; every later call fails alike, until Fence makes the
// connection anew. What is emitted without a position may be late, and is never lost by itself. Works over any sink,
// and with any timer.
#pragma once

#include "chaos/faults/delay_line.h"
#include "chaos/faults/path_feed.h"
#include "chaos/faults/troubled_path.h"
#include "core/ports/egress.h"

namespace holdfast {

// Used by the worker's thread. What it is given outlives it, and it outlives what it has asked for.
class FaultySink final : public EgressSink {
 public:
  FaultySink(EgressSink& inner, WorkerId self, PathFeed feed, const Clock& clock, const After& after, Random random)
      : inner_(inner),
        feed_(std::move(feed)),
        clock_(clock),
        after_(after),
        path_(feed_, {TroubleEnd::Worker(self), TroubleEnd::Sink()}, random),
        line_(clock, after) {}

  void Fence(EgressFence fence, std::function<void(Result<std::uint64_t>)> done) override;
  void Commit(std::uint64_t position, EgressBytes records, Callback done) override;
  void Emit(EgressPiece records) override;

 private:
  // In their order, each when it is due.
  void Travel(std::function<void()> arrive);
  // Draws what becomes of a call that has arrived.
  TroubledPath::Fate Draw();
  template <class Answer>
  void Fail(const std::function<void(Answer)>& done);

  EgressSink& inner_;
  const PathFeed feed_;
  const Clock& clock_;
  const After after_;
  TroubledPath path_;
  DelayLine line_;
  bool broken_ = false;
};

}  // namespace holdfast
