// Planted bugs. Whether the oracles would find a mistake is not known until one is made, so the mistakes people make in
// such code stand beside the right thing, one at a time to be switched on:
//
//   if (HOLDFAST_MUTANT("confirmed-position-ignored")) confirmed = 0;
//
// Every name has a row in core/base/mutants.h. In a normal build the condition is the constant false, so nothing of the
// mutant is compiled. With the CMake option HOLDFAST_MUTATIONS (preset `mutants`) it compares with the one mutant that
// the process has switched on; by default that is none.
#pragma once

#include <cstddef>
#include <iterator>
#include <string_view>

#include "core/base/mutants.h"
#ifdef HOLDFAST_MUTATIONS
#include <atomic>
#endif

namespace holdfast {

// A mutant by its place in kMutants, from 1 on.
using MutantNumber = std::size_t;
inline constexpr MutantNumber kNoMutant = 0;

// kNoMutant if there is none of that name.
constexpr MutantNumber FindMutant(std::string_view name) {
  for (MutantNumber i = 0; i < std::size(kMutants); ++i) {
    if (kMutants[i].name == name) return i + 1;
  }
  return kNoMutant;
}

// Of a mutant's site: a name without a row does not compile.
consteval MutantNumber MutantOfSite(std::string_view name) {
  const auto number = FindMutant(name);
  if (number == kNoMutant) throw "this mutant has no row in core/base/mutants.h";
  return number;
}

#ifdef HOLDFAST_MUTATIONS

inline constexpr bool kMutationBuild = true;
inline std::atomic<MutantNumber> active_mutant{kNoMutant};
inline MutantNumber ActiveMutant() { return active_mutant.load(std::memory_order_relaxed); }
// Switches one mutant on and all others off, for the whole process.
inline void SetActiveMutant(MutantNumber mutant) { active_mutant = mutant; }

#else

inline constexpr bool kMutationBuild = false;
constexpr MutantNumber ActiveMutant() { return kNoMutant; }
inline void SetActiveMutant(MutantNumber) {}

#endif

}  // namespace holdfast

#define HOLDFAST_MUTANT(name) \
  (::holdfast::kMutationBuild && ::holdfast::ActiveMutant() == ::holdfast::MutantOfSite(name))
