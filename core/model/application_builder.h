// Builds an Application; see application.h for an example. Mistakes are collected and told together by Build.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/model/function.h"

namespace holdfast {

// A message that was given up, as it arrives on the dead-letter egress.
struct DeadLetter {
  std::string_view function;
  std::string_view id;
  std::string_view value_type;
  std::string_view payload;
  std::string_view reason;
  std::uint32_t attempts = 0;
  HOLDFAST_MESSAGE("holdfast/DeadLetter", function, id, value_type, payload, reason, attempts)
};

class ApplicationBuilder {
 public:
  explicit ApplicationBuilder(std::string name, std::uint16_t max_parallelism = kDefaultMaxParallelism);

  // Adds function type F, made by its default constructor on every worker.
  template <class F>
  void Add(FailurePolicy policy = {}) {
    Add<F>([] { return std::make_unique<F>(); }, policy);
  }
  // Adds F made by `make`, which is called once per worker.
  template <class F>
  void Add(std::function<std::unique_ptr<F>()> make, FailurePolicy policy = {});

  // Records of ingress `name` become messages M to F; the record's key is the instance id.
  template <class F, class M>
  void AddIngress(std::string name) {
    static_assert(HandledBy<F, M>, "the target function does not handle the ingress's message: add it to its Handles");
    AddIngressName({std::move(name), std::string(F::kName), AddType<M>()});
  }
  template <class M>
  void AddEgress(const Egress<M>& egress) {
    AddType<M>();
    AddEgressName(std::string(egress.name));
  }
  // `run` is called on a host's thread, possibly several at once.
  template <class Operation>
  void AddAsync(std::function<Result<typename Operation::Response>(const typename Operation::Request&)> run);

  // The application, or everything that is wrong with it.
  Result<std::shared_ptr<const Application>> Build() &&;

 private:
  struct PendingFunction {
    std::string name;
    std::size_t type_number;
    FailurePolicy policy;
    std::vector<StateSpec> states;
    std::vector<std::string> handles;
    std::function<std::unique_ptr<FunctionBase>(std::vector<ValueTypeId>)> make;
  };
  struct PendingIngress {
    std::string name;
    std::string target;
    std::string type;
  };
  struct PendingAsync {
    std::string name;
    std::size_t type_number;
    std::string outcome;
    std::function<Result<std::string>(std::string_view)> run;
  };

  template <class M>
  std::string AddType() {
    types_.emplace_back(Codec<M>::Name(), TypeNumber<M>());
    return Codec<M>::Name();
  }
  template <class... Ms>
  std::vector<std::string> AddTypes(Messages<Ms...>) {
    return {AddType<Ms>()...};
  }
  void AddEgressName(std::string name);
  void AddIngressName(PendingIngress ingress);
  void AddFunction(PendingFunction function);
  void Problem(std::string sentence) { problems_.push_back(std::move(sentence)); }
  void PlaceTypes(Application& application) const;
  void PlaceFunctions(Application& application) const;
  void PlaceEdges(Application& application);

  std::string name_;
  std::uint16_t max_parallelism_;
  std::vector<std::pair<std::string, std::size_t>> types_;  // Name, TypeNumber.
  std::map<std::string, PendingFunction> functions_;
  std::map<std::string, PendingIngress> ingresses_;
  std::set<std::string> egresses_;
  std::map<std::string, PendingAsync> async_;
  std::vector<std::string> problems_;
};

template <class F>
void ApplicationBuilder::Add(std::function<std::unique_ptr<F>()> make, FailurePolicy policy) {
  static_assert(std::is_base_of_v<Function<F>, F>, "a function derives from Function<itself>");
  PendingFunction function{std::string(F::kName),           TypeNumber<F>(), policy, make()->states(),
                           AddTypes(typename F::Handles{}), nullptr};
  function.make = [make = std::move(make)](std::vector<ValueTypeId> types) {
    auto made = make();
    made->Bind(std::move(types));
    return made;
  };
  AddFunction(std::move(function));
}

template <class Operation>
void ApplicationBuilder::AddAsync(
    std::function<Result<typename Operation::Response>(const typename Operation::Request&)> run) {
  const std::string name(Operation::kName);
  const bool added =
      async_
          .try_emplace(name, PendingAsync{name, TypeNumber<Operation>(), AddType<AsyncOutcome<Operation>>(),
                                          [run = std::move(run)](std::string_view bytes) -> Result<std::string> {
                                            typename Operation::Request request{};
                                            if (!Codec<typename Operation::Request>::Decode(bytes, request)) {
                                              return MakeError(ErrorCode::kInvalidArgument,
                                                               "the request of '{}' does not decode", Operation::kName);
                                            }
                                            HOLDFAST_ASSIGN(const auto response, run(request));
                                            std::string out;
                                            Codec<typename Operation::Response>::Encode(response, out);
                                            return out;
                                          }})
          .second;
  if (!added) Problem(fmt::format("operation '{}' added twice", name));
}

}  // namespace holdfast
