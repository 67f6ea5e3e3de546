#include "workloads/shopping-cart/handshakes.h"

namespace holdfast::shopping_cart {
namespace {

constexpr std::array<std::string_view, 3> kSteps{"asking", "answer", "end"};
constexpr auto kRefusal = static_cast<std::uint32_t>(StockDeed::kRefused);

}  // namespace

void Handshakes::Note(const Place& add, Step step, const Said& what, bool said) {
  const auto place = open_.try_emplace(add).first;
  const auto index = static_cast<std::size_t>(step);
  auto& both = place->second[index];
  auto& mine = said ? both.said : both.heard;
  if (mine) {
    return findings_.Add(Damage::kDuplicate, [&] {
      return fmt::format("{}: its {} was {} twice", NameOfReservation(add), kSteps[index], said ? "told" : "taken");
    });
  }
  mine = what;
  if (both.agreed() && *both.said != *both.heard) {
    findings_.Add(Damage::kContradictory, [&] {
      return fmt::format("{}: its {} was told as {} by version {}, and taken as {} by version {}{}",
                         NameOfReservation(add), kSteps[index], both.said->word, both.said->mark.version,
                         both.heard->word, both.heard->mark.version,
                         both.said->mark.version == both.heard->mark.version ? " of another history" : "");
    });
  }
  if (Over(place->second)) open_.erase(place);
}

bool Handshakes::Over(const Steps& steps) {
  const auto& [ask, answer, end] = steps;
  return ask.agreed() && answer.agreed() && (answer.said->word == kRefusal || end.agreed());
}

bool Handshakes::Granted(const Place& add) const {
  const auto place = open_.find(add);
  if (place == open_.end()) return false;
  const auto& [ask, answer, end] = place->second;
  return answer.said && answer.said->word != kRefusal && !end.heard;
}

}  // namespace holdfast::shopping_cart
