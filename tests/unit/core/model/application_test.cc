#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/application_builder.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

struct Word {
  std::string_view text;
  HOLDFAST_MESSAGE("test/Word", text)
};
struct Lookup {
  static constexpr std::string_view kName = "test/lookup";
  using Request = Word;
  using Response = std::int64_t;
};
inline constexpr Egress<Word> kWords{"test/words"};

class Zebra : public Function<Zebra> {
 public:
  static constexpr std::string_view kName = "test/zebra";
  using Handles = Messages<Word>;
  Value<std::int64_t> stripes{*this, "stripes"};
  void On(Context&, const Word&) {}
};
class Ape : public Function<Ape> {
 public:
  static constexpr std::string_view kName = "test/ape";
  using Handles = Messages<std::int64_t, AsyncOutcome<Lookup>>;
  void On(Context&, const std::int64_t&) {}
  void On(Context&, const AsyncOutcome<Lookup>&) {}
};
class Nameless : public Function<Nameless> {
 public:
  static constexpr std::string_view kName = "nameless";
  using Handles = Messages<Word>;
  void On(Context&, const Word&) {}
};
class Hasty : public Function<Hasty> {
 public:
  static constexpr std::string_view kName = "test/hasty";
  using Handles = Messages<Word>;
  Value<std::int64_t> gone{*this, "gone", Expire::AfterWrite(0ms)};
  void On(Context&, const Word&) {}
};

template <class Fill>
std::string Problems(const Fill& fill) {
  ApplicationBuilder builder("zoo");
  fill(builder);
  const auto application = std::move(builder).Build();
  return application.ok() ? "" : application.error().message;
}

void AddLookup(ApplicationBuilder& builder) {
  builder.AddAsync<Lookup>([](const Word& word) -> Result<std::int64_t> {
    if (word.text.empty()) return MakeError(ErrorCode::kNotFound, "nothing to look up");
    return static_cast<std::int64_t>(word.text.size());
  });
}

std::shared_ptr<const Application> Zoo() {
  ApplicationBuilder builder("zoo", 64);
  builder.Add<Zebra>();
  builder.Add<Ape>();
  builder.AddIngress<Zebra, Word>("test/z-words");
  builder.AddIngress<Zebra, Word>("test/a-words");
  builder.AddEgress(kWords);
  AddLookup(builder);
  return std::move(builder).Build().value();
}

TEST(ApplicationTest, NumbersFollowTheNamesNotTheOrderOfAdding) {
  const auto zoo = Zoo();
  EXPECT_EQ(zoo->FindFunction("test/ape").value(), FunctionId(0));
  EXPECT_EQ(zoo->FunctionOf<Zebra>(), FunctionId(1));
  EXPECT_EQ(zoo->ingresses()[0].name, "test/a-words");
  EXPECT_EQ(zoo->ingresses()[1].target, FunctionId(1));
  EXPECT_EQ(zoo->FindIngress("test/z-words").value(), 1);
  EXPECT_THAT(zoo->value_types(),
              ElementsAre("holdfast/DeadLetter", "io.statefun.types/long", "test/Word", "test/lookup.outcome"));
}

TEST(ApplicationTest, TypesItDoesNotKnowHaveNoNumber) {
  const auto zoo = Zoo();
  EXPECT_EQ(zoo->FunctionOf<Nameless>(), std::nullopt);
  EXPECT_EQ(zoo->ValueTypeOf<double>(), std::nullopt);
  EXPECT_EQ(zoo->AsyncOperationOf<Lookup>(), AsyncOperationId(0));
}

TEST(ApplicationTest, DeadLettersAreEgressZero) {
  EXPECT_EQ(Zoo()->FindEgress(kDeadLetterEgress).value(), EgressId(0));
  EXPECT_EQ(Zoo()->FindEgress("test/words").value(), EgressId(1));
}

TEST(ApplicationTest, AnUnknownNameIsToldWithTheKnownOnes) {
  EXPECT_EQ(Zoo()->FindFunction("test/apf").error().message,
            "unknown function type 'test/apf'; known: test/ape, test/zebra");
}

TEST(ApplicationTest, OnlyListedMessagesAreHandled) {
  const auto zoo = Zoo();
  EXPECT_TRUE(zoo->Handles(*zoo->FunctionOf<Zebra>(), *zoo->ValueTypeOf<Word>()));
  EXPECT_FALSE(zoo->Handles(*zoo->FunctionOf<Ape>(), *zoo->ValueTypeOf<Word>()));
  EXPECT_FALSE(zoo->Handles(FunctionId(9), *zoo->ValueTypeOf<Word>()));
}

TEST(ApplicationTest, TheNameTableTellsApplicationsApart) {
  EXPECT_EQ(Zoo()->NameTable(),
            "application zoo\nmax-parallelism 64\nfunction test/ape\nfunction test/zebra\n"
            "  state stripes io.statefun.types/long\n"
            "type holdfast/DeadLetter\ntype io.statefun.types/long\ntype test/Word\ntype test/lookup.outcome\n"
            "egress holdfast/dead-letter\negress test/words\noperation test/lookup\n");
}

TEST(ApplicationTest, AnOperationRunsOnBytes) {
  const auto zoo = Zoo();
  std::string request;
  Codec<Word>::Encode({"seven"}, request);
  std::int64_t response = 0;
  ASSERT_TRUE(Codec<std::int64_t>::Decode(zoo->async_operations()[0].run(request).value(), response));
  EXPECT_EQ(response, 5);
  EXPECT_EQ(zoo->async_operations()[0].run("").error().message, "nothing to look up");
  EXPECT_THAT(zoo->async_operations()[0].run("\xff").error().message, HasSubstr("the request of 'test/lookup'"));
}

TEST(ApplicationTest, ADefaultFunctionRetriesThenGivesTheMessageUp) {
  const auto policy = Zoo()->functions()[0].policy;
  EXPECT_EQ(policy.max_attempts, 3u);
  EXPECT_EQ(policy.then, FailurePolicy::Then::kDeadLetter);
}

TEST(ApplicationTest, AnEmptyApplicationIsRefused) {
  EXPECT_EQ(Problems([](auto&) {}), "application 'zoo': no function was added");
}

TEST(ApplicationTest, EveryProblemIsTold) {
  const auto problems = Problems([](auto& builder) {
    builder.template Add<Zebra>();
    builder.template Add<Zebra>({.max_attempts = 0});
    builder.template Add<Nameless>();
    builder.template Add<Hasty>();
    builder.AddEgress(kWords);
    builder.AddEgress(kWords);
    builder.AddEgress(Egress<Word>{"words"});
    builder.AddEgress(Egress<Word>{kDeadLetterEgress});
    builder.template AddIngress<Ape, std::int64_t>("test/numbers");
    builder.template AddIngress<Zebra, Word>("test/words");
    builder.template AddIngress<Zebra, Word>("test/words");
    AddLookup(builder);
    AddLookup(builder);
  });
  for (const auto* sentence :
       {"function 'test/zebra' added twice", "function 'test/zebra': max_attempts must be at least 1",
        "function name 'nameless' must be namespace/name",
        "state 'gone' of function 'test/hasty' expires after 0 ms; use at least 1 ms",
        "egress 'test/words' added twice", "egress name 'words' must be namespace/name",
        "egress 'holdfast/dead-letter' is part of every application",
        "ingress 'test/numbers': unknown function type 'test/ape'", "ingress 'test/words' added twice",
        "operation 'test/lookup' added twice"}) {
    EXPECT_THAT(problems, HasSubstr(sentence));
  }
}

TEST(ApplicationTest, AnImpossibleParallelismIsRefused) {
  ApplicationBuilder builder("zoo", 0);
  builder.Add<Zebra>();
  EXPECT_THAT(std::move(builder).Build().error().message, HasSubstr("max-parallelism must be 1 to 32768"));
}

TEST(StateOwnerDeathTest, TwoValuesOfOneNameAreABrokenInvariant) {
  struct Owner : StateOwner {
    Value<std::int64_t> a{*this, "same"};
    Value<std::int64_t> b{*this, "same"};
  };
  EXPECT_DEATH(Owner(), "state 'same' declared twice");
}

}  // namespace
}  // namespace holdfast
