#pragma once

#include <memory>

#include "common/result.h"
#include "services/journal/file_system.h"
#include "services/sequencer/poison.h"

namespace carecard::sequencer {

/// The poison file of this machine, mapped into memory.
class PosixPoisonFile {
   public:
    /// Opens the file, or makes it, with its space on the disk, and prepares its page.
    /// @return the file; `unavailable` on the path's field when it cannot be had; the faults of
    ///         `prepare`.
    [[nodiscard]] static Result<std::unique_ptr<PosixPoisonFile>> open(
        const journal::NamedPath& file);
    ~PosixPoisonFile();
    PosixPoisonFile(const PosixPoisonFile&) = delete;
    PosixPoisonFile& operator=(const PosixPoisonFile&) = delete;

    /// What is stored into it outlives the process.
    [[nodiscard]] PoisonPage& page() { return *page_; }

    /// Has it outlive a power cut as well. Blocks.
    [[nodiscard]] Result<Done> sync();

   private:
    PosixPoisonFile(journal::NamedPath file, PoisonPage* page);

    const journal::NamedPath file_;
    PoisonPage* page_;
};

/// While it lives, SIGABRT, SIGSEGV, SIGBUS, SIGFPE and SIGILL set the page's `died` mark before
/// they end the process, if they come from what the constructing thread itself was doing. One sent
/// by somebody else, or met by another thread, leaves no mark.
///
/// At most one at a time. The signals end the process as if nobody watched.
class DeathWatch {
   public:
    /// Made on the thread that drives the sequencer.
    explicit DeathWatch(PoisonPage& page);
    ~DeathWatch();
    DeathWatch(const DeathWatch&) = delete;
    DeathWatch& operator=(const DeathWatch&) = delete;

   private:
    struct Before;
    std::unique_ptr<Before> before_;
};

}  // namespace carecard::sequencer
