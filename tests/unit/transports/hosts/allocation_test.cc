#include <gtest/gtest.h>

#include "core/model/application_builder.h"
#include "tests/unit/transports/hosts/count_allocations.h"
#include "transports/hosts/embedded_endpoint.h"

namespace holdfast {
namespace {

struct Note {
  std::string_view text;
  HOLDFAST_MESSAGE("test/Note", text)
};
inline constexpr Egress<Note> kNotes{"test/notes"};

class Busy : public Function<Busy> {
 public:
  static constexpr std::string_view kName = "test/busy";
  using Handles = Messages<Note>;
  Value<std::int64_t> count{*this, "count"};
  Value<Note> last{*this, "last"};

  void On(Context& ctx, const Note& note) {
    ctx.Set(count, ctx.Get(count).value_or(0) + 1);
    ctx.Set(last, note);
    ctx.Send(To<Busy>("an instance with a longer name"), note);
    ctx.SendAfter(std::chrono::milliseconds(1), ctx.self(), note, {"a token that does not fit into a string object"});
    ctx.Emit(kNotes, ctx.self().id, note);
  }
};

TEST(EmbeddedEndpointTest, AllocatesNothingOnceBuffersHaveGrown) {
  ApplicationBuilder builder("test");
  builder.Add<Busy>();
  builder.AddEgress(kNotes);
  const auto application = std::move(builder).Build().value();
  EmbeddedEndpoint endpoint(application);
  std::string payload;
  Codec<Note>::Encode({"a text that does not fit into a string object"}, payload);
  const Invocation invocation{
      {FunctionId(0), "ann"}, {}, *application->ValueTypeOf<Note>(), payload, "", AppTime{1}, 1};
  EffectsBuilder effects;
  ASSERT_TRUE(endpoint.Invoke(invocation, effects).ok());
  const auto before = allocations;
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(endpoint.Invoke(invocation, effects).ok());
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace holdfast
