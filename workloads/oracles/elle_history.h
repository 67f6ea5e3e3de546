// The history of a run as list-append transactions, in the EDN that Elle (github.com/jepsen-io/elle) and Jepsen read,
// so that a checker nobody here wrote can judge it too. Each instance is a list, each message it handles appends
// itself. An output that carries its instance's version tells that its message was appended in that place, and thereby,
// together with the outputs of the places before, what the list read:
//
//   {:index 4, :type :ok, :process 2, :time 1200, :f :txn, :value [[:append "user-1" 7] [:r "user-1" [3 5 7]]]}
//
// Every output is a transaction, invoked when its cause was offered (at the beginning, if it has none) and answered
// when it became visible. Of a place that no output tells of, a read shows an element that nobody appended (a negative
// number): output that was lost, or never came.
#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/ports/egress.h"

namespace holdfast {

// What one output tells: `element` is number `place` (from 1) in the list `key`.
struct ListObservation {
  std::string key;
  std::int64_t element = 0;  // Above 0.
  std::uint64_t place = 0;
};
// All that an output tells; nothing if it tells nothing of the kind.
using ObserveLists = std::function<std::vector<ListObservation>(const EgressRecord& output)>;

class ElleHistory {
 public:
  explicit ElleHistory(ObserveLists observe) : observe_(std::move(observe)) {}

  // An output became visible at `visible`, and its cause was offered at `invoked`. In the order of visibility.
  void See(const EgressRecord& output, Duration invoked, Duration visible);
  std::size_t transactions() const { return transactions_.size(); }
  // Reads are written in full, so the text grows with the square of the lists' lengths: kRefused beyond so many
  // elements, before anything is written.
  Status Write(std::ostream& out, std::uint64_t most_elements = 50'000'000) const;

 private:
  struct Transaction {
    Duration invoked;
    Duration visible;
    std::vector<ListObservation> observations;
  };
  using List = std::vector<std::int64_t>;  // 0: nobody tells of the place.
  std::string ValueOf(const Transaction& transaction, bool answered) const;

  ObserveLists observe_;
  std::vector<Transaction> transactions_;
  std::map<std::string, List, std::less<>> lists_;  // As the first output of each place tells.
  std::uint64_t elements_ = 0;
};

}  // namespace holdfast
