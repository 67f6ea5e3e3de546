#include "workloads/greeter/oracle.h"

#include <array>

#include "core/base/hash.h"
#include "core/model/application_builder.h"
#include "workloads/oracles/strange_record.h"

namespace holdfast::greeter {
namespace {

// May be written into `buffer`, which is big enough for every number.
std::string_view ExpectedText(std::uint64_t visits, std::array<char, 40>& buffer) {
  if (visits == 1) return "Welcome";
  if (visits == 2) return "Welcome back";
  if (visits == 3) return "Third time's the charm";
  char* const end = fmt::format_to(buffer.data(), "Visit number {}", visits);
  return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
}

// The words follow each other in memory as the definition wants them: eight bytes each, little-endian.
std::uint64_t ChainOf(std::initializer_list<std::uint64_t> words) {
  return Hash64({reinterpret_cast<const char*>(words.begin()), words.size() * sizeof(std::uint64_t)});
}

bool Same(const Witness& a, const Witness& b) { return a.version == b.version && a.chain == b.chain; }

std::string Name(const Email& email) {
  return fmt::format("the email for visit {}/{} of '{}'", email.partition, email.offset, email.user);
}

}  // namespace

GreeterOracle::GreeterOracle(std::shared_ptr<const Application> application, GreeterInput input)
    : application_(std::move(application)),
      input_(std::move(input)),
      emails_(application_->FindEgress(kEmails.name).value()),
      partitions_(input_.partitions()),
      users_(input_.options().users),
      senders_(input_.addresses()) {
  for (std::uint64_t user = 0; user < users_.size(); ++user) users_[user].expected.chain = Hash64(input_.UserId(user));
  for (std::uint64_t a = 0; a < senders_.size(); ++a) senders_[a].chain = Hash64(input_.AddressId(a));
}

void GreeterOracle::Offered(PartitionId partition, std::uint64_t end) {
  auto& offered = partitions_.at(partition.value).offered;
  offered = std::max(offered, end);
}

// Walks a block at a time: with many users each step waits for memory, and the prefetches let a block wait together.
void GreeterOracle::WalkTo(PartitionId partition, std::uint64_t end) {
  auto& [offered, due, marks] = partitions_[partition.value];
  while (due.end() < end) {
    std::array<std::uint64_t, 32> block;
    const auto size = std::min<std::uint64_t>(block.size(), offered - due.end());
    for (std::uint64_t i = 0; i < size; ++i) {
      block[i] = input_.UserAt(partition, due.end() + i);
      __builtin_prefetch(&users_[block[i]]);
      __builtin_prefetch(&senders_[input_.AddressOf(block[i])]);
    }
    for (std::uint64_t i = 0; i < size; ++i) Walk(partition, block[i]);
  }
}

void GreeterOracle::Walk(PartitionId partition, std::uint64_t user) {
  auto& due = partitions_[partition.value].due;
  auto& expected = users_[user].expected;
  const auto offset = due.end();
  const auto address = input_.AddressId(input_.AddressOf(user));
  const auto note = input_.NoteAt(partition, offset);
  expected = {expected.version + 1, ChainOf({expected.chain, partition.value, offset, Hash64(address), Hash64(note)})};
  due.Add({user, expected});
}

void GreeterOracle::See(const EgressRecord& record) {
  if (record.egress != emails_) return AddStrangeRecord(record, findings_);
  Email email;
  if (!Codec<Email>::Decode(record.value, email)) {
    findings_.Add(Damage::kPhantom, [&] { return fmt::format("{} bytes that are no email", record.value.size()); });
    return;
  }
  if (email.partition >= partitions_.size() || email.offset >= partitions_[email.partition].offered) {
    findings_.Add(Damage::kPhantom, [&] { return Name(email) + ": no such visit was offered"; });
    return;
  }
  SeeEmail(email, record);
}

void GreeterOracle::SeeEmail(const Email& email, const EgressRecord& record) {
  const PartitionId id(static_cast<std::uint16_t>(email.partition));
  auto& partition = partitions_[id.value];
  WalkTo(id, email.offset + 1);
  switch (partition.marks.Mark(email.offset, record.value)) {
    case SeenMarks::Sight::kSame:
      return findings_.Add(Damage::kDuplicate, [&] { return Name(email) + " came again"; });
    case SeenMarks::Sight::kOther:
      findings_.Add(Damage::kContradictory, [&] { return Name(email) + " came again with other content"; });
      break;
    case SeenMarks::Sight::kFirst:
      const auto due = partition.due.Take(email.offset);
      HOLDFAST_CHECK(due.has_value(), "visit {}/{} was never walked", id, email.offset);
      ++seen_;
      CheckContent(email, record.key, *due);
      CheckOrder(email, users_[due->user]);
  }
  CheckChain(email);
}

void GreeterOracle::CheckContent(const Email& email, std::string_view key, const Due& due) {
  const auto user = input_.UserId(due.user);
  const auto address = input_.AddressId(input_.AddressOf(due.user));
  const auto visits = due.greeter.version;
  std::array<char, 40> buffer;
  const auto text = ExpectedText(visits, buffer);
  if (email.user == user && email.address == address && key == address && email.visits >= 0 &&
      static_cast<std::uint64_t>(email.visits) == visits && email.text == text && Same(email.greeter, due.greeter)) {
    return;
  }
  findings_.Add(Damage::kContradictory, [&] {
    return fmt::format(
        "{}: '{}' to '{}' with {} visits and chain {:016x} at version {}; due was '{}' to '{}' for '{}' with {} visits "
        "and "
        "chain {:016x}",
        Name(email), email.text, email.address, email.visits, email.greeter.chain, email.greeter.version, text, address,
        user, visits, due.greeter.chain);
  });
}

void GreeterOracle::CheckOrder(const Email& email, User& user) {
  if (email.offset < user.next_offset) {
    findings_.Add(Damage::kOutOfOrder, [&] {
      return fmt::format("{} came after that for visit {}/{}", Name(email), email.partition, user.next_offset - 1);
    });
  }
  user.next_offset = std::max(user.next_offset, email.offset + 1);
}

std::uint64_t GreeterOracle::SenderLink(const Witness& before, const Email& email) const {
  const auto note = input_.NoteAt(PartitionId(static_cast<std::uint16_t>(email.partition)), email.offset);
  return ChainOf({before.chain, email.partition, email.offset, static_cast<std::uint64_t>(email.visits),
                  email.greeter.chain, Hash64(email.text), Hash64(note)});
}

void GreeterOracle::CheckChain(const Email& email) {
  const PartitionId partition(static_cast<std::uint16_t>(email.partition));
  const auto address = input_.AddressOf(input_.UserAt(partition, email.offset));
  if (email.address != input_.AddressId(address)) return;  // Contradictory already, and nobody's link.
  auto& latest = senders_[address];
  const auto next = latest.version + 1;
  const auto broken = [&](std::string_view how) {
    findings_.Add(Damage::kBrokenChain, [&] {
      return fmt::format("{} is version {} of '{}' after version {}: {}", Name(email), email.sender.version,
                         email.address, latest.version, how);
    });
  };
  if (email.sender.version < next) return broken("that version was taken, or is late");
  if (email.sender.version > next) broken("versions between were never seen");
  if (email.sender.version == next && email.sender.chain != SenderLink(latest, email)) {
    broken("it does not link to the email before; it stands for another history");
  }
  latest = email.sender;
}

void GreeterOracle::Finish() {
  for (std::uint16_t p = 0; p < partitions_.size(); ++p) {
    WalkTo(PartitionId(p), partitions_[p].offered);
    partitions_[p].due.ForEach([&](std::uint64_t offset, const Due& due) {
      findings_.Add(Damage::kMissing, [&] {
        return fmt::format("no email for visit {}/{}, the visit number {} of '{}'", p, offset, due.greeter.version,
                           input_.UserId(due.user));
      });
    });
  }
}

Ledger GreeterOracle::ledger() const {
  std::uint64_t expected = 0;
  for (const auto& partition : partitions_) expected += partition.offered;
  return findings_.LedgerOf(expected, seen_);
}

}  // namespace holdfast::greeter
