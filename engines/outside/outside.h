// Who takes part in a real run from outside is a process of its own, joined to the testbed by three topics in a folder:
//
//   output    every visible record, in the order of visibility; the testbed writes it
//   ledger    what the participant has decided, durable before anything is answered; with the position of the output
//   answers   what goes into the ingress, each once, and how far all output was answered
//
// The topics outlive the process, which may be killed at any instant: it goes on behind the output that its ledger
// knows, and gives the answers that are not in `answers` yet. Its ledger is what an oracle reads in the end.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "engines/outside/topic_file.h"
#include "workloads/oracles/participant.h"

namespace holdfast {

// The files in the folder.
inline constexpr std::string_view kOutputTopic = "/output";
inline constexpr std::string_view kLedgerTopic = "/ledger";
inline constexpr std::string_view kAnswersTopic = "/answers";

// A record of `ledger`.
struct BookedEntry {
  std::uint64_t position = 0;  // How many records of the output it has seen with the one that this is about.
  std::string_view entry;
  std::string Encoded() const;
  static bool Decode(std::string_view bytes, BookedEntry& entry);
};

// A record of `answers`.
struct GivenAnswer {
  std::uint64_t answered = 0;   // Not zero: so many records of the output are answered, and this is no answer itself.
  std::uint64_t number = 0;     // Names the answer.
  std::uint16_t partition = 0;  // Where it goes.
  InputRecord record;
  std::string Encoded() const;
  static bool Decode(std::string_view bytes, GivenAnswer& answer);
};

// The process's side: one life of a participant. One thread at a time.
class OutsideLife {
 public:
  // Opens the topics in `folder` and tells the participant what its ledger says. The error names the file.
  static Result<std::unique_ptr<OutsideLife>> Begin(const std::string& folder, std::unique_ptr<Participant> participant,
                                                    SteadyTime now);
  // Takes what became visible, books it, and gives what is due.
  Status Turn(SteadyTime now);
  // When the next Turn has something to give; it may have something to take earlier.
  std::optional<SteadyTime> NextWake() const { return participant_->NextWake(); }

 private:
  OutsideLife(const std::string& folder, std::unique_ptr<Participant> participant, TopicWriter ledger,
              TopicWriter answers)
      : participant_(std::move(participant)),
        output_(folder + std::string(kOutputTopic)),
        ledger_(std::move(ledger)),
        answers_(std::move(answers)) {}
  Status Recall(const std::string& folder, SteadyTime now);
  bool Take(SteadyTime now);
  bool Give(SteadyTime now);

  std::unique_ptr<Participant> participant_;
  TopicReader output_;
  TopicWriter ledger_;
  TopicWriter answers_;
  std::uint64_t position_ = 0;  // Records of the output that were taken.
  std::uint64_t answered_ = 0;  // As of the last note of it.
  std::size_t booked_ = 0;      // Entries that are in the topic.
  std::set<std::uint64_t> given_;
};

}  // namespace holdfast
