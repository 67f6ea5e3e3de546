// The part of schema.h that tells what was measured where, and what its functions are made of.
#pragma once

#include <concepts>
#include <type_traits>

#include "results/record/run.h"

namespace holdfast::record::schema {

// A row is written on one line.
enum class ObjectStyle { kBlock, kRow };

// T is U or const U.
template <class T, class U>
concept Is = std::same_as<std::remove_const_t<T>, U>;

template <class V, Is<CodeVersion> T>
void Describe(V& v, T& c) {
  v.Object("code", "The program that was measured.", ObjectStyle::kBlock);
  v.Field("version", "", "Release of Holdfast.", c.version);
  v.Field("commit", "", "Commit it was built from.", c.commit);
  v.Field("modified", "", "True when the tree had changes that are not in the commit.", c.modified);
  v.Field("build_type", "", "Build type, for example Release.", c.build_type);
  v.Field("compiler", "", "Compiler and its version.", c.compiler);
}

template <class V, Is<Environment> T>
void Describe(V& v, T& e) {
  v.Object("environment", "The machine, read once at the start of the run. `unknown` or 0 where it does not tell.",
           ObjectStyle::kBlock);
  v.Field("cpu_model", "", "Processor as it names itself.", e.cpu_model);
  v.Field("cpus", "", "Logical processors online.", e.cpus);
  v.Field("threads_per_core", "", "Logical processors that share a core.", e.threads_per_core);
  v.Field("caches", "", "Sizes of the caches.", e.caches);
  v.Field("affinity", "", "Processors this process may use.", e.affinity);
  v.Field("memory_bytes", "bytes", "Memory of the machine.", e.memory_bytes);
  v.Field("swap_bytes", "bytes", "Swap space.", e.swap_bytes);
  v.Field("os", "", "Operating system.", e.os);
  v.Field("kernel", "", "Kernel release.", e.kernel);
  v.Field("hypervisor", "", "Hypervisor, or `none` on bare metal.", e.hypervisor);
  v.Field("cgroup_cpus", "processors", "CPU quota of the control group; null when unlimited.", e.cgroup_cpus);
  v.Field("cgroup_memory_bytes", "bytes", "Memory limit of the control group; null when unlimited.",
          e.cgroup_memory_bytes);
  v.Field("governor", "", "Frequency governor.", e.governor);
  v.Field("transparent_huge_pages", "", "Mode of transparent huge pages.", e.transparent_huge_pages);
  v.Field("aslr", "", "Address space randomisation: off, partial or full.", e.aslr);
  v.Field("clocksource", "", "Clock source of the kernel.", e.clocksource);
  v.Field("filesystem", "", "Filesystem and mount options of the run's folder.", e.filesystem);
  v.Field("disk", "", "Device under the run's folder.", e.disk);
  v.Field("load_average", "processes", "One-minute load average at the start.", e.load_average);
  v.Field("steal_percent", "%", "CPU time taken by the hypervisor since boot.", e.steal_percent);
  v.Field("cpu_pressure_percent", "%", "Share of the last minute in which some task waited for a CPU.",
          e.cpu_pressure_percent);
  v.Field("io_pressure_percent", "%", "The same for disk.", e.io_pressure_percent);
  v.Field("memory_pressure_percent", "%", "The same for memory.", e.memory_pressure_percent);
}

template <class V, Is<HostLoad> T>
void Describe(V& v, T& h) {
  v.Object("host", "What the machine took away while the point ran.", ObjectStyle::kRow);
  v.Field("steal_percent", "%", "CPU time taken by the hypervisor.", h.steal_percent);
  v.Field("cpu_pressure_percent", "%", "Share of the time in which some task waited for a CPU.",
          h.cpu_pressure_percent);
  v.Field("io_pressure_percent", "%", "The same for disk.", h.io_pressure_percent);
  v.Field("memory_pressure_percent", "%", "The same for memory.", h.memory_pressure_percent);
}

}  // namespace holdfast::record::schema
