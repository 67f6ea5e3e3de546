// What a pluggable part says about itself, and says only once: `holdfast list`, --help, the reference page, the checks
// of a suite and the run record all read it from here.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/options.h"

namespace holdfast {

// In the order in which lists and pages show them.
enum class PartKind {
  kWorkload,
  kEngine,
  kHost,
  kProtocol,
  kStateBackend,
  kObjectStore,
  kAppendLog,
  kChannel,
  kLoad,
  kFault,
};

// "workload", "state-backend", ...
std::string_view PartKindName(PartKind kind);
// Every kind, in order.
std::span<const PartKind> PartKinds();

struct Descriptor {
  PartKind kind = PartKind::kWorkload;
  std::string name{};      // Kebab-case, unique within its kind.
  std::string sentence{};  // What it is, in one sentence.
  OptionSet options{};
  std::vector<std::string> capabilities{};  // What only some parts of this kind can do.
  std::string guarantee{};                  // What it promises, when that is a property of the part alone.

  // "protocol unaligned", as errors name it.
  std::string Title() const;
};

// Every part a program knows, for those who read descriptors only. Filled from the registries by `apps/`.
class Catalog {
 public:
  Catalog() = default;

  // Requires: no other part has this kind and name.
  void Add(Descriptor descriptor);
  void Add(std::span<const Descriptor> descriptors);

  // The part, or an error at `place` that lists the known ones. Valid until the next Add.
  Result<const Descriptor*> Find(PartKind kind, std::string_view name, const ConfigPlace& place = {}) const;
  std::vector<std::string> Names(PartKind kind) const;
  // By kind, then in the order added.
  std::span<const Descriptor> descriptors() const { return descriptors_; }

 private:
  std::vector<Descriptor> descriptors_;
};

// The error of both Catalog and Registry: unknown state-backend 'rockdb'; known: heap, rocksdb (did you mean rocksdb?).
Error UnknownPart(PartKind kind, std::string_view name, std::span<const std::string> known, const ConfigPlace& place);

// These parts in a reference page: one section per kind, one table of options per part.
std::string PartReferenceMarkdown(std::span<const Descriptor> descriptors);
// One line per part under its kind, aligned for a terminal.
std::string PartListText(std::span<const Descriptor> descriptors);
// Everything about one part, for a terminal.
std::string PartHelpText(const Descriptor& descriptor);

}  // namespace holdfast
