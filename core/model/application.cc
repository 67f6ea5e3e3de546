#include "core/model/application.h"

#include <algorithm>

#include "core/model/function.h"

namespace holdfast {
namespace {

template <class Specs>
Result<std::uint16_t> Find(const Specs& specs, std::string_view name, std::string_view what) {
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].name == name) return static_cast<std::uint16_t>(i);
  }
  std::string known;
  for (const auto& spec : specs) known += (known.empty() ? "" : ", ") + spec.name;
  return MakeError(ErrorCode::kNotFound, "unknown {} '{}'; known: {}", what, name, known);
}

}  // namespace

Result<FunctionId> Application::FindFunction(std::string_view name) const {
  HOLDFAST_ASSIGN(const auto number, Find(functions_, name, "function type"));
  return FunctionId(number);
}

Result<EgressId> Application::FindEgress(std::string_view name) const {
  HOLDFAST_ASSIGN(const auto number, Find(egresses_, name, "egress"));
  return EgressId(number);
}

Result<std::uint16_t> Application::FindIngress(std::string_view name) const {
  return Find(ingresses_, name, "ingress");
}

bool Application::Handles(FunctionId function, ValueTypeId type) const {
  if (function.value >= functions_.size()) return false;
  const auto& handles = functions_[function.value].handles;
  return std::find(handles.begin(), handles.end(), type) != handles.end();
}

std::string Application::NameTable() const {
  std::string table = fmt::format("application {}\nmax-parallelism {}\n", name_, max_parallelism_);
  for (const auto& function : functions_) {
    table += fmt::format("function {}\n", function.name);
    for (const auto& state : function.states) table += fmt::format("  state {} {}\n", state.name, state.type_name);
  }
  for (const auto& type : value_types_) table += fmt::format("type {}\n", type);
  for (const auto& egress : egresses_) table += fmt::format("egress {}\n", egress.name);
  for (const auto& operation : async_operations_) table += fmt::format("operation {}\n", operation.name);
  return table;
}

}  // namespace holdfast
