#include "engines/outside/outside.h"

#include "core/base/bytes.h"

namespace holdfast {

std::string BookedEntry::Encoded() const {
  std::string bytes;
  AppendVarint(bytes, position);
  bytes += entry;
  return bytes;
}

bool BookedEntry::Decode(std::string_view bytes, BookedEntry& entry) {
  ByteReader reader(bytes);
  entry.position = reader.Varint();
  entry.entry = reader.rest();
  return reader.ok();
}

std::string GivenAnswer::Encoded() const {
  std::string bytes;
  AppendVarint(bytes, answered);
  AppendVarint(bytes, number);
  AppendVarint(bytes, partition);
  AppendVarint(bytes, record.ingress);
  AppendBytes(bytes, record.key);
  AppendBytes(bytes, record.value);
  return bytes;
}

bool GivenAnswer::Decode(std::string_view bytes, GivenAnswer& answer) {
  ByteReader reader(bytes);
  answer.answered = reader.Varint();
  answer.number = reader.Varint();
  answer.partition = static_cast<std::uint16_t>(reader.Varint());
  answer.record.ingress = static_cast<std::uint16_t>(reader.Varint());
  answer.record.key = reader.Bytes();
  answer.record.value = reader.Bytes();
  return reader.ok();
}

Result<std::unique_ptr<OutsideLife>> OutsideLife::Begin(const std::string& folder,
                                                        std::unique_ptr<Participant> participant, SteadyTime now) {
  HOLDFAST_ASSIGN(auto ledger, TopicWriter::Open(folder + std::string(kLedgerTopic)));
  HOLDFAST_ASSIGN(auto answers, TopicWriter::Open(folder + std::string(kAnswersTopic)));
  std::unique_ptr<OutsideLife> life(
      new OutsideLife(folder, std::move(participant), std::move(ledger), std::move(answers)));
  HOLDFAST_TRY(life->Recall(folder, now));
  return life;
}

Status OutsideLife::Recall(const std::string& folder, SteadyTime now) {
  std::uint64_t known = 0;
  TopicReader ledger(folder + std::string(kLedgerTopic));
  for (std::string_view bytes; ledger.Next(bytes); ++booked_) {
    BookedEntry booked;
    if (!BookedEntry::Decode(bytes, booked)) return MakeError(ErrorCode::kDataLoss, "{}: entry {}", folder, booked_);
    participant_->Recall(booked.entry, now);
    known = booked.position;
  }
  TopicReader answers(folder + std::string(kAnswersTopic));
  for (std::string_view bytes; answers.Next(bytes);) {
    GivenAnswer given;
    if (!GivenAnswer::Decode(bytes, given)) return MakeError(ErrorCode::kDataLoss, "{}: an answer", folder);
    if (given.answered == 0) given_.insert(given.number);
  }
  for (std::string_view record; position_ < known && output_.Next(record);) ++position_;
  return {};
}

bool OutsideLife::Take(SteadyTime now) {
  bool any = false;
  for (std::string_view bytes; output_.Next(bytes); any = true) {
    ++position_;
    EgressRecord output;
    if (!TakeEgressRecord(bytes, output)) continue;
    participant_->Take(output, now);
    for (; booked_ < participant_->entries(); ++booked_) {
      ledger_.Append(BookedEntry{position_, participant_->Entry(booked_)}.Encoded());
    }
  }
  return any;
}

bool OutsideLife::Give(SteadyTime now) {
  bool any = false;
  participant_->Act(now, [&](std::uint64_t number, PartitionId partition, const InputRecord& record) {
    if (!given_.insert(number).second) return;
    answers_.Append(GivenAnswer{0, number, partition.value, record}.Encoded());
    any = true;
  });
  if (participant_->NextWake() || answered_ == position_) return any;
  answered_ = position_;
  answers_.Append(GivenAnswer{position_, 0, 0, {}}.Encoded());
  return true;
}

Status OutsideLife::Turn(SteadyTime now) {
  const auto before = booked_;
  Take(now);
  if (booked_ > before) HOLDFAST_TRY(ledger_.Flush(true));
  if (Give(now)) HOLDFAST_TRY(answers_.Flush(false));
  return {};
}

}  // namespace holdfast
