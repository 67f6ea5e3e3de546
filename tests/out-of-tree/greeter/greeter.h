// A stateful function in a project of its own: each user's instance counts the visits and answers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/model/application_builder.h"

namespace example {

struct Visit {
  std::string_view user;
  HOLDFAST_MESSAGE("example/Visit", user)
};

struct Greeting {
  std::string_view text;
  HOLDFAST_MESSAGE("example/Greeting", text)
};

inline constexpr holdfast::Egress<Greeting> kGreetings{"example/greetings"};

class Greeter : public holdfast::Function<Greeter> {
 public:
  static constexpr std::string_view kName = "example/greeter";
  using Handles = holdfast::Messages<Visit>;
  holdfast::Value<std::int64_t> visits{*this, "visits"};

  void On(holdfast::Context& context, const Visit& visit) {
    const auto count = context.Get(visits).value_or(0) + 1;
    context.Set(visits, count);
    const auto text = count == 1 ? fmt::format("Welcome {}", visit.user) : fmt::format("Visit {}", count);
    context.Emit(kGreetings, visit.user, Greeting{text});
  }
};

inline holdfast::Result<std::shared_ptr<const holdfast::Application>> MakeApplication() {
  holdfast::ApplicationBuilder application("example");
  application.Add<Greeter>();
  application.AddIngress<Greeter, Visit>("example/visits");
  application.AddEgress(kGreetings);
  return std::move(application).Build();
}

}  // namespace example
