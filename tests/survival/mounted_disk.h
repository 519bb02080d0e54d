#pragma once

#include <string>

#include "tests/survival/disk.h"

namespace carecard::survival {

/// While it lives, the system calls that this program's own code makes on paths below `root` reach
/// `disk` instead of the machine: the linker gives the calls of open, read, write and the like to
/// this file (--wrap, see CMakeLists.txt). So the product's own `PosixFileSystem`, with its own
/// order of write, sync and rename, meets the cuts and the troubles. One at a time, one thread.
class MountedDisk {
   public:
    static constexpr const char* root = "/simulated-disk";

    explicit MountedDisk(Disk& disk);
    ~MountedDisk();
    MountedDisk(const MountedDisk&) = delete;
    MountedDisk& operator=(const MountedDisk&) = delete;

    /// The name under which the system calls know the disk's `path`.
    [[nodiscard]] static std::string path(const std::string& path) { return root + path; }
};

}  // namespace carecard::survival
