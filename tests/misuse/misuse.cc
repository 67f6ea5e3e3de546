// Mistakes that must not compile, and what the compiler must say of each: a sentence of ours, or the author's own line.
// misuse.py compiles this file as it is, which must work, and then once with each of the macros below, which must not.
#include "core/model/application_builder.h"

namespace holdfast {

struct Visit {
  std::string_view user;
  HOLDFAST_MESSAGE("misuse/Visit", user)
};
struct Bill {
  std::int64_t cents = 0;
  HOLDFAST_MESSAGE("misuse/Bill", cents)
};
struct Plain {
  int x = 0;
};
#ifdef FIELD_OF_NO_KNOWN_TYPE  // says: a message field must be bool, an integer, double,
struct List {
  std::vector<std::int64_t> items;
  HOLDFAST_MESSAGE("misuse/List", items)
};
void Encode(const List& list, std::string& out) { Codec<List>::Encode(list, out); }
#endif

inline constexpr Egress<Bill> kBills{"misuse/bills"};

struct Charge {
  static constexpr std::string_view kName = "misuse/charge";
  using Request = Bill;
  using Response = std::string;
};

class Cashier : public Function<Cashier> {
 public:
  static constexpr std::string_view kName = "misuse/cashier";
  using Handles = Messages<Bill>;
  void On(Context& ctx, const Bill& bill) { ctx.Emit(kBills, ctx.self().id, bill); }
};

class Greeter : public Function<Greeter> {
 public:
  static constexpr std::string_view kName = "misuse/greeter";
#ifdef HANDLES_WHAT_IS_NO_MESSAGE  // says: constraint
  using Handles = Messages<Visit, Plain>;
#else
  using Handles = Messages<Visit>;
#endif
#ifdef STATE_OF_NO_KNOWN_TYPE  // says: a state value holds a HOLDFAST_MESSAGE struct, bool, int32, int64, float, double
  Value<Plain> plain{*this, "plain"};
#endif
  Value<std::int64_t> visits{*this, "visits"};

  void On(Context& ctx, const Visit& visit) {
    ctx.Set(visits, ctx.Get(visits).value_or(0) + 1);
    ctx.Send(To<Cashier>(visit.user), Bill{100});
#ifdef WRONG_STATE_TYPE  // says: ctx.Set(visits, "three");
    ctx.Set(visits, "three");
#endif
#ifdef STATE_WITHOUT_ASKING_WHETHER_IT_IS_THERE  // says: const std::int64_t count = ctx.Get(visits);
    const std::int64_t count = ctx.Get(visits);
#endif
#ifdef MESSAGE_THE_TARGET_DOES_NOT_HANDLE  // says: the target function does not handle this message: add it to its
    ctx.Send(To<Cashier>("x"), visit);
#endif
#ifdef EGRESS_OF_ANOTHER_TYPE  // says: ctx.Emit(kBills, "x", visit);
    ctx.Emit(kBills, "x", visit);
#endif
#ifdef REQUEST_OF_ANOTHER_TYPE  // says: ctx.StartAsync<Charge>(visit);
    ctx.StartAsync<Charge>(visit);
#endif
#ifdef DELAY_WITHOUT_UNIT  // says: ctx.SendAfter(5, ctx.self(), visit);
    ctx.SendAfter(5, ctx.self(), visit);
#endif
#ifdef CONTEXT_KEPT_BEYOND_THE_CALL  // says: use of deleted function
    const Context kept = ctx;
#endif
  }
};

#ifdef HANDLER_MISSING  // says: the function lists a message in Handles but has no On(Context&, const M&) for it
class Deaf : public Function<Deaf> {
 public:
  static constexpr std::string_view kName = "misuse/deaf";
  using Handles = Messages<Bill>;
};
void AddDeaf(ApplicationBuilder& app) { app.Add<Deaf>(); }
#endif
#ifdef BASE_OF_ANOTHER_FUNCTION  // says: a function derives from Function<itself>
class Copied : public Function<Cashier> {
 public:
  static constexpr std::string_view kName = "misuse/copied";
  using Handles = Messages<Bill>;
  void On(Context&, const Bill&) {}
};
void AddCopied(ApplicationBuilder& app) { app.Add<Copied>(); }
#endif

void Build(ApplicationBuilder& app) {
  app.Add<Cashier>();
  app.Add<Greeter>();
  app.AddEgress(kBills);
#ifdef INGRESS_OF_WHAT_THE_TARGET_DOES_NOT_HANDLE  // says: the target function does not handle the ingress's message
  app.AddIngress<Greeter, Bill>("misuse/bills");
#else
  app.AddIngress<Greeter, Visit>("misuse/visits");
#endif
}

}  // namespace holdfast
