// The joint check: the state a run ends with must be the one its outputs came from, and carts hold what is reserved.
#include "workloads/oracles/state_reader.h"
#include "workloads/shopping-cart/oracle.h"

namespace holdfast::shopping_cart {
namespace {

// A run at rest waits no more for what is due so long after the latest time seen, in milliseconds.
constexpr std::int64_t kFar = 10'000;

}  // namespace

void ShopOracle::CheckState(const ForEachAddress& for_each) {
  const auto& functions = application_->functions();
  const auto& cart_spec = functions[application_->FindFunction(kCart).value().value];
  const auto& item_spec = functions[application_->FindFunction(kItem).value().value];
  const auto wrong = [this](std::string_view id, std::string_view why) {
    findings_.Add(Damage::kWrongState, [&] { return fmt::format("'{}': {}", id, why); });
  };
  std::vector<std::int64_t> held(items_.size()), reserved(items_.size());
  std::set<std::string, std::less<>> found;
  const auto check_cart = [&](std::string_view id, std::string_view record, const CartStory& story) {
    const auto basket = ReadState<Basket>(cart_spec, record, "basket").value_or(Basket());
    const auto mark = ReadState<Mark>(cart_spec, record, "mark").value_or(Mark());
    if (basket != story.basket || mark != story.mark) wrong(id, "its state is not the one of its last output");
    const bool far = clocks_disagree_ ? input_.options().time_out.count() > kFar : basket.due > latest_ + kFar;
    if (basket.due != 0 && !far) wrong(id, "it was due to be abandoned, and still waits");
    for (const auto& line : ReadLines(basket.lines)) {
      if (line.item < held.size()) held[line.item] += line.pieces;
    }
  };
  for_each([&](std::string_view function, std::string_view id, std::string_view record) {
    if (!found.emplace(id).second) wrong(id, "its state was found twice");
    const bool is_cart = function == kCart;
    const auto number = NumberInId(id, is_cart ? "cart-" : "item-").value_or(~std::uint64_t{0});
    if (number >= (is_cart ? carts_.size() : items_.size())) return wrong(id, "there is no such instance");
    if (is_cart) return check_cart(id, record, carts_[number]);
    const auto stock = ReadState<Stock>(item_spec, record, "stock").value_or(Stock());
    const auto mark = ReadState<Mark>(item_spec, record, "mark").value_or(Mark());
    if (stock != items_[number].stock || mark != items_[number].mark) {
      wrong(id, "its state is not the one of its last output");
    }
    reserved[number] = stock.reserved;
  });
  for (std::uint64_t i = 0; i < items_.size(); ++i) {
    if (items_[i].mark.version > 0 && !found.contains(ItemId(i))) wrong(ItemId(i), "no state after its outputs");
    if (reserved[i] == held[i]) continue;
    wrong(ItemId(i), fmt::format("{} pieces are reserved, and {} are in carts", reserved[i], held[i]));
  }
  for (std::uint64_t c = 0; c < carts_.size(); ++c) {
    if (carts_[c].mark.version > 0 && !found.contains(CartId(c))) wrong(CartId(c), "no state after its outputs");
  }
}

}  // namespace holdfast::shopping_cart
