#include "engines/outside/outside_process.h"

#include <signal.h>

#include <filesystem>

#include "engines/outside/outside.h"

namespace holdfast {

OutsideProcess::OutsideProcess(Options options, TopicWriter output, const Collector& collector, ClosedLoopInput& topic)
    : options_(std::move(options)),
      collector_(collector),
      topic_(topic),
      output_(std::move(output)),
      answers_(options_.folder + std::string(kAnswersTopic)) {}

Result<std::unique_ptr<OutsideProcess>> OutsideProcess::Start(Options options, const Collector& collector,
                                                              ClosedLoopInput& topic) {
  std::error_code failed;
  if (!std::filesystem::create_directories(options.folder, failed)) {
    return MakeError(ErrorCode::kNotFound, "cannot make the folder {}: {}", options.folder,
                     failed ? failed.message() : "it exists");
  }
  HOLDFAST_ASSIGN(auto output, TopicWriter::Open(options.folder + std::string(kOutputTopic)));
  std::unique_ptr<OutsideProcess> process(new OutsideProcess(std::move(options), std::move(output), collector, topic));
  HOLDFAST_TRY(process->Restart());
  return process;
}

Status OutsideProcess::Restart() {
  HOLDFAST_ASSIGN(child_, ChildProcess::Start({options_.command, options_.cpus, options_.output}));
  return {};
}

void OutsideProcess::Kill() {
  if (child_) child_->Kill();
  child_.reset();
}

Status OutsideProcess::Carry() {
  TakeAnswers();
  HOLDFAST_TRY(ShowOutput());
  if (!child_ || !child_->Poll()) return {};
  return MakeError(ErrorCode::kUnavailable, "who answers from outside {} by itself; it printed: {}",
                   child_->Poll()->Text(), FileTail(options_.output));
}

Status OutsideProcess::ShowOutput() {
  const auto& visible = collector_.visible();
  if (batch_ == visible.size()) return {};
  for (; batch_ < visible.size(); ++batch_) {
    auto rest = visible[batch_].records;
    for (EgressRecord record; !rest.empty(); ++shown_) {
      const auto before = rest;
      if (!TakeEgressRecord(rest, record)) break;
      output_.Append(before.substr(0, before.size() - rest.size()));
    }
  }
  return output_.Flush(false);
}

void OutsideProcess::TakeAnswers() {
  for (std::string_view bytes; answers_.Next(bytes);) {
    GivenAnswer given;
    HOLDFAST_CHECK(GivenAnswer::Decode(bytes, given), "{} bytes of an answer", bytes.size());
    if (given.answered > 0) {
      answered_ = given.answered;
    } else {
      topic_.Append(PartitionId(given.partition), std::move(given.record));
    }
  }
}

std::vector<std::string> OutsideProcess::Ledger() const {
  std::vector<std::string> entries;
  TopicReader ledger(options_.folder + std::string(kLedgerTopic));
  for (std::string_view bytes; ledger.Next(bytes);) {
    BookedEntry booked;
    HOLDFAST_CHECK(BookedEntry::Decode(bytes, booked), "{} bytes of a ledger", bytes.size());
    entries.emplace_back(booked.entry);
  }
  return entries;
}

}  // namespace holdfast
