// A small seeded generator (xoshiro256++ by Blackman and Vigna, seeded by splitmix64). The same seed gives the same
// numbers on every machine, which the standard distributions do not promise; so the few draws we need stand here.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace holdfast {

// One step of splitmix64: a good mixer of any 64-bit number.
constexpr std::uint64_t Mix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) {
    for (auto& word : state_) word = Mix64(seed++ * 0x9e3779b97f4a7c15u + 0x632be59bd9b4e019u);
  }

  constexpr std::uint64_t Next() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }
  // A number in [0, bound), without noticeable bias. Requires bound > 0.
  constexpr std::uint64_t Below(std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(Next()) * bound) >> 64);
  }
  // A number in [low, high].
  constexpr std::int64_t Between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(high - low) + 1));
  }
  // A number in [0, 1).
  constexpr double Unit() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }
  constexpr bool Chance(double probability) { return Unit() < probability; }
  double Exponential(double mean) { return -mean * std::log1p(-Unit()); }
  // A generator of its own, whose draws do not disturb this one's.
  constexpr Random Fork() { return Random(Next()); }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace holdfast
