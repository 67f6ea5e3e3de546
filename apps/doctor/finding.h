// What the doctor says about a host: one finding for each fault that can or cannot be inflicted here, and for each
// figure of its noise floor. A figure alone tells nobody anything; each finding says in words how good it is, and what
// that means for faults or for published figures.
#pragma once

#include <string>
#include <vector>

namespace holdfast::doctor {

enum class Grade {
  kGood,
  kFair,     // Works, with a reservation.
  kPoor,     // Does not work, or makes figures worthless.
  kUnknown,  // The host does not tell.
};
// "good", "fair", "poor", "unknown".
std::string_view GradeWord(Grade grade);

struct Finding {
  std::string name;
  Grade grade = Grade::kUnknown;
  std::string value;    // What was found: "late by 92us (p50), 1.4ms (p99)", "works", "does not work".
  std::string meaning;  // What follows.
  std::string how;      // How it was tried.
  bool needed = false;  // The quick suite cannot run without.
};

struct Findings {
  std::vector<Finding> faults;
  std::vector<Finding> noise;
};

// Whether everything is there that the quick suite needs.
bool FitForQuickSuite(const Findings& findings);
// For people, at most `columns` wide where words allow.
std::string FindingsText(const Findings& findings, std::size_t columns);
std::string FindingsJson(const Findings& findings);

}  // namespace holdfast::doctor
