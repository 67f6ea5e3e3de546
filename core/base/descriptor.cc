#include "core/base/descriptor.h"

#include <algorithm>

#include "core/base/suggest.h"

namespace holdfast {

std::string_view PartKindName(PartKind kind) {
  switch (kind) {
    case PartKind::kWorkload:
      return "workload";
    case PartKind::kEngine:
      return "engine";
    case PartKind::kHost:
      return "host";
    case PartKind::kProtocol:
      return "protocol";
    case PartKind::kStateBackend:
      return "state-backend";
    case PartKind::kObjectStore:
      return "object-store";
    case PartKind::kAppendLog:
      return "append-log";
    case PartKind::kChannel:
      return "channel";
    case PartKind::kLoad:
      return "load";
    case PartKind::kFault:
      return "fault";
  }
  return "";
}

std::span<const PartKind> PartKinds() {
  static constexpr PartKind kKinds[] = {
      PartKind::kWorkload,    PartKind::kEngine,    PartKind::kHost,    PartKind::kProtocol, PartKind::kStateBackend,
      PartKind::kObjectStore, PartKind::kAppendLog, PartKind::kChannel, PartKind::kLoad,     PartKind::kFault};
  return kKinds;
}

std::string Descriptor::Title() const { return fmt::format("{} {}", PartKindName(kind), name); }

Error UnknownPart(PartKind kind, std::string_view name, std::span<const std::string> known, const ConfigPlace& place) {
  return ConfigError(ConfigErrorId::kUnknownName, place, "unknown {} {}; {}", PartKindName(kind), Quote(name),
                     KnownWords(name, known));
}

void Catalog::Add(Descriptor descriptor) {
  HOLDFAST_CHECK(!Find(descriptor.kind, descriptor.name).ok(), "{} is added twice", descriptor.Title());
  const auto behind = std::upper_bound(descriptors_.begin(), descriptors_.end(), descriptor.kind,
                                       [](PartKind kind, const Descriptor& other) { return kind < other.kind; });
  descriptors_.insert(behind, std::move(descriptor));
}

void Catalog::Add(std::span<const Descriptor> descriptors) {
  for (const auto& descriptor : descriptors) Add(descriptor);
}

Result<const Descriptor*> Catalog::Find(PartKind kind, std::string_view name, const ConfigPlace& place) const {
  for (const auto& descriptor : descriptors_) {
    if (descriptor.kind == kind && descriptor.name == name) return &descriptor;
  }
  return UnknownPart(kind, name, Names(kind), place);
}

std::vector<std::string> Catalog::Names(PartKind kind) const {
  std::vector<std::string> names;
  for (const auto& descriptor : descriptors_) {
    if (descriptor.kind == kind) names.push_back(descriptor.name);
  }
  return names;
}

}  // namespace holdfast
