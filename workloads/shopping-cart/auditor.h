// Conservation of commands, reservations and pieces. On every line,
//
//   commands a cart has taken = those below the positions that reached it
//   answers a cart waits for = its questions and the answers to them on their way
//   of each item: initial + restocked = free + reserved + sold
//                 restocked = what the restocks below the positions that reached it brought
//                 reserved = what is in carts + granted answers, releases and sales on their way
//   of all items together: sold = what carts have bought - sales on their way
//                          times asked = times carts have asked - questions on their way
//   time-outs on their way = the latest one if the cart holds anything; else at most those that were called off too
//                            late
//
// where what reached an instance is what the ingress says less what is on its way. Each reservation is in one place,
// and nothing is in a cart or on its way from a unit that its sender does not remember.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "workloads/oracles/line_auditor.h"
#include "workloads/oracles/walked_input.h"
#include "workloads/shopping-cart/application.h"

namespace holdfast::shopping_cart {

class ShopAuditor final : public LineAuditor {
 public:
  ShopAuditor(std::shared_ptr<const Application> application, ShopInput input);

  void Position(PartitionId partition, std::uint64_t offset) override { walked_.MoveTo(partition, offset); }
  void Row(std::string_view function, std::string_view id, std::string_view record) override;
  void Message(const InTransit& message) override;
  void Judge(std::string_view line, Findings& findings) override;

 private:
  struct CartFound {
    Basket basket;
    std::uint64_t version = 0;
    std::uint64_t newest = 0;     // The latest version from which something is on its way.
    std::uint64_t coming = 0;     // Commands on their way,
    std::uint64_t asking = 0;     // and questions and answers.
    std::uint64_t current = 0;    // Time-outs on their way: the latest,
    std::uint64_t scheduled = 0;  // and all whose time has not come.
    std::uint64_t last_time_out = 0;
  };
  struct ItemFound {
    Stock stock;
    std::uint64_t version = 0;
    std::uint64_t newest = 0;   // The latest version of it that anything names.
    std::int64_t coming = 0;    // Pieces on their way, by restocks.
    std::int64_t reserved = 0;  // In carts and on their way.
  };

  void Walk(PartitionId partition, std::uint64_t offset, int sign);
  bool TakeFromOutside(const InTransit& message);
  bool TakeQuestion(const InTransit& message);
  bool TakeEnd(const InTransit& message);
  bool TakeTimeOut(const InTransit& message);
  // The message is at `id` from this unit of the cart.
  void ComesFrom(std::uint64_t cart, const Mark& by, std::string_view id, const std::string& meant);
  // The reservation is here; `granted` pieces of the item are its.
  void Enter(const Place& add, std::uint64_t item, std::int64_t granted, const Mark& stock);
  CartFound* CartAt(std::uint64_t cart);
  ItemFound* ItemAt(std::uint64_t item);
  void JudgeCart(std::uint64_t number);
  void JudgeItem(std::uint64_t number);
  void JudgeAll();
  void Forget();
  template <class MakeSentence>
  void Blame(const MakeSentence& make_sentence) {
    trouble_.push_back(make_sentence());
  }

  const std::shared_ptr<const Application> application_;
  const ShopInput input_;
  std::vector<std::uint64_t> commands_due_;  // By cart: below the positions.
  std::vector<std::int64_t> restocks_due_;   // By item, in pieces.
  WalkedInput walked_;
  std::vector<CartFound> carts_;
  std::vector<ItemFound> items_;
  std::set<Place> reservations_;  // That are somewhere.
  std::int64_t selling_ = 0;      // Pieces on their way by sales,
  std::uint64_t asking_ = 0;      // and questions.
  std::vector<std::string> trouble_;
};

}  // namespace holdfast::shopping_cart
