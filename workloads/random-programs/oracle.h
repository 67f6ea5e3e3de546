// The oracle of random programs. It draws the same programs as the input and knows for each step its address, its
// caller and its effects; what it cannot know is how the steps of different programs interleave at an address. That it
// reads from the receipts, which are a chain per address: it replays the address's state along the chain and demands
// that each unit saw what it must have seen. It demands further
//
//   - that every receipt, note and dead letter comes exactly once, and none that is not due;
//   - that a message stands on the unit that sent it: the sender's witness in it is the one in the sender's receipt;
//   - that messages of one address to another, and records to their instance, are handled in the order of sending;
//   - that delayed steps run never early, and cancelled ones never, if the cancelling unit ran before they were due;
//   - that values are there until they expire, and gone from then on;
//   - that an operation's outcome is what it must be, or unknown, but that only after a disturbance.
//
// It shares the messages, the programs and the input with the system, and no code with the functions. Its memory grows
// with the addresses and the pairs of them that talk (a handful for each address), and with the programs that are
// offered and not seen complete: those under way, and the few with a step that was cancelled too late to say whether it
// will run.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "core/model/application_builder.h"
#include "workloads/oracles/oracle.h"
#include "workloads/oracles/outstanding.h"
#include "workloads/random-programs/address.h"
#include "workloads/random-programs/application.h"
#include "workloads/random-programs/run_of_program.h"

namespace holdfast::random_programs {

class ProgramOracle final : public Oracle {
 public:
  // `application` gives the numbers of egresses, functions and states.
  ProgramOracle(std::shared_ptr<const Application> application, ProgramInput input);

  void Offered(PartitionId partition, std::uint64_t end) override;
  void See(const EgressRecord& record) override;
  void Disturbed() override { disturbed_ = true; }
  void ClocksDisagree() override { clocks_disagree_ = true; }
  void Finish() override;
  // Demands that the state of every address is the one its receipts lead to, and that lockers left none.
  void CheckState(const ForEachAddress& for_each) override;

  Ledger ledger() const override;
  const Findings& findings() const override { return findings_; }
  // Programs that are not complete.
  std::uint64_t open_programs() const { return open_; }

 private:
  // Which step a record speaks of. `run` is null, and a finding is noted, if none that could have spoken.
  struct Subject {
    RunOfProgram* run = nullptr;
    StepId id;
    explicit operator bool() const { return run != nullptr; }
    const Node& node() const { return run->node(id.step); }
    StepRun& step() const { return run->run(id.step); }
  };

  // oracle.cc: every record once, and none too many.
  Subject Find(const StepId& id, std::string_view record);
  void Close(const Subject& subject);
  void SeeReceipt(const EgressRecord& record);
  void SeeNote(const EgressRecord& record);
  void SeeLetter(const EgressRecord& record);
  bool TakeReceipt(const Subject& subject, const Receipt& receipt);
  bool MayRun(const Subject& subject, std::string_view record);
  void Claim(const Subject& subject, std::uint32_t step, const Witness& witness, std::string_view record);

  // oracle_receipt.cc: what a unit says of itself.
  void CheckContent(const Subject& subject, const Receipt& receipt, std::string_view key);
  void CheckOrigin(const Subject& subject, const Receipt& receipt);
  void CheckOutcome(const Subject& subject, const Receipt& receipt);
  void CheckOrder(const Subject& subject, const Receipt& receipt);
  void CheckLocker(const Subject& subject, const Receipt& receipt);
  void Replay(const Subject& subject, const Receipt& receipt);
  std::size_t NumberOf(const Where& where) const {
    return where.function * input_.options().instances + where.instance;
  }
  // The address of whoever sends the message that `node` handles.
  static Where CallerOf(const RunOfProgram& run, const Node& node);

  template <class MakeSentence>
  void Blame(Damage damage, const StepId& id, const MakeSentence& make_sentence) {
    findings_.Add(damage, [&] { return fmt::format("step {}: {}", Name(id), make_sentence()); });
  }
  static std::string Name(const StepId& id) { return fmt::format("{}/{}/{}", id.partition, id.offset, id.step); }

  // Handled messages of one address from another: the latest one's version of the sender, and place.
  using Sent = std::pair<std::uint64_t, std::uint32_t>;

  const std::shared_ptr<const Application> application_;
  const ProgramInput input_;
  const EgressId receipts_;
  const EgressId notes_;
  std::array<FunctionId, 3> functions_;
  std::vector<Outstanding<RunOfProgram>> partitions_;
  std::vector<Address> addresses_;  // Alphas, then betas.
  std::unordered_map<std::uint64_t, Sent> pairs_;
  bool disturbed_ = false;
  bool clocks_disagree_ = false;
  std::uint64_t expected_ = 0;
  std::uint64_t seen_ = 0;
  std::uint64_t open_ = 0;
  Findings findings_;
};

}  // namespace holdfast::random_programs
