// What may befall the store of a system while it is down: its newest snapshot is damaged, or an older one is put in its
// place, as by an operator who restores a copy. Works over any object store that nobody else has open.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/ports/object_store.h"

namespace holdfast {

// Changes a byte in a part of the newest complete snapshot. Returns what was done, in words; kNotFound if there is no
// snapshot.
Result<std::string> DamageNewestSnapshot(ObjectStore& store);
// Removes the newest complete snapshot, so that the one before is the newest. kNotFound if there are not two.
Result<std::string> RemoveNewestSnapshot(ObjectStore& store);

}  // namespace holdfast
