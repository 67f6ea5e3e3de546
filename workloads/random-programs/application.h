// Random programs as an application, and the input that starts them.
#pragma once

#include <memory>

#include "core/model/application.h"
#include "workloads/load/input.h"
#include "workloads/random-programs/program.h"

namespace holdfast::random_programs {

// Attempts of a message before it goes to the dead letters.
inline constexpr std::uint32_t kMaxAttempts = 3;

// kInvalidArgument, naming the option: no instance, no partition, more partitions than instances, steps without end.
Result<std::shared_ptr<const Application>> ProgramApplication(const ProgramOptions& options);

// One program per record. Instance number i is started through partition i mod partitions only, so the programs that
// start at an instance have an order: that of their offsets.
class ProgramInput final : public Input {
 public:
  // Requires options that ProgramApplication accepts.
  ProgramInput(std::uint64_t seed, const ProgramOptions& options) : seed_(seed), options_(options) {}

  std::uint16_t partitions() const override { return options_.partitions; }
  void Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const override;

  Program At(PartitionId partition, std::uint64_t offset) const {
    return DrawProgram(seed_, options_, partition, offset);
  }
  const ProgramOptions& options() const { return options_; }

 private:
  std::uint64_t seed_;
  ProgramOptions options_;
};

}  // namespace holdfast::random_programs
