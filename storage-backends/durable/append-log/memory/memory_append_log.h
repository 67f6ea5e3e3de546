// Append logs in memory: durable as long as the store lives. A worker that is rebuilt opens its log again at the same
// store and finds what was flushed. For tests, and as the floor that durable logs are measured against.
#pragma once

#include <memory>

#include "core/ports/append_log.h"
#include "core/ports/background.h"
#include "storage-backends/durable/registries.h"

namespace holdfast {

// An empty store. `background` outlives it and carries flushes, so that records become durable later, as on a disk.
// The store is thread-safe; logs may outlive it.
std::unique_ptr<AppendLogStore> MakeMemoryAppendLogStore(Background& background);

void RegisterMemoryAppendLog(AppendLogRegistry& logs);

}  // namespace holdfast
