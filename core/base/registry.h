// The parts of one kind, by name: descriptor and factory side by side. Filled by explicit calls from `apps/` (a static
// registrar would be dropped with its archive member) before anything looks into it; after that it is only read, from
// any thread.
//
//   Registry<StateBackendFactory> backends(PartKind::kStateBackend);
//   RegisterHeap(backends);
//   HOLDFAST_ASSIGN(const auto* heap, backends.Find("heap"));
//   auto backend = heap->factory(values);
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/descriptor.h"

namespace holdfast {

template <class Factory>
class Registry {
 public:
  struct Part {
    Descriptor descriptor;
    Factory factory;
  };

  explicit Registry(PartKind kind) : kind_(kind) {}

  // Requires: the descriptor is of this registry's kind and its name is new.
  void Add(Descriptor descriptor, Factory factory) {
    HOLDFAST_CHECK(descriptor.kind == kind_, "{} in the registry of {}", descriptor.Title(), PartKindName(kind_));
    auto name = descriptor.name;
    const bool added = parts_.try_emplace(std::move(name), Part{std::move(descriptor), std::move(factory)}).second;
    HOLDFAST_CHECK(added, "a {} is registered twice", PartKindName(kind_));
  }

  // The part, valid as long as the registry, or an error at `place` that lists the known ones.
  Result<const Part*> Find(std::string_view name, const ConfigPlace& place = {}) const {
    if (const auto found = parts_.find(name); found != parts_.end()) return &found->second;
    std::vector<std::string> known;
    for (const auto& [known_name, part] : parts_) known.push_back(known_name);
    return UnknownPart(kind_, name, known, place);
  }

  // Ordered by name.
  std::vector<Descriptor> Descriptors() const {
    std::vector<Descriptor> descriptors;
    for (const auto& [name, part] : parts_) descriptors.push_back(part.descriptor);
    return descriptors;
  }
  PartKind kind() const { return kind_; }

 private:
  PartKind kind_;
  std::map<std::string, Part, std::less<>> parts_;
};

}  // namespace holdfast
