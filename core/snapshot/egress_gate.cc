#include "core/snapshot/egress_gate.h"

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
    sink_.Commit(batch.position, batch.records,
                 [this, generation = generation_, committed = batch.position](Status status) {
                   if (generation != generation_) return;
                   if (status.ok()) return Confirm(committed);
                   refused_(status.error());
                 });
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
