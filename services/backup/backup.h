#pragma once

#include <cstdint>
#include <optional>

#include "common/result.h"
#include "services/backup/chain_end.h"
#include "services/backup/ports.h"
#include "services/journal/vault.h"

/// Copies of a journal that is in use, and data directories made from them.
namespace carecard::backup {

/// From where to where.
struct BackupPlaces {
    journal::NamedPath data;                     ///< The service's data directory.
    journal::NamedPath to;                       ///< The backup; its parent must exist.
    std::optional<journal::NamedPath> vault_to;  ///< The copy of the vault, apart from it.
};

/// What a backup holds, and what this run added.
struct BackedUp {
    ChainEnd end;               ///< Where the backup ends now.
    Sequence before;            ///< Where it ended when the run began; 0 for a new one.
    std::uint64_t records = 0;  ///< Added by this run; so are the events.
    std::uint64_t events = 0;
    std::optional<journal::VaultCopied> vault;
};

/// Brings a backup up to date with a journal, which its service may be writing to.
///
/// Copies every record after those that the backup has, and verifies the checksum and chain of each
/// on the way: what the journal held at one moment, at or after its head file. Many records go with
/// one sync, all or none of them, so a run that was stopped at any moment is continued by the next.
/// At the end what was added is read again from the disk. The vault is copied after the journal, so
/// that it has the key of every account that the backup has.
///
/// A backup is a directory with `journal`, `head` and `copy` in it (services/journal/copy_file.h):
/// carecard-fsck reads it like a data directory.
///
/// @return what was done; `malformed` when the places are not apart; `conflict` on the field of
///         `to`, with nothing changed, when it holds something else, or the backup of another
///         journal; `fenced` when another backup is at work there; `corrupt` when the journal is
///         damaged or ends before its head file, naming the sequence; `not_found` when there is no
///         journal; `unavailable` when something cannot be read or written: run it again.
[[nodiscard]] Result<BackedUp> back_up(const BackupPlaces& places, const Ports& ports);

}  // namespace carecard::backup
