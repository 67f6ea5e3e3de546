// The messages of the shopping cart, what its carts and items hold, and the mark by which each unit is known.
//
// A reservation is known by the command that asked for it: the place of its add in the ingress. It travels: the cart
// asks, the item answers, and once it was granted, the cart gives it back or sells it, and tells the item so.
//
// Every unit of a cart or an item is told of by one output, with what it left. Its mark is (version, chain), where
// version counts the units of the instance, and chain folds in all that was ever told of it:
//
//   chain(0) = Hash64(the instance's id)
//   chain(n) = Hash64(the output of unit n, encoded with an empty mark; seeded with chain(n - 1))
//
// What one instance tells another carries the mark of the unit that did so.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/check.h"
#include "core/model/context.h"

namespace holdfast::shopping_cart {

struct Mark {
  std::uint64_t version = 0;
  std::uint64_t chain = 0;
  friend bool operator==(const Mark&, const Mark&) = default;
  HOLDFAST_MESSAGE("shopping-cart/Mark", version, chain)
};

// Where a record stands in the ingress.
struct Place {
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
  HOLDFAST_MESSAGE("shopping-cart/Place", partition, offset)
};

// Names of instances: "cart-17" and "item-3".
inline std::string CartId(std::uint64_t cart) { return fmt::format("cart-{}", cart); }
inline std::string ItemId(std::uint64_t item) { return fmt::format("item-{}", item); }

// Comes in, to a cart. The numbers travel.
enum class Wish : std::uint32_t { kAdd = 0, kRemove = 1, kCheckOut = 2 };
struct Command {
  Place place;
  std::uint64_t cart = 0;
  std::uint32_t wish = 0;
  std::uint64_t item = 0;  // Of an add,
  std::int64_t pieces = 0;
  std::uint64_t pick = 0;  // Of a remove: which line, modulo how many there are.
  HOLDFAST_MESSAGE("shopping-cart/Command", place, cart, wish, item, pieces, pick)
};
// Comes in, to an item.
struct Restock {
  Place place;
  std::uint64_t item = 0;
  std::int64_t pieces = 0;
  HOLDFAST_MESSAGE("shopping-cart/Restock", place, item, pieces)
};

// A reservation, as its cart holds it: what the item granted, and by which unit.
struct Line {
  Place add;
  std::uint64_t item = 0;
  std::int64_t pieces = 0;
  Mark stock;
  HOLDFAST_MESSAGE("shopping-cart/Line", add, item, pieces, stock)
};

// A cart to an item, and the item's answer.
struct Reserve {
  Place add;
  std::uint64_t cart = 0;
  std::uint64_t item = 0;
  std::int64_t pieces = 0;
  Mark asked;
  HOLDFAST_MESSAGE("shopping-cart/Reserve", add, cart, item, pieces, asked)
};
struct Reserved {
  std::uint64_t cart = 0;
  bool granted = false;
  Line line;
  HOLDFAST_MESSAGE("shopping-cart/Reserved", cart, granted, line)
};
// A cart to an item: what was reserved is given back, or sold.
struct Release {
  std::uint64_t cart = 0;
  Line line;
  Mark by;
  HOLDFAST_MESSAGE("shopping-cart/Release", cart, line, by)
};
struct Sale {
  std::uint64_t cart = 0;
  Line line;
  Mark by;
  HOLDFAST_MESSAGE("shopping-cart/Sale", cart, line, by)
};
// A cart to itself: nothing has changed in it for so long.
struct TimeOut {
  std::uint64_t cart = 0;
  std::uint64_t number = 0;
  std::int64_t due = 0;
  Mark set;
  HOLDFAST_MESSAGE("shopping-cart/TimeOut", cart, number, due, set)
};

// What a cart holds.
struct Basket {
  std::uint64_t commands = 0;  // That it has taken.
  std::uint64_t asked = 0;     // Reservations asked for,
  std::uint64_t waiting = 0;   // and those not answered yet.
  std::uint64_t orders = 0;
  std::int64_t bought = 0;     // Pieces, by all orders.
  std::uint64_t time_out = 0;  // Number of the latest.
  std::int64_t due = 0;        // When that comes; 0 if the cart is empty, which needs none.
  std::string lines;           // See ReadLines.
  friend bool operator==(const Basket&, const Basket&) = default;
  HOLDFAST_MESSAGE("shopping-cart/Basket", commands, asked, waiting, orders, bought, time_out, due, lines)
};
// What an item holds, in pieces: those it began with and those it was restocked with are free, reserved or sold.
struct Stock {
  std::int64_t free = 0;
  std::int64_t reserved = 0;
  std::int64_t sold = 0;
  std::int64_t restocked = 0;
  std::uint64_t asked = 0;  // How often it was asked for a reservation.
  friend bool operator==(const Stock&, const Stock&) = default;
  HOLDFAST_MESSAGE("shopping-cart/Stock", free, reserved, sold, restocked, asked)
};

// Lines of a cart or an order: each encoded, its length before it.
inline void AppendLine(std::string& lines, const Line& line) {
  std::string bytes;
  Codec<Line>::Encode(line, bytes);
  AppendBytes(lines, bytes);
}
// Cut off where they do not parse.
inline std::vector<Line> ReadLines(std::string_view lines) {
  std::vector<Line> read;
  for (ByteReader reader(lines); !reader.AtEnd();) {
    Line line;
    if (!Codec<Line>::Decode(reader.Bytes(), line) || !reader.ok()) break;
    read.push_back(line);
  }
  return read;
}

// What leaves. One for each unit of a cart.
enum class CartDeed : std::uint32_t {
  kAsked = 1,  // An add: the item is asked.
  kFull,       // An add: there is no room.
  kAdded,      // An item has granted,
  kRefused,    // or refused.
  kRemoved,
  kNothing,  // A remove that found the cart empty.
  kOrdered,
  kEmpty,      // A check-out that found the cart empty.
  kAbandoned,  // A time-out came,
  kStale,      // or one that was called off.
};
struct CartUnit {
  std::uint64_t cart = 0;
  std::uint32_t deed = 0;
  Place place{};             // Of the command that came or was answered.
  std::uint64_t number = 0;  // Of the time-out that came, and when it was due.
  std::int64_t due = 0;
  Line line{};  // That was added, refused or removed.
  std::int64_t at = 0;
  Basket basket{};  // After it.
  Mark mark{};
  HOLDFAST_MESSAGE("shopping-cart/CartUnit", cart, deed, place, number, due, line, at, basket, mark)
};
// One for each order.
struct Order {
  Place place;
  std::uint64_t cart = 0;
  std::uint64_t number = 0;  // Of the cart's orders, from 1 on.
  std::string lines;
  Mark mark;  // That of the unit.
  HOLDFAST_MESSAGE("shopping-cart/Order", place, cart, number, lines, mark)
};
// One for each unit of an item.
enum class StockDeed : std::uint32_t { kReserved = 1, kRefused, kReleased, kSold, kRestocked };
struct StockUnit {
  std::uint64_t item = 0;
  std::uint32_t deed = 0;
  Place place;  // Of the reservation's add, or of the restock.
  std::uint64_t cart = 0;
  std::int64_t pieces = 0;
  Mark by;      // The unit of the cart that caused it.
  Stock stock;  // After it.
  Mark mark;
  HOLDFAST_MESSAGE("shopping-cart/StockUnit", item, deed, place, cart, pieces, by, stock, mark)
};

inline constexpr std::string_view kCommands = "shopping-cart/commands";
inline constexpr std::string_view kRestocks = "shopping-cart/restocks";
// Keyed by the instance that emits.
inline constexpr Egress<CartUnit> kCarts{"shopping-cart/carts"};
inline constexpr Egress<Order> kOrders{"shopping-cart/orders"};
inline constexpr Egress<StockUnit> kStock{"shopping-cart/stock"};

// The function types.
inline constexpr std::string_view kCart = "shopping-cart/cart";
inline constexpr std::string_view kItem = "shopping-cart/item";

}  // namespace holdfast::shopping_cart
