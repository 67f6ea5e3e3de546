// The functions of docs/guides/write-a-function.md. guide_test.cc holds the page against this file and runs them.
#pragma once

#include "core/model/application_builder.h"

namespace guide {

using namespace holdfast;
using namespace std::chrono_literals;

struct Visit {
  std::string_view user;
  std::string_view address;
  HOLDFAST_MESSAGE("example/Visit", user, address)
};

struct Greeting {
  std::string_view text;
  HOLDFAST_MESSAGE("example/Greeting", text)
};

inline constexpr Egress<Greeting> kEmails{"example/emails"};

class EmailSender : public Function<EmailSender> {
 public:
  static constexpr std::string_view kName = "example/email-sender";
  using Handles = Messages<Greeting>;

  void On(Context& ctx, const Greeting& greeting) { ctx.Emit(kEmails, ctx.self().id, greeting); }
};

class Greeter : public Function<Greeter> {
 public:
  static constexpr std::string_view kName = "example/greeter";
  using Handles = Messages<Visit>;
  Value<std::int64_t> visits{*this, "visits"};

  void On(Context& ctx, const Visit& visit) {
    const auto count = ctx.Get(visits).value_or(0) + 1;
    ctx.Set(visits, count);
    ctx.Send(To<EmailSender>(visit.address), Greeting{count == 1 ? "Welcome" : "Welcome back"});
  }
};

inline Result<std::shared_ptr<const Application>> GreeterExample() {
  ApplicationBuilder app("example");
  app.Add<Greeter>();
  app.Add<EmailSender>();
  app.AddIngress<Greeter, Visit>("example/visits");
  app.AddEgress(kEmails);
  return std::move(app).Build();
}

struct Add {
  std::int64_t cents = 0;
  HOLDFAST_MESSAGE("example/Add", cents)
};

struct Basket {
  std::int64_t items = 0;
  std::int64_t cents = 0;
  HOLDFAST_MESSAGE("example/Basket", items, cents)
};

struct Remind {
  HOLDFAST_MESSAGE("example/Remind")
};

struct Checkout {
  std::string_view card;
  HOLDFAST_MESSAGE("example/Checkout", card)
};

struct Payment {
  std::string_view cart;
  std::string_view card;
  std::int64_t cents = 0;
  HOLDFAST_MESSAGE("example/Payment", cart, card, cents)
};

struct Charge {
  static constexpr std::string_view kName = "example/charge";
  using Request = Payment;
  using Response = std::string;  // The receipt.
};

inline constexpr Egress<std::string> kNotes{"example/notes"};

class Cart : public Function<Cart> {
 public:
  static constexpr std::string_view kName = "example/cart";
  using Handles = Messages<Add, Remind, Checkout, AsyncOutcome<Charge>>;
  Value<Basket> basket{*this, "basket", Expire::AfterWrite(24h)};

  void On(Context& ctx, const Add& add) {
    const auto before = ctx.Get(basket).value_or(Basket{});
    ctx.Set(basket, {before.items + 1, before.cents + add.cents});
    ctx.SendAfter(30min, ctx.self(), Remind{}, {"reminder"});
  }

  void On(Context& ctx, const Remind&) { ctx.Emit(kNotes, ctx.self().id, "your basket is waiting"); }

  Status On(Context& ctx, const Checkout& checkout) {
    if (checkout.card.empty()) return MakeError(ErrorCode::kInvalidArgument, "a checkout without a card");
    const auto content = ctx.Get(basket);
    if (content) ctx.StartAsync<Charge>({ctx.self().id, checkout.card, content->cents});
    if (!content) ctx.Emit(kNotes, ctx.self().id, "your basket is empty");
    ctx.Cancel({"reminder"});
    return {};
  }

  void On(Context& ctx, const AsyncOutcome<Charge>& outcome) {
    switch (outcome.status) {
      case AsyncStatus::kSuccess:
        ctx.Clear(basket);
        ctx.Emit(kNotes, ctx.self().id, outcome.response);
        break;
      case AsyncStatus::kFailure:
        ctx.Emit(kNotes, ctx.self().id, std::string(outcome.reason));
        break;
      case AsyncStatus::kUnknown:
        ctx.StartAsync<Charge>(outcome.request);
        break;
    }
  }
};

inline Result<std::string> AskTheBank(const Payment& payment) {
  if (payment.card.empty()) return MakeError(ErrorCode::kInvalidArgument, "no card");
  return fmt::format("{} cents charged to {}", payment.cents, payment.card);
}

inline Result<std::shared_ptr<const Application>> CartExample() {
  ApplicationBuilder app("shop");
  app.Add<Cart>({.max_attempts = 5, .backoff = 20ms, .then = FailurePolicy::Then::kDeadLetter});
  app.AddAsync<Charge>(AskTheBank);
  app.AddIngress<Cart, Add>("example/adds");
  app.AddIngress<Cart, Checkout>("example/checkouts");
  app.AddEgress(kNotes);
  return std::move(app).Build();
}

}  // namespace guide
