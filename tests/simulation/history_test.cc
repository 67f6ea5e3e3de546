// Histories for Elle: what a run that kept its promise showed reads as lists that only ever grew.
#include <gtest/gtest.h>

#include <sstream>

#include "apps/simulate/run_history.h"
#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

// The reads of a history, as "key [elements" in their order.
std::vector<std::pair<std::string, std::string>> ReadsOf(const ElleHistory& history) {
  std::ostringstream out;
  history.Write(out).OrDie();
  const auto text = out.str();
  constexpr std::string_view kRead = "[:r \"";
  std::vector<std::pair<std::string, std::string>> reads;
  for (auto at = text.find(kRead); at != std::string::npos; at = text.find(kRead, at + 1)) {
    const auto key = at + kRead.size();
    const auto key_end = text.find('"', key);
    const auto end = text.find(']', key_end);
    if (text[key_end + 2] == '[')
      reads.emplace_back(text.substr(key, key_end - key), text.substr(key_end + 3, end - key_end - 3));
  }
  return reads;
}

// How many reads are no beginning of the longest read of their list, or show what nobody appended.
std::size_t Contradictions(const ElleHistory& history) {
  const auto reads = ReadsOf(history);
  std::map<std::string, std::string> longest;
  for (const auto& [key, list] : reads) {
    if (list.size() > longest[key].size()) longest[key] = list;
  }
  return static_cast<std::size_t>(std::ranges::count_if(reads, [&](const auto& read) {
    const auto& all = longest[read.first];
    return !all.starts_with(read.second) || read.second.find('-') != std::string::npos;
  }));
}

ElleHistory HistoryOf(const std::string& workload, const std::string& protocol, std::uint64_t seed) {
  return HistoryOf(TestParts(), DrawSimRun(TestParts(), workload, protocol, seed));
}

TEST(HistoryTest, ListsOfAKeptPromiseOnlyGrow) {
  for (const auto* workload : {"fraud-bandit", "fraud-detection", "greeter", "iot-aggregates", "key-value", "payment",
                               "random-programs", "shopping-cart"}) {
    for (const auto* protocol : {"stop-the-world", "unaligned", "message-logging"}) {
      std::size_t transactions = 0;
      for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const auto history = HistoryOf(workload, protocol, seed);
        transactions += history.transactions();
        EXPECT_EQ(Contradictions(history), 0u) << workload << ", " << protocol << ", seed " << seed;
      }
      EXPECT_GT(transactions, 100u);
    }
  }
}

TEST(HistoryTest, WithoutAPromiseListsContradictEachOther) {
  std::size_t contradictions = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) contradictions += Contradictions(HistoryOf("greeter", "none", seed));
  EXPECT_GT(contradictions, 0u);
}

}  // namespace
}  // namespace holdfast
