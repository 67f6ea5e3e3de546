// What two instances must agree on about a reservation. Each of its steps is said by one of them and heard by the
// other, and outputs of both tell of it, in whatever order they come: the cart asks and the item is asked, the item
// answers and the cart is answered, the cart ends it and the item hears so. Either all was said and heard once, with
// the same words and the same mark, or a message was lost, came twice, came from nowhere, or from another history.
#pragma once

#include <array>
#include <map>
#include <optional>

#include "workloads/oracles/findings.h"
#include "workloads/shopping-cart/messages.h"

namespace holdfast::shopping_cart {

enum class Step : std::uint8_t { kAsk, kAnswer, kEnd };

// One side of a step. The word is a StockDeed: asked (0), reserved or refused, released or sold.
struct Said {
  std::uint32_t word = 0;
  Mark mark;              // The unit that said so.
  std::int64_t at = 0;    // When it was said; unknown to who heard it.
  bool patience = false;  // A time-out said so, of which nobody knows beforehand when.
  friend bool operator==(const Said& a, const Said& b) { return a.word == b.word && a.mark == b.mark; }
};

// Memory grows with the reservations that are under way.
class Handshakes {
 public:
  explicit Handshakes(Findings& findings) : findings_(findings) {}

  // Outputs of carts and items tell this of the reservation that was asked for by the add at `add`.
  void Say(const Place& add, Step step, const Said& said) { Note(add, step, said, true); }
  void Hear(const Place& add, Step step, const Said& heard) { Note(add, step, heard, false); }
  // The item has granted it, as far as is known, and not heard of its end.
  bool Granted(const Place& add) const;

  // Calls `visit(add, step, said, heard)` for each step that only one side knows of; the other is null.
  template <class Visit>
  void ForEachHalf(const Visit& visit) const {
    for (const auto& [add, steps] : open_) {
      for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto& [said, heard] = steps[i];
        if (said.has_value() == heard.has_value()) continue;
        visit(add, static_cast<Step>(i), said ? &*said : nullptr, heard ? &*heard : nullptr);
      }
    }
  }

 private:
  struct Both {
    std::optional<Said> said{};
    std::optional<Said> heard{};
    bool agreed() const { return said && heard; }
  };
  using Steps = std::array<Both, 3>;

  void Note(const Place& add, Step step, const Said& what, bool said);
  static bool Over(const Steps& steps);

  Findings& findings_;
  std::map<Place, Steps> open_;
};

// "the reservation of 1/17"
inline std::string NameOfReservation(const Place& add) {
  return fmt::format("the reservation of {}/{}", add.partition, add.offset);
}

}  // namespace holdfast::shopping_cart
