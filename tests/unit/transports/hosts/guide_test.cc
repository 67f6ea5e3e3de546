// Runs the functions of docs/guides/write-a-function.md, and holds the page to them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/unit/transports/hosts/guide_functions.h"
#include "transports/hosts/embedded_endpoint.h"

namespace guide {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(std::string(HOLDFAST_SOURCE_DIR) + "/" + path);
  EXPECT_TRUE(file) << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(GuideTest, EveryBlockOfCodeIsCompiled) {
  const auto page = ReadFile("docs/guides/write-a-function.md");
  const auto code = ReadFile("tests/unit/transports/hosts/guide_functions.h");
  const std::string fence = "```cpp\n";
  int blocks = 0;
  for (auto at = page.find(fence); at != std::string::npos; at = page.find(fence, at)) {
    at += fence.size();
    const auto block = page.substr(at, page.find("```", at) - at);
    EXPECT_THAT(code, testing::HasSubstr(block));
    ++blocks;
  }
  EXPECT_GE(blocks, 8);
}

// One instance, called directly.
template <class F>
class Instance {
 public:
  Instance(std::shared_ptr<const Application> application, std::string_view id)
      : application_(application), endpoint_(std::move(application)) {
    invocation_.self = {*application_->FunctionOf<F>(), id};
    invocation_.now = AppTime{1};
  }
  template <class M>
  Status Handle(const M& message) {
    std::string payload;
    Codec<M>::Encode(message, payload);
    invocation_.value_type = *application_->ValueTypeOf<M>();
    invocation_.payload = payload;
    invocation_.record = record_;
    HOLDFAST_TRY(endpoint_.Invoke(invocation_, effects_));
    bool changed = false;
    record_ = std::string(merger_.Merge(record_, effects_.bytes(), invocation_.now, changed));
    return {};
  }
  // Kinds and bytes of the latest unit's effects but those on state.
  std::vector<std::pair<Effect::Kind, std::string>> Acts() const {
    std::vector<std::pair<Effect::Kind, std::string>> acts;
    EffectsReader reader(effects_.bytes());
    for (Effect effect; reader.Next(effect);) {
      if (effect.kind <= Effect::Kind::kTouchValue) continue;
      const auto bytes = effect.envelope.empty() ? effect.bytes : effect.envelope;
      acts.emplace_back(effect.kind, std::string(bytes));
    }
    return acts;
  }
  bool empty() const { return record_.empty(); }
  void WaitUntil(AppTime now) { invocation_.now = now; }

 private:
  std::shared_ptr<const Application> application_;
  EmbeddedEndpoint endpoint_;
  Invocation invocation_;
  EffectsBuilder effects_;
  RecordMerger merger_;
  std::string record_;
};

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using Kind = Effect::Kind;

TEST(GuideTest, TheGreeterGreets) {
  Instance<Greeter> greeter(GreeterExample().value(), "ann");
  ASSERT_TRUE(greeter.Handle(Visit{"ann", "ann@home"}).ok());
  EXPECT_THAT(greeter.Acts(), ElementsAre(Pair(Kind::kSend, HasSubstr("Welcome"))));
  ASSERT_TRUE(greeter.Handle(Visit{"ann", "ann@home"}).ok());
  EXPECT_THAT(greeter.Acts(), ElementsAre(Pair(Kind::kSend, HasSubstr("Welcome back"))));
  Instance<EmailSender> sender(GreeterExample().value(), "ann@home");
  ASSERT_TRUE(sender.Handle(Greeting{"Welcome"}).ok());
  EXPECT_THAT(sender.Acts(), ElementsAre(Pair(Kind::kEmit, HasSubstr("Welcome"))));
}

TEST(GuideTest, TheCartRemindsUntilCheckout) {
  Instance<Cart> cart(CartExample().value(), "cart-1");
  ASSERT_TRUE(cart.Handle(Add{250}).ok());
  EXPECT_THAT(cart.Acts(), ElementsAre(Pair(Kind::kSendDelayed, testing::_)));
  ASSERT_TRUE(cart.Handle(Remind{}).ok());
  EXPECT_THAT(cart.Acts(), ElementsAre(Pair(Kind::kEmit, HasSubstr("is waiting"))));
  ASSERT_TRUE(cart.Handle(Checkout{"card"}).ok());
  EXPECT_THAT(cart.Acts(), ElementsAre(Pair(Kind::kStartAsync, HasSubstr("cart-1")), Pair(Kind::kCancel, "")));
}

TEST(GuideTest, TheCartForgetsAfterADay) {
  Instance<Cart> cart(CartExample().value(), "cart-1");
  ASSERT_TRUE(cart.Handle(Add{250}).ok());
  cart.WaitUntil(AppTime{1} + 24h);
  ASSERT_TRUE(cart.Handle(Checkout{"card"}).ok());
  EXPECT_THAT(cart.Acts(), ElementsAre(Pair(Kind::kEmit, HasSubstr("is empty")), Pair(Kind::kCancel, "")));
}

TEST(GuideTest, ACheckoutWithoutACardIsAnError) {
  Instance<Cart> cart(CartExample().value(), "cart-1");
  EXPECT_EQ(cart.Handle(Checkout{}).error().message, "a checkout without a card");
}

TEST(GuideTest, EveryOutcomeOfThePaymentIsAnswered) {
  Instance<Cart> cart(CartExample().value(), "cart-1");
  ASSERT_TRUE(cart.Handle(Add{250}).ok());
  const Payment payment{"cart-1", "card", 250};
  ASSERT_TRUE(cart.Handle(AsyncOutcome<Charge>{AsyncStatus::kUnknown, payment, "", "the worker died"}).ok());
  EXPECT_THAT(cart.Acts(), ElementsAre(Pair(Kind::kStartAsync, HasSubstr("card"))));
  ASSERT_TRUE(cart.Handle(AsyncOutcome<Charge>{AsyncStatus::kFailure, payment, "", "no money"}).ok());
  EXPECT_THAT(cart.Acts(), ElementsAre(Pair(Kind::kEmit, HasSubstr("no money"))));
  EXPECT_FALSE(cart.empty());
  const auto receipt = AskTheBank(payment).value();
  ASSERT_TRUE(cart.Handle(AsyncOutcome<Charge>{AsyncStatus::kSuccess, payment, receipt, ""}).ok());
  EXPECT_THAT(cart.Acts(), ElementsAre(Pair(Kind::kEmit, HasSubstr("250 cents charged to card"))));
  EXPECT_TRUE(cart.empty());
}

}  // namespace
}  // namespace guide
