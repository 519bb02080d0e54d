#pragma once

#include <functional>

#include "common/id.h"
#include "services/backup/stores.h"
#include "services/journal/file_system.h"

namespace carecard::backup {

/// Told now and then: the last sequence dealt with, and the last there is.
using OnProgress = std::function<void(Sequence done, Sequence tail)>;

/// What backup and restore work with.
struct Ports {
    journal::FileSystem& files;
    Stores& stores;
    OnProgress on_copied = [](Sequence, Sequence) {};
    OnProgress on_verified = [](Sequence, Sequence) {};
    /// Waits a little before a journal is opened again; see `backup_reopening_pause`.
    std::function<void()> pause = [] {};
};

}  // namespace carecard::backup
