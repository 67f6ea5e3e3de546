// Looks for the highest rate at which a system keeps up, by asking for one try at a rate after the other: up in steps
// of four until a rate is refused, down if the first one was, then bisection on a logarithmic scale. On a shared
// machine a single try says little, so a rate is refused by two tries in a row, or by one that was hopeless, and the
// rate that is found was sustained twice.
//
// A pure function of what it was told: told the same again, it asks the same again.
#pragma once

#include <map>
#include <optional>

namespace holdfast {

// Records per second.
struct RateRange {
  double from = 1000;      // The first try.
  double to = 1e6;         // None is higher.
  double precision = 1.1;  // The search is over when what was refused is at most so many times what was sustained.
};

enum class TryOutcome {
  kSustained,
  kRefused,   // Perhaps by an accident.
  kHopeless,  // So clearly that it need not be seen twice.
};

class RateSearch {
 public:
  // Requires: 0 < from <= to, precision > 1.
  explicit RateSearch(RateRange range) : range_(range) {}

  // The rate of the next try, of three digits; nothing when the search is over.
  std::optional<double> Next() const;
  // How the try at Next() went. Requires that there is one.
  void Tell(TryOutcome outcome);

  // The highest rate that was sustained, and the lowest that was refused; nothing if there is none.
  std::optional<double> sustained() const;
  std::optional<double> refused() const { return refused_; }
  int tries() const { return tries_; }

 private:
  std::optional<double> Untried() const;

  RateRange range_;
  std::map<double, int> sustained_;  // Below what is refused: how often.
  std::optional<double> refused_;
  std::optional<double> doubted_;  // Refused once; tried again next.
  int tries_ = 0;
};

}  // namespace holdfast
