#include "core/model/application_builder.h"

#include <algorithm>

namespace holdfast {
namespace {

bool IsTypeName(std::string_view name) {
  const auto slash = name.find('/');
  return slash != std::string_view::npos && slash > 0 && slash + 1 < name.size() &&
         name.find('/', slash + 1) == std::string_view::npos;
}

void Place(std::vector<int>& table, std::size_t number, std::size_t id) {
  if (table.size() <= number) table.resize(number + 1, -1);
  table[number] = static_cast<int>(id);
}

ValueTypeId TypeId(const Application& application, const std::string& name) {
  const auto& types = application.value_types();
  return ValueTypeId(static_cast<std::uint16_t>(std::lower_bound(types.begin(), types.end(), name) - types.begin()));
}

}  // namespace

ApplicationBuilder::ApplicationBuilder(std::string name, std::uint16_t max_parallelism)
    : name_(std::move(name)), max_parallelism_(max_parallelism) {
  AddType<DeadLetter>();
  if (max_parallelism == 0 || max_parallelism > 32768) Problem("max-parallelism must be 1 to 32768");
}

void ApplicationBuilder::AddFunction(PendingFunction function) {
  if (!IsTypeName(function.name)) {
    Problem(fmt::format("function name '{}' must be namespace/name", function.name));
  }
  if (function.policy.max_attempts == 0)
    Problem(fmt::format("function '{}': max_attempts must be at least 1", function.name));
  for (const auto& state : function.states) {
    if (state.expire.mode == Expire::Mode::kNever || state.expire.after.count() > 0) continue;
    Problem(fmt::format("state '{}' of function '{}' expires after {} ms; use at least 1 ms", state.name, function.name,
                        state.expire.after.count()));
  }
  const auto name = function.name;
  if (!functions_.emplace(name, std::move(function)).second) Problem(fmt::format("function '{}' added twice", name));
}

void ApplicationBuilder::AddEgressName(std::string name) {
  if (!IsTypeName(name)) Problem(fmt::format("egress name '{}' must be namespace/name", name));
  if (name == kDeadLetterEgress) return Problem(fmt::format("egress '{}' is part of every application", name));
  if (!egresses_.insert(name).second) Problem(fmt::format("egress '{}' added twice", name));
}

void ApplicationBuilder::AddIngressName(PendingIngress ingress) {
  if (!IsTypeName(ingress.name)) Problem(fmt::format("ingress name '{}' must be namespace/name", ingress.name));
  const auto name = ingress.name;
  if (!ingresses_.emplace(name, std::move(ingress)).second) Problem(fmt::format("ingress '{}' added twice", name));
}

void ApplicationBuilder::PlaceTypes(Application& application) const {
  for (const auto& [name, number] : types_) application.value_types_.push_back(name);
  auto& names = application.value_types_;
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const auto& [name, number] : types_) Place(application.value_of_type_, number, TypeId(application, name).value);
}

void ApplicationBuilder::PlaceFunctions(Application& application) const {
  for (const auto& [name, function] : functions_) {
    std::vector<ValueTypeId> handles;
    for (const auto& type : function.handles) handles.push_back(TypeId(application, type));
    Place(application.function_of_type_, function.type_number, application.functions_.size());
    application.functions_.push_back(
        {name, function.states, handles, function.policy, [make = function.make, handles] { return make(handles); }});
  }
}

void ApplicationBuilder::PlaceEdges(Application& application) {
  application.egresses_.push_back({std::string(kDeadLetterEgress)});
  for (const auto& name : egresses_) application.egresses_.push_back({name});
  for (const auto& [name, ingress] : ingresses_) {
    const auto target = application.FindFunction(ingress.target);
    if (!target.ok()) {
      Problem(fmt::format("ingress '{}': {}", name, target.error().message));
      continue;
    }
    application.ingresses_.push_back({name, *target, TypeId(application, ingress.type)});
  }
  for (auto& [name, async] : async_) {
    Place(application.async_of_type_, async.type_number, application.async_operations_.size());
    application.async_operations_.push_back({name, TypeId(application, async.outcome), std::move(async.run)});
  }
}

Result<std::shared_ptr<const Application>> ApplicationBuilder::Build() && {
  if (functions_.empty()) Problem("no function was added");
  auto application = std::make_shared<Application>();
  application->name_ = name_;
  application->max_parallelism_ = max_parallelism_;
  PlaceTypes(*application);
  PlaceFunctions(*application);
  PlaceEdges(*application);
  if (problems_.empty()) return std::shared_ptr<const Application>(std::move(application));
  std::string text;
  for (const auto& problem : problems_) text += (text.empty() ? "" : "; ") + problem;
  return MakeError(ErrorCode::kInvalidArgument, "application '{}': {}", name_, text);
}

}  // namespace holdfast
