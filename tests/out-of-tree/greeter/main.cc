// Hands the function two visits, as a host would, and looks at what it did.
#include <cstdio>

#include "core/base/version.h"
#include "greeter.h"

namespace {

using namespace holdfast;

// One unit: the greetings go to `out`, the new state of the address comes back.
std::string Visit(const Application& application, const std::string& state, std::string& out) {
  const auto function = application.FunctionOf<example::Greeter>();
  const auto& spec = application.functions()[function->value];
  std::string payload;
  Codec<example::Visit>::Encode({.user = "Ann"}, payload);

  const Invocation invocation{.self = {*function, "Ann"},
                              .value_type = *application.ValueTypeOf<example::Visit>(),
                              .payload = payload,
                              .record = state};
  EffectsBuilder effects;
  Context context(application, invocation, spec.states, effects);
  spec.make()->Handle(context, invocation.value_type, payload).OrDie();
  context.Finish();

  EffectsReader reader(effects.bytes());
  for (Effect effect; reader.Next(effect);) {
    example::Greeting greeting;
    if (effect.kind != Effect::Kind::kEmit || !Codec<example::Greeting>::Decode(effect.bytes, greeting)) continue;
    out += fmt::format("{}\n", greeting.text);
  }
  bool changed = false;
  return std::string(RecordMerger().Merge(state, effects.bytes(), invocation.now, changed));
}

}  // namespace

int main() {
  const auto application = example::MakeApplication();
  if (!application.ok()) {
    std::fprintf(stderr, "%s\n", application.error().message.c_str());
    return 1;
  }
  std::string greetings;
  const auto once = Visit(**application, "", greetings);
  const auto twice = Visit(**application, once, greetings);
  std::printf("Holdfast %s\n%s", std::string(Version()).c_str(), greetings.c_str());
  return greetings == "Welcome Ann\nVisit 2\n" && twice != once ? 0 : 1;
}
