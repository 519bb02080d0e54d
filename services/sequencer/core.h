#pragma once

#include "rules/state.h"
#include "services/journal/head_file.h"
#include "services/journal/store.h"
#include "services/journal/vault.h"
#include "services/sequencer/account_keys.h"
#include "services/sequencer/request_keys.h"

namespace carecard::sequencer {

/// All that the sequencer keeps in memory. Built from the journal by `recover`, and from then on
/// changed by the sequencer's turns only.
struct Core {
    rules::State state;
    RequestKeys request_keys;
    AccountKeys keys;
    journal::Head head;  ///< Where the journal ends; the next record links to it.
};

/// Rebuilds `core` from an empty one: verifies every record's checksum and chain, folds every
/// event, loads the live account keys, and compares the journal's end with the head file.
///
/// @param head_file  what the head file says, or nothing when there is none yet.
/// @return `Done`; `corrupt` naming the sequence when a record is damaged, the journal ends before
///         the head file, or an event cannot be read; `corrupt` on field `vault` when an account's
///         key is neither there nor erased; the vault's faults.
/// Cost:   reads the whole journal after the watermark.
[[nodiscard]] Result<Done> recover(const journal::Store& store, const journal::Vault& vault,
                                   const std::optional<journal::Head>& head_file, Core& core);

/// The caller and key under which an event was recorded; empty for the machine's own.
[[nodiscard]] const rules::Request* request_of(const rules::Event& event);
[[nodiscard]] const rules::Request* request_of(const rules::Command& command);

}  // namespace carecard::sequencer
