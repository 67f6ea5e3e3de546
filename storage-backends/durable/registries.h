// How the durable stores are made by name. Every process opens one object store and one log store, on its disk.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/registry.h"
#include "core/ports/append_log.h"
#include "core/ports/background.h"
#include "core/ports/disk.h"
#include "core/ports/object_store.h"

namespace holdfast {

// `writer` names the process among those that share the store.
using ObjectStoreFactory = std::function<Result<std::unique_ptr<ObjectStore>>(Disk& disk, const std::string& writer,
                                                                              const OptionValues& options)>;
using ObjectStoreRegistry = Registry<ObjectStoreFactory>;

using AppendLogStoreFactory =
    std::function<std::unique_ptr<AppendLogStore>(Disk& disk, Background& background, const OptionValues& options)>;
using AppendLogRegistry = Registry<AppendLogStoreFactory>;

}  // namespace holdfast
