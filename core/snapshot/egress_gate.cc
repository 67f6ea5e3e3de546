#include "core/snapshot/egress_gate.h"

namespace holdfast {

void EgressGate::Reset(std::uint64_t confirmed) {
  ++generation_;
  open_.clear();
  batches_.clear();
  sealed_bytes_ = 0;
  confirmed_ = confirmed;
}

void EgressGate::Stage(const EgressRecord& record) { AppendEgressRecord(open_, record); }

void EgressGate::Seal(std::uint64_t position) {
  if (open_.empty()) return;
  PutBack(position, std::exchange(open_, {}));
}

void EgressGate::PutBack(std::uint64_t position, std::string records) {
  if (position <= confirmed_) return;
  HOLDFAST_CHECK(batches_.empty() || batches_.back().position < position, "egress batch {} after {}", position,
                 batches_.back().position);
  sealed_bytes_ += records.size();
  batches_.push_back({position, std::make_shared<const std::string>(std::move(records))});
}

void EgressGate::Release(std::uint64_t position) {
  for (auto& batch : batches_) {
    if (batch.position > position) break;
    if (batch.released) continue;
    batch.released = true;
    sink_.Commit(batch.position, *batch.records,
                 [this, generation = generation_, committed = batch.position](Status status) {
                   if (generation != generation_) return;
                   if (status.ok()) return Confirm(committed);
                   refused_(status.error());
                 });
  }
}

void EgressGate::EmitNow() {
  if (!open_.empty()) sink_.Emit(std::exchange(open_, {}));
}

void EgressGate::Confirm(std::uint64_t position) {
  while (!batches_.empty() && batches_.front().position <= position) {
    sealed_bytes_ -= batches_.front().records->size();
    batches_.pop_front();
  }
  confirmed_ = position;
  confirmed_callback_(position);
}

}  // namespace holdfast
