// An application of one function that does what its messages say, so that a test reads as a story:
//
//   "note a; send bob note b; after 50 cal emit x; emit y"
//
// Commands are separated by ';', those inside a sent message by ','.
#pragma once

#include <string>
#include <string_view>

#include "core/model/application_builder.h"

namespace holdfast::scripted {

struct Script {
  std::string_view text;
  HOLDFAST_MESSAGE("test/Script", text)
};

struct Lookup {
  static constexpr std::string_view kName = "test/lookup";
  using Request = Script;
  using Response = Script;
};

inline constexpr Egress<Script> kOut{"test/out"};

// Takes what stands before `end` off `text`, and `end` too.
inline std::string_view Take(std::string_view& text, char end) {
  const auto place = std::min(text.find(end), text.size());
  const auto taken = text.substr(0, place);
  text.remove_prefix(std::min(place + 1, text.size()));
  while (text.starts_with(' ')) text.remove_prefix(1);
  return taken;
}

class Actor : public Function<Actor> {
 public:
  static constexpr std::string_view kName = "test/actor";
  using Handles = Messages<Script, AsyncOutcome<Lookup>>;
  Value<std::string> notes{*this, "notes"};
  Value<std::string> passing{*this, "passing", Expire::AfterWrite(std::chrono::milliseconds(100))};

  // While set, "fail" commands fail.
  static inline bool broken = true;

  Status On(Context& ctx, const Script& script) {
    for (auto rest = script.text; !rest.empty();) {
      HOLDFAST_TRY(Do(ctx, Take(rest, ';')));
    }
    return {};
  }
  void On(Context& ctx, const AsyncOutcome<Lookup>& outcome) {
    static constexpr std::string_view kNames[] = {"success", "failure", "unknown"};
    Note(ctx, fmt::format("{} of {}", kNames[static_cast<int>(outcome.status)], outcome.request.text));
  }

 private:
  void Note(Context& ctx, std::string_view what) {
    const std::string before(ctx.Get(notes).value_or(""));
    ctx.Set(notes, before.empty() ? std::string(what) : before + " " + std::string(what));
  }
  // A message inside a command.
  static std::string Inner(std::string_view text) {
    std::string inner(text);
    for (auto& c : inner) c = c == ',' ? ';' : c;
    return inner;
  }
  Status Do(Context& ctx, std::string_view command) {
    const auto verb = Take(command, ' ');
    if (verb == "note") {
      Note(ctx, command);
    } else if (verb == "keep") {
      ctx.Set(passing, std::string(command));
    } else if (verb == "emit") {
      ctx.Emit(kOut, ctx.self().id, {command});
    } else if (verb == "send") {
      const auto id = Take(command, ' ');
      ctx.Send(To<Actor>(id), Script{Inner(command)});
    } else if (verb == "after") {
      const std::chrono::milliseconds delay(std::stoi(std::string(Take(command, ' '))));
      const auto id = Take(command, ' ');
      ctx.SendAfter(delay, To<Actor>(id), Script{Inner(command)}, {"token"});
    } else if (verb == "cancel") {
      ctx.Cancel({"token"});
    } else if (verb == "look") {
      ctx.StartAsync<Lookup>({command});
    } else if (verb == "fail" && broken) {
      return MakeError(ErrorCode::kInternal, "{}", command);
    }
    return {};
  }
};

inline std::shared_ptr<const Application> MakeApplication(FailurePolicy policy = {}) {
  ApplicationBuilder app("scripted");
  app.Add<Actor>(policy);
  app.AddIngress<Actor, Script>("test/in");
  app.AddEgress(kOut);
  app.AddAsync<Lookup>([](const Script& request) -> Result<Script> { return request; });
  return std::move(app).Build().value();
}

}  // namespace holdfast::scripted
