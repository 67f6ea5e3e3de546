// An auditor that writes down what it is told, and an application of two functions that handle numbers.
#pragma once

#include "core/model/application_builder.h"
#include "workloads/oracles/line_auditor.h"

namespace holdfast {

class Ape : public Function<Ape> {
 public:
  static constexpr std::string_view kName = "test/ape";
  using Handles = Messages<std::int64_t>;
  void On(Context&, const std::int64_t&) {}
};
class Zebra : public Function<Zebra> {
 public:
  static constexpr std::string_view kName = "test/zebra";
  using Handles = Messages<std::int64_t>;
  void On(Context&, const std::int64_t&) {}
};

inline std::shared_ptr<const Application> Zoo() {
  ApplicationBuilder zoo("zoo");
  zoo.Add<Ape>();
  zoo.Add<Zebra>();
  return std::move(zoo).Build().value();
}

// Writes down what it is told.
class Listener final : public LineAuditor {
 public:
  void Position(PartitionId partition, std::uint64_t offset) override {
    told.push_back(fmt::format("partition {} at {}", partition, offset));
  }
  void Row(std::string_view function, std::string_view id, std::string_view record) override {
    told.push_back(fmt::format("{} {} {}", function, id, record));
  }
  void Message(const InTransit& message) override {
    told.push_back(fmt::format("{} for {}: {}", static_cast<int>(message.where), message.message.target.id,
                               message.message.payload));
  }
  void Judge(std::string_view line, Findings&) override { told.push_back(fmt::format("so much for {}", line)); }
  std::vector<std::string> told;
};

inline std::string Envelope(std::string_view id, std::string_view payload) {
  std::string bytes;
  AppendEnvelope(bytes, {{FunctionId(1), id}, {}, ValueTypeId(0), KeyGroup(0), payload});
  return bytes;
}

}  // namespace holdfast
