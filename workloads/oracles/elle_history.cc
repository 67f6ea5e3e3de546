#include "workloads/oracles/elle_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace holdfast {
namespace {

// An instance that claims to be further than this is damaged, and is not believed.
constexpr std::uint64_t kLongestList = 100'000'000;

// An event of the history: the beginning or the end of a transaction.
struct Moment {
  Duration at;
  bool answered = false;
  std::size_t transaction = 0;
  // What is answered at an instant comes before what is invoked then: only what surely came first counts as earlier.
  auto Rank() const { return std::tuple(at, !answered, transaction); }
};

}  // namespace

void ElleHistory::See(const EgressRecord& output, Duration invoked, Duration visible) {
  auto observations = observe_(output);
  std::erase_if(observations, [](const auto& seen) { return seen.place == 0 || seen.place > kLongestList; });
  if (observations.empty()) return;
  for (const auto& seen : observations) {
    auto& list = lists_[seen.key];
    if (list.size() < seen.place) list.resize(seen.place);
    if (list[seen.place - 1] == 0) list[seen.place - 1] = seen.element;
    elements_ += seen.place;
  }
  // One that took no time begins before it ends, nevertheless.
  transactions_.push_back({std::min(invoked, visible - Duration(1)), visible, std::move(observations)});
}

std::string ElleHistory::ValueOf(const Transaction& transaction, bool answered) const {
  std::string value;
  for (const auto& seen : transaction.observations) {
    value += fmt::format("{}[:append \"{}\" {}]", value.empty() ? "" : " ", seen.key, seen.element);
    if (!answered) {
      value += fmt::format(" [:r \"{}\" nil]", seen.key);
      continue;
    }
    value += fmt::format(" [:r \"{}\" [", seen.key);
    const auto& list = lists_.find(seen.key)->second;
    for (std::uint64_t place = 1; place < seen.place; ++place) {
      const auto element = list[place - 1];
      value += fmt::format("{} ", element == 0 ? -static_cast<std::int64_t>(place) : element);
    }
    value += fmt::format("{}]]", seen.element);
  }
  return value;
}

Status ElleHistory::Write(std::ostream& out, std::uint64_t most_elements) const {
  if (elements_ > most_elements) {
    return MakeError(ErrorCode::kRefused,
                     "the history would repeat {} list elements, more than {}: a read shows all that came before it; "
                     "offer fewer records, or spread them over more keys",
                     elements_, most_elements);
  }
  std::vector<Moment> moments;
  for (std::size_t i = 0; i < transactions_.size(); ++i) {
    moments.push_back({transactions_[i].invoked, false, i});
    moments.push_back({transactions_[i].visible, true, i});
  }
  std::ranges::sort(moments, {}, &Moment::Rank);
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const auto& [at, answered, transaction] = moments[i];
    out << fmt::format("{{:index {}, :type {}, :process {}, :time {}, :f :txn, :value [{}]}}\n", i,
                       answered ? ":ok" : ":invoke", transaction, at.count(),
                       ValueOf(transactions_[transaction], answered));
  }
  return out ? Status() : MakeError(ErrorCode::kExhausted, "the history could not be written: is the disk full?");
}

}  // namespace holdfast
