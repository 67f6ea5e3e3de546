#include "core/snapshot/egress_gate.h"

#include <algorithm>
#include <iterator>

namespace holdfast {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr std::size_t kRecordOverhead = 24;  // Of a record, beside key and value; at most.
constexpr std::size_t kBatchesAtOnce = 4;
constexpr std::size_t kPiecesAtOnce = 64;

}  // namespace

void EgressGate::Reset(std::uint64_t confirmed) {
  ++generation_;
  open_.clear();
  open_bytes_ = 0;
  batches_.clear();
  sealed_bytes_ = 0;
  confirmed_ = confirmed;
  broken_ = false;
}

void EgressGate::Stage(const EgressRecord& record) {
  auto& piece = RoomFor(kRecordOverhead + record.key.size() + record.value.size());
  const auto before = piece.size();
  AppendEgressRecord(piece, record);
  open_bytes_ += piece.size() - before;
}

std::string& EgressGate::RoomFor(std::size_t bytes) {
  if (open_.empty() || open_.back().bytes().size() + bytes > kPieceBytes) open_.push_back(TakePiece());
  return open_.back().writable();
}

EgressPiece EgressGate::TakePiece() {
  if (!lent_.empty() && lent_.front().alone()) {
    auto piece = std::move(lent_.front());
    lent_.pop_front();
    piece.writable().clear();
    return piece;
  }
  std::string bytes;
  bytes.reserve(kPieceBytes);
  return EgressPiece(std::move(bytes));
}

// The open pieces go out, and are remembered to be used again: not more of them than `at_most`.
void EgressGate::Lend(std::size_t at_most) {
  for (auto& piece : open_) lent_.push_back(std::move(piece));
  while (lent_.size() > at_most) lent_.pop_front();
  open_.clear();
  open_bytes_ = 0;
}

void EgressGate::Seal(std::uint64_t position) {
  if (open_bytes_ == 0) return;
  HOLDFAST_CHECK(batches_.empty() || batches_.back().position < position, "egress batch {} after {}", position,
                 batches_.back().position);
  EgressBytes records;
  for (const auto& piece : open_) records.Add(piece);
  sealed_bytes_ += records.size();
  batches_.push_back({position, std::move(records)});
  // One batch is staged while others are stored, committed and confirmed.
  Lend(kBatchesAtOnce * open_.size() + kPiecesAtOnce);
}

void EgressGate::PutBack(std::uint64_t position, std::string records) {
  if (position <= confirmed_) return;
  HOLDFAST_CHECK(batches_.empty() || batches_.back().position <= position, "egress batch {} after {}", position,
                 batches_.back().position);
  sealed_bytes_ += records.size();
  if (batches_.empty() || batches_.back().position < position) batches_.push_back({position, {}});
  batches_.back().records.Add(EgressPiece(std::move(records)));
}

void EgressGate::Release(std::uint64_t position) {
  for (auto& batch : batches_) {
    if (batch.position > position) break;
    if (batch.released) continue;
    batch.released = true;
    if (!broken_) Commit(batch);
  }
}

void EgressGate::Commit(const Batch& batch) {
  const auto answered = [this, generation = generation_, position = batch.position](const Status& status) {
    if (generation == generation_) Answered(position, status);
  };
  sink_.Commit(batch.position, batch.records, answered);
}

void EgressGate::Answered(std::uint64_t position, const Status& status) {
  if (status.ok()) return Confirm(position);
  if (status.error().code == ErrorCode::kUnavailable) {
    broken_ = true;
    ++generation_;  // The rest fails alike.
  }
  refused_(status.error());
}

void EgressGate::Resume(std::uint64_t confirmed) {
  ++generation_;
  broken_ = false;
  if (confirmed > confirmed_) Confirm(confirmed);
  std::vector<Batch> released;
  std::ranges::copy_if(batches_, std::back_inserter(released), &Batch::released);
  for (const auto& batch : released) {
    if (!broken_) Commit(batch);
  }
}

void EgressGate::EmitNow() {
  if (open_bytes_ == 0) return;
  for (const auto& piece : open_) sink_.Emit(piece);
  Lend(kPiecesAtOnce);
}

void EgressGate::Confirm(std::uint64_t position) {
  while (!batches_.empty() && batches_.front().position <= position) {
    sealed_bytes_ -= batches_.front().records.size();
    batches_.pop_front();
  }
  confirmed_ = position;
  confirmed_callback_(position);
}

}  // namespace holdfast
