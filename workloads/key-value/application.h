// The key-value workload as an application, and what its clients ask.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/application.h"
#include "workloads/key-value/messages.h"
#include "workloads/load/input.h"
#include "workloads/load/keys.h"

namespace holdfast::key_value {

// In percent of the requests; together 100.
struct Mix {
  std::uint32_t read = 50;
  std::uint32_t update = 50;
  std::uint32_t modify = 0;
  std::uint32_t insert = 0;
};

enum class Distribution : std::uint8_t {
  kUniform,  // Each key that was inserted alike.
  kZipf,     // The first ones far more often, and none beyond the first `keys`.
  kLatest,   // Those inserted last far more often.
};

struct KeyValueOptions {
  std::uint64_t keys = 10'000;  // Before any is inserted by the mix.
  std::uint32_t value_bytes = 100;
  Mix mix;
  Distribution distribution = Distribution::kZipf;
  double theta = 0.99;   // Of kZipf and kLatest.
  bool preload = false;  // Whether the input begins with an insert of every key.
  std::uint16_t partitions = 4;
  std::uint16_t max_parallelism = kDefaultMaxParallelism;
};

// kInvalidArgument, naming the option: no key, fewer keys than partitions, a value too small, percentages that do not
// make up 100.
Result<std::shared_ptr<const Application>> KeyValueApplication(const KeyValueOptions& options);

// The requests. Key number k (id "key-k") is asked through partition k mod partitions only, so its requests have an
// order: that of their offsets. Inserts stand at regular distances, so that how many came before an offset, hence which
// keys there are, is known without a walk.
class KeyValueInput final : public Input {
 public:
  // Requires options that KeyValueApplication accepts.
  KeyValueInput(std::uint64_t seed, const KeyValueOptions& options);

  std::uint16_t partitions() const override { return options_.partitions; }
  void Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const override;

  const KeyValueOptions& options() const { return options_; }
  // Parts of the record.
  struct Place {
    Verb verb;
    std::uint64_t key;
  };
  Place At(PartitionId partition, std::uint64_t offset) const;
  // What a request there writes, if it writes.
  std::string_view ValueAt(PartitionId partition, std::uint64_t offset) const;
  // "key-17".
  static std::string KeyId(std::uint64_t key);

 private:
  std::uint64_t Number(PartitionId partition, std::uint64_t offset) const;
  Verb DrawVerb(Random& random) const;

  std::uint64_t seed_;
  KeyValueOptions options_;
  std::vector<std::uint64_t> own_;   // By partition: how many of the first keys are asked through it.
  std::vector<KeyChooser> chooser_;  // By partition, over these.
  std::string ballast_;              // Values are windows of it.
};

}  // namespace holdfast::key_value
