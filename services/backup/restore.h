#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/result.h"
#include "common/time.h"
#include "rules/event.h"
#include "services/backup/chain_end.h"
#include "services/backup/ports.h"
#include "services/journal/vault.h"

namespace carecard::backup {

/// From where to where.
struct RestorePlaces {
    journal::NamedPath from;                       ///< A backup.
    journal::NamedPath to;                         ///< Absent or empty; its parent must exist.
    std::optional<journal::NamedPath> vault_from;  ///< The copy of the vault.
};

/// Up to where; neither: all that the backup has. Records are kept whole: the last one kept ends at
/// or before `sequence`, and its stamp is at or before `time`.
struct Cut {
    std::optional<Sequence> sequence;
    std::optional<TimestampNs> time;
};

/// For a copy that goes to service: why, and what is known of what is lost.
struct ToService {
    rules::RestoreToService request;                     ///< What the operator says, and when.
    std::vector<journal::NamedPath> known_heads;         ///< Head files of lives that were lost.
    std::optional<journal::NamedPath> settlement;        ///< The settlement service's directory.
    std::map<std::string, std::uint32_t> batches_known;  ///< Highest number, by programme code.
};

/// What was written.
struct RestoredCopy {
    ChainEnd end;         ///< Of what was restored: without the event of the restore itself.
    ChainEnd backup_end;  ///< Of the backup.
    std::uint64_t records = 0;
    std::optional<journal::VaultCopied> vault;

    std::optional<rules::Restored> fork;       ///< Of a copy that goes to service.
    std::vector<std::string> programmes_lost;  ///< With batches, and not there at `end`; by code.
};

/// Makes a new data directory from a backup: the journal up to a cut, verified on the way and read
/// again at the end, its head file, and the vault's copy if it is given.
///
/// Without `to_service` the result is for inspection (services/journal/copy_file.h): a service on
/// it answers questions and refuses commands, and without a vault shows no personal texts.
///
/// With it the journal goes on in a new epoch, one above the highest that is known, with a
/// `Restored` event of its own: every sequence after the cut is given again, batch numbers go on
/// above the highest that is known. What the backup, the head files and the settlement service's
/// directory have seen beyond the cut is what is known to be lost.
///
/// A directory of a restore that was stopped is refused by every service.
///
/// @return what was written; `malformed` for a cut beyond the backup or before its first record,
///         for a reason that is no plain text or has a card number in it, for places that are not
///         apart, a vault that is missing for service; `conflict` when `to` is not empty or `from`
///         is no backup; `not_found`; `corrupt` naming the sequence; `unavailable`: remove `to`
///         and restore again.
[[nodiscard]] Result<RestoredCopy> restore(const RestorePlaces& places, const Cut& cut,
                                           const std::optional<ToService>& to_service,
                                           const Ports& ports);

}  // namespace carecard::backup
