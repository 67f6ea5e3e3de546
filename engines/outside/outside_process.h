// The testbed's side of who takes part from outside: starts its process, carries to it what the collector shows, and
// its answers into the topic from which the generator sends them; kills it for real, and starts it again.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engines/collector/collector.h"
#include "engines/outside/topic_file.h"
#include "engines/supervisor/child_process.h"
#include "workloads/load/closed_loop.h"

namespace holdfast {

class OutsideProcess {
 public:
  struct Options {
    std::vector<std::string> command;  // The program and its arguments, all of them.
    std::vector<int> cpus;
    std::string folder;  // Of the topics; Start makes it.
    std::string output;  // The file that gets what it prints.
  };
  // Requires: collector and topic outlive it.
  static Result<std::unique_ptr<OutsideProcess>> Start(Options options, const Collector& collector,
                                                       ClosedLoopInput& topic);

  // Carries what there is, both ways. An error if the process ended by itself.
  Status Carry();
  // SIGKILL; nothing is done for it until Restart.
  void Kill();
  Status Restart();
  // It has seen all that is visible, and given all its answers to it.
  bool Done() const { return answered_ == shown_ && batch_ == collector_.visible().size(); }
  // What its ledger holds.
  std::vector<std::string> Ledger() const;

 private:
  OutsideProcess(Options options, TopicWriter output, const Collector& collector, ClosedLoopInput& topic);
  Status ShowOutput();
  void TakeAnswers();

  const Options options_;
  const Collector& collector_;
  ClosedLoopInput& topic_;
  TopicWriter output_;
  TopicReader answers_;
  std::optional<ChildProcess> child_;
  std::size_t batch_ = 0;       // Of what is visible, that was shown.
  std::uint64_t shown_ = 0;     // Records,
  std::uint64_t answered_ = 0;  // and how many of them are dealt with.
};

}  // namespace holdfast
