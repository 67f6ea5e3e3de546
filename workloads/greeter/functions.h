// The greeter of the Stateful Functions talks: an instance per user counts visits and answers; an instance per email
// address sends the answers out.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>

#include "core/model/function.h"
#include "workloads/greeter/messages.h"

namespace holdfast::greeter {

// The witness after one more input; see messages.h.
Witness Link(const std::optional<Witness>& before, std::string_view id, std::initializer_list<std::uint64_t> words);

// "Welcome", "Welcome back", ...; may be written into `buffer`.
std::string_view GreetingText(std::int64_t visits, std::span<char, 64> buffer);

class EmailSender : public Function<EmailSender> {
 public:
  static constexpr std::string_view kName = "greeter/email-sender";
  using Handles = Messages<Greeting>;
  Value<Witness> witness{*this, "witness"};

  void On(Context& ctx, const Greeting& greeting) {
    const auto sender = Link(ctx.Get(witness), ctx.self().id,
                             {greeting.partition, greeting.offset, static_cast<std::uint64_t>(greeting.visits),
                              greeting.greeter.chain, Hash64(greeting.text), Hash64(greeting.note)});
    ctx.Set(witness, sender);
    ctx.Emit(kEmails, ctx.self().id,
             {greeting.partition, greeting.offset, greeting.user, greeting.visits, greeting.text, greeting.greeter,
              ctx.self().id, sender});
  }
};

class Greeter : public Function<Greeter> {
 public:
  static constexpr std::string_view kName = "greeter/greeter";
  using Handles = Messages<Visit>;
  Value<std::int64_t> visits{*this, "visits"};
  Value<Witness> witness{*this, "witness"};

  void On(Context& ctx, const Visit& visit) {
    const auto count = ctx.Get(visits).value_or(0) + 1;
    const auto greeter = Link(ctx.Get(witness), ctx.self().id,
                              {visit.partition, visit.offset, Hash64(visit.address), Hash64(visit.note)});
    ctx.Set(visits, count);
    ctx.Set(witness, greeter);
    char buffer[64];
    ctx.Send(To<EmailSender>(visit.address), Greeting{visit.partition, visit.offset, ctx.self().id, count,
                                                      GreetingText(count, buffer), greeter, visit.note});
  }
};

}  // namespace holdfast::greeter
