#include "workloads/random-programs/oracle.h"

namespace holdfast::random_programs {

ProgramOracle::ProgramOracle(std::shared_ptr<const Application> application, ProgramInput input)
    : application_(std::move(application)),
      input_(std::move(input)),
      receipts_(application_->FindEgress(kReceipts.name).value()),
      notes_(application_->FindEgress(kNotes.name).value()),
      partitions_(input_.partitions()),
      addresses_(2 * input_.options().instances) {
  for (std::size_t i = 0; i < functions_.size(); ++i) {
    functions_[i] = application_->FindFunction(kFunctions[i]).value();
  }
}

void ProgramOracle::Offered(PartitionId partition, std::uint64_t end) {
  auto& runs = partitions_.at(partition.value);
  while (runs.end() < end) {
    RunOfProgram run(input_.At(partition, runs.end()));
    expected_ += run.expected();
    ++open_;
    runs.Add(std::move(run));
  }
}

void ProgramOracle::See(const EgressRecord& record) {
  if (record.egress == receipts_) return SeeReceipt(record);
  if (record.egress == notes_) return SeeNote(record);
  if (record.egress == EgressId(0)) return SeeLetter(record);
  findings_.Add(Damage::kPhantom,
                [&] { return fmt::format("a record on egress number {}, to which nobody emits", record.egress); });
}

ProgramOracle::Subject ProgramOracle::Find(const StepId& id, std::string_view record) {
  const bool offered = id.partition < partitions_.size() && id.offset < partitions_[id.partition].end();
  if (!offered) {
    Blame(Damage::kPhantom, id, [&] { return fmt::format("{} of a program that was not offered", record); });
    return {};
  }
  auto* run = partitions_[id.partition].Find(id.offset);
  if (run != nullptr && id.step < run->size()) return {run, id};
  if (run == nullptr) {
    const auto program = input_.At(PartitionId(static_cast<std::uint16_t>(id.partition)), id.offset);
    if (id.step < program.size() && program[id.step].fate != Fate::kNever && program[id.step].fate != Fate::kRaces) {
      Blame(Damage::kDuplicate, id,
            [&] { return fmt::format("{} once more, after its program was complete", record); });
      return {};
    }
  }
  Blame(Damage::kPhantom, id, [&] { return fmt::format("{} of a step that was never to run", record); });
  return {};
}

// A program that has shown all it must is forgotten.
void ProgramOracle::Close(const Subject& subject) {
  // Who was first, the step or its cancellation, their clocks must tell.
  const auto forbidden = clocks_disagree_ ? std::vector<std::uint32_t>() : subject.run->DecideRaces();
  for (const auto step : forbidden) {
    Blame(Damage::kPhantom, {subject.id.partition, subject.id.offset, step},
          [&] { return std::string("it ran, though it was cancelled before it was due"); });
  }
  if (!subject.run->complete()) return;
  partitions_[subject.id.partition].Take(subject.id.offset);
  --open_;
}

bool ProgramOracle::MayRun(const Subject& subject, std::string_view record) {
  auto& step = subject.step();
  if (subject.node().fate == Fate::kRaces && !step.counted && !step.race_decided) {
    const auto before = subject.run->expected();
    subject.run->CountRace(subject.id.step);
    expected_ += subject.run->expected() - before;
  }
  if (step.counted) return true;
  Blame(Damage::kPhantom, subject.id, [&] { return fmt::format("{} of a step that was not to run", record); });
  return false;
}

void ProgramOracle::Claim(const Subject& subject, std::uint32_t step, const Witness& witness, std::string_view record) {
  if (subject.run->Claim(step, witness)) return;
  Blame(Damage::kContradictory, subject.id, [&] {
    return fmt::format("{} stands on step {} at version {} with chain {:016x}, which had version {} with chain {:016x}",
                       record, step, witness.version, witness.chain, subject.run->run(step).witness->version,
                       subject.run->run(step).witness->chain);
  });
}

void ProgramOracle::SeeReceipt(const EgressRecord& record) {
  Receipt receipt;
  if (!Codec<Receipt>::Decode(record.value, receipt)) {
    findings_.Add(Damage::kPhantom, [&] { return fmt::format("{} bytes that are no receipt", record.value.size()); });
    return;
  }
  const auto subject = Find(receipt.id, "a receipt");
  if (!subject || !MayRun(subject, "a receipt")) return;
  if (!TakeReceipt(subject, receipt)) return;
  CheckContent(subject, receipt, record.key);
  CheckOrigin(subject, receipt);
  CheckOutcome(subject, receipt);
  CheckOrder(subject, receipt);
  if (subject.node().where.function == kLockerFunction) {
    CheckLocker(subject, receipt);
  } else {
    Replay(subject, receipt);
  }
  Close(subject);
}

// Counts the receipt and remembers what it says; false if it came before.
bool ProgramOracle::TakeReceipt(const Subject& subject, const Receipt& receipt) {
  auto& step = subject.step();
  const bool unknown = static_cast<Outcome>(receipt.outcome) == Outcome::kUnknown;
  if (step.seen || (unknown && receipt.attempt < step.attempts)) {
    const auto& before = step.seen ? *step.witness : step.last_attempt;
    const bool same = before == receipt.witness;
    Blame(same ? Damage::kDuplicate : Damage::kContradictory, subject.id, [&] {
      return fmt::format("its receipt came again{}, at version {}", same ? "" : " from another history",
                         receipt.witness.version);
    });
    return false;
  }
  ++seen_;
  if (unknown) {
    ++expected_;
    subject.run->CountExtra();
    return true;
  }
  subject.run->CountSeen();
  step.seen = true;
  step.now = receipt.now;
  Claim(subject, subject.id.step, receipt.witness, "its receipt");
  return true;
}

void ProgramOracle::SeeNote(const EgressRecord& record) {
  Note note;
  if (!Codec<Note>::Decode(record.value, note)) {
    findings_.Add(Damage::kPhantom, [&] { return fmt::format("{} bytes that are no note", record.value.size()); });
    return;
  }
  const auto subject = Find(note.id, "a note");
  if (!subject || !MayRun(subject, "a note")) return;
  auto& step = subject.step();
  const auto bit = std::uint64_t{1} << note.number % 64;
  if (note.number >= subject.node().notes || subject.node().fate == Fate::kDies) {
    return Blame(Damage::kPhantom, note.id, [&] { return fmt::format("note {}, which it never writes", note.number); });
  }
  if (step.notes & bit) {
    const bool same = step.witness == note.witness;
    return Blame(same ? Damage::kDuplicate : Damage::kContradictory, note.id,
                 [&] { return fmt::format("note {} came again{}", note.number, same ? "" : " from another history"); });
  }
  step.notes |= bit;
  ++seen_;
  subject.run->CountSeen();
  if (record.key != IdOf(subject.node().where)) {
    Blame(Damage::kContradictory, note.id, [&] { return fmt::format("a note of '{}'", record.key); });
  }
  Claim(subject, note.id.step, note.witness, "its note");
  Close(subject);
}

void ProgramOracle::SeeLetter(const EgressRecord& record) {
  DeadLetter letter;
  Step message;
  if (!Codec<DeadLetter>::Decode(record.value, letter) || letter.value_type != Codec<Step>::Name() ||
      !Codec<Step>::Decode(letter.payload, message)) {
    findings_.Add(Damage::kPhantom, [&] {
      return fmt::format("'{}' gave up '{}' to '{}', which is no step: {}", letter.function, letter.value_type,
                         letter.id, letter.reason);
    });
    return;
  }
  const auto subject = Find(message.id, "a dead letter");
  if (!subject) return;
  const auto& node = subject.node();
  if (node.fate != Fate::kDies) {
    return Blame(Damage::kPhantom, message.id, [&] { return fmt::format("it was given up: {}", letter.reason); });
  }
  if (subject.step().seen) {
    return Blame(Damage::kDuplicate, message.id, [&] { return std::string("its dead letter came again"); });
  }
  subject.step().seen = true;
  ++seen_;
  subject.run->CountSeen();
  const auto id = IdOf(node.where);
  const auto reason = fmt::format("step {} fails on purpose", Name(message.id));
  if (letter.function != kFunctions[node.where.function] || letter.id != id || record.key != id ||
      letter.attempts != kMaxAttempts || letter.reason.find(reason) == std::string_view::npos) {
    Blame(Damage::kContradictory, message.id, [&] {
      return fmt::format("given up after {} attempts at {} '{}' because: {}", letter.attempts, letter.function,
                         letter.id, letter.reason);
    });
  }
  Claim(subject, node.parent, message.origin.sender, "its dead letter");
  Close(subject);
}

void ProgramOracle::Finish() {
  for (std::uint16_t p = 0; p < partitions_.size(); ++p) {
    partitions_[p].ForEach([&](std::uint64_t offset, const RunOfProgram& run) {
      for (std::uint32_t step = 0; step < run.size(); ++step) {
        const auto& state = run.run(step);
        const auto& node = run.node(step);
        if (!state.counted) continue;
        const StepId id{p, offset, step};
        if (!state.seen) {
          Blame(Damage::kMissing, id, [&] {
            return fmt::format("no {} from {} '{}'", node.fate == Fate::kDies ? "dead letter" : "receipt",
                               kFunctions[node.where.function], IdOf(node.where));
          });
        }
        for (std::uint32_t note = 0; node.fate != Fate::kDies && note < node.notes; ++note) {
          if (state.notes >> note & 1) continue;
          Blame(Damage::kMissing, id, [&] { return fmt::format("note {} was never seen", note); });
        }
      }
    });
  }
}

Ledger ProgramOracle::ledger() const { return findings_.LedgerOf(expected_, seen_); }

}  // namespace holdfast::random_programs
