// A stateful function: what an author writes. One object per worker serves all instances of the type; what differs
// between instances is their state, which the context brings. So a function has no data members but its Values and
// constants.
//
//   class Greeter : public Function<Greeter> {
//    public:
//     static constexpr std::string_view kName = "greeter/greeter";
//     using Handles = Messages<Visit>;
//     Value<std::int64_t> visits{*this, "visits"};
//
//     void On(Context& ctx, const Visit& visit) {
//       const auto count = ctx.Get(visits).value_or(0) + 1;
//       ctx.Set(visits, count);
//       ctx.Send(To<EmailSender>(visit.address), Greeting{...});
//     }
//   };
//
// On may return void or Status. A thrown exception or an error leaves no effect; see FailurePolicy for what follows.
#pragma once

#include <type_traits>

#include "core/model/context.h"

namespace holdfast {

template <Message... Ms>
struct Messages {
  template <class M>
  static constexpr bool Contains = (std::is_same_v<M, Ms> || ...);
};

// What a host calls.
class FunctionBase : public StateOwner {
 public:
  virtual ~FunctionBase() = default;
  // Handles one message, writing effects through `context`. May throw.
  virtual Status Handle(Context& context, ValueTypeId type, std::string_view payload) = 0;
};

template <class Derived>
class Function : public FunctionBase {
 public:
  Status Handle(Context& context, ValueTypeId type, std::string_view payload) final {
    return HandleAny(context, type, payload, typename Derived::Handles{});
  }
  // Called once per worker with the numbers of the message types, in the order of Handles.
  void Bind(std::vector<ValueTypeId> types) { types_ = std::move(types); }

 private:
  template <class... Ms>
  Status HandleAny(Context& context, ValueTypeId type, std::string_view payload, Messages<Ms...>) {
    Status status;
    std::size_t place = 0;
    const bool known = ((types_[place++] == type ? (status = HandleOne<Ms>(context, payload), true) : false) || ...);
    if (!known)
      return MakeError(ErrorCode::kInvalidArgument, "{} does not handle message type number {}", Derived::kName, type);
    return status;
  }

  template <class M>
  Status HandleOne(Context& context, std::string_view payload) {
    static_assert(
        requires(Derived & f, Context & c, const M& m) { f.On(c, m); },
        "the function lists a message in Handles but has no On(Context&, const M&) for it");
    M message{};
    if (!Codec<M>::Decode(payload, message)) {
      return MakeError(ErrorCode::kInvalidArgument, "{}: the payload is not a '{}'", Derived::kName, Codec<M>::Name());
    }
    auto& self = static_cast<Derived&>(*this);
    if constexpr (std::is_void_v<decltype(self.On(context, message))>) {
      self.On(context, message);
      return {};
    } else {
      return self.On(context, message);
    }
  }

  std::vector<ValueTypeId> types_;
};

}  // namespace holdfast
