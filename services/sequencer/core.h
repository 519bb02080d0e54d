#pragma once

#include "rules/state.h"
#include "services/journal/head_file.h"
#include "services/journal/store.h"
#include "services/journal/vault.h"
#include "services/sequencer/account_keys.h"
#include "services/sequencer/images.h"
#include "services/sequencer/progress.h"
#include "services/sequencer/request_keys.h"
#include "services/sequencer/tables.h"

namespace carecard::sequencer {

/// All that the sequencer keeps in memory. Built by `recover`, and from then on changed by the
/// sequencer's turns only.
struct Core {
    /// @param fingerprint_key  see `Fingerprints`; the same at every start.
    explicit Core(const Secret& fingerprint_key) : fingerprints(fingerprint_key) {}

    rules::State state;
    Fingerprints fingerprints;
    RequestKeys request_keys;
    AccountKeys keys;
    Unimaged unimaged;
    journal::Head head;  ///< Where the journal ends; the next record links to it.
};

/// Rebuilds `core` from an empty one: loads the live account keys, puts back the images, verifies
/// checksum and chain of every record after them and folds its events, and compares the journal's
/// end with the head file. Projections that are not of this journal, or damaged, are emptied, and
/// everything is folded.
///
/// @param head_file  what the head file says, or nothing when there is none yet.
/// @param tables     the projections.
/// @return how far the projections have come; `corrupt` naming the sequence when a record is
///         damaged, the journal ends before the head file, or an event cannot be read; `corrupt`
///         on field `vault` when an account's key is neither there nor erased; the faults of vault
///         and tables.
/// Cost:   reads the images, a day's request keys, and the journal after the images.
[[nodiscard]] Result<Progress> recover(const journal::Store& store, const journal::Vault& vault,
                                       const std::optional<journal::Head>& head_file,
                                       Tables& tables, Core& core);

/// The caller and key under which an event was recorded; empty for the machine's own.
[[nodiscard]] const rules::Request* request_of(const rules::Event& event);
[[nodiscard]] const rules::Request* request_of(const rules::Command& command);

}  // namespace carecard::sequencer
