#include "services/sequencer/core.h"

#include <map>
#include <string>

#include "rules/apply.h"
#include "rules/restore.h"
#include "services/journal/codec.h"
#include "services/journal/verify.h"
#include "services/sequencer/key_blocks.h"

namespace carecard::sequencer {
namespace {

/// Folds what one record holds, in order.
class Fold {
   public:
    /// @param projected  request keys up to here are known already.
    Fold(Core& core, Sequence projected) : core_(core), projected_(projected) {}

    Result<Done> operator()(const journal::RecordView& record) {
        for (const journal::EventView view : record.events()) {
            const Result<journal::DecodedEvent> decoded = journal::decode_clear(view.clear);
            if (!decoded) return decoded.fault();
            if (decoded->stamp.sequence != view.sequence) return misplaced(view.sequence);
            rules::apply(core_.state, decoded->event, decoded->stamp);
            remember(decoded->event, decoded->stamp);
        }
        return Done{};
    }

   private:
    static Fault misplaced(Sequence sequence) {
        return {.kind = FaultKind::corrupt,
                .field = "record",
                .detail = "the event at sequence " + std::to_string(sequence.value) +
                          " says it belongs elsewhere",
                .remedy = "stop, keep the files, and call an operator"};
    }

    void remember(const rules::Event& event, const rules::Stamp& stamp) {
        if (const AccountId account = rules::account_of(event); account.value != 0) {
            core_.unimaged.add(account);
        }
        const rules::Request* request = request_of(event);
        if (request == nullptr || request->key.empty() || stamp.sequence <= projected_) return;
        core_.request_keys.insert(core_.fingerprints.of(*request), stamp.sequence, stamp.now_ns);
        core_.request_keys.expire(stamp.now_ns);  // a long journal needs no more than a window
    }

    Core& core_;
    const Sequence projected_;
};

/// Puts back what the projections have. Only `core` changes.
Result<Done> load(const Tables& tables, const Progress& progress, Core& core) {
    const Result<Done> keys = load_key_blocks(tables, progress.imaged.last_ns, core.request_keys);
    if (!keys) return keys.fault();
    if (progress.imaged.head.sequence.value == 0) return Done{};
    const Result<Done> images = load_images(tables, core.state);
    if (!images) return images.fault();
    core.head = progress.imaged.head;
    core.state.last = core.head.sequence;
    core.state.last_ns = progress.imaged.last_ns;
    core.state.epoch = core.head.epoch;
    core.unimaged.agreements = core.state.agreements.size();
    core.unimaged.offsets = core.state.offsets_set;
    return Done{};
}

void forget(Core& core) {
    core.state = {};
    core.request_keys = {};
    core.unimaged = {};
    core.head = {};
}

/// What the projections have, or nothing when they cannot be used; then they are empty.
Result<Progress> load_or_clear(const journal::Store& store, Tables& tables, Core& core) {
    const auto progress = read_progress(tables, store);
    if (progress && *progress && load(tables, **progress, core)) return **progress;
    forget(core);
    const Result<Done> cleared = tables.clear();
    if (!cleared) return cleared.fault();
    return Progress{};
}

/// An account's key may be missing only where it was erased: a vault that lost it would silently
/// give away every personal text of the account.
Result<Done> check_missing(const rules::Account& account, const journal::Vault& vault) {
    const Result<journal::KeyState> state = vault.state_of(account.vault_key);
    if (!state) return state.fault();
    if (*state == journal::KeyState::erased) return Done{};
    return Fault{
        .kind = FaultKind::corrupt,
        .field = "vault",
        .detail = "the vault has lost the key of account " + std::to_string(account.id.value),
        .remedy = "stop, keep the files, and restore the vault from a backup"};
}

Result<Done> take_keys(const journal::Vault& vault, Core& core) {
    std::map<VaultKeyId, Secret> keys;
    const Result<Done> loaded = vault.load_all(
        [&keys](const VaultKeyId& id, Secret key) { keys.emplace(id, std::move(key)); });
    if (!loaded) return loaded.fault();
    for (const rules::Account& account : core.state.accounts) {
        if (const auto key = keys.find(account.vault_key); key != keys.end()) {
            core.keys.set(account.id, std::move(key->second));
            continue;
        }
        const Result<Done> erased = check_missing(account, vault);
        if (!erased) return erased.fault();
    }
    return Done{};
}

Fault incomplete() {
    return {.kind = FaultKind::corrupt,
            .field = "projections",
            .detail = "the images and the journal after them do not make a whole",
            .remedy = "remove the directory of projections and start again: it is made anew"};
}

}  // namespace

Result<Progress> recover(const journal::Store& store, const journal::Vault& vault,
                         const std::optional<journal::Head>& head_file, Tables& tables,
                         Core& core) {
    const Result<Progress> progress = load_or_clear(store, tables, core);
    if (!progress) return progress.fault();
    Fold fold(core, progress->projected.sequence);
    const Result<journal::Head> head = journal::verify_chain(store, core.head, std::ref(fold));
    if (!head) return head.fault();
    core.head = *head;
    core.request_keys.expire(core.state.last_ns);
    if (!rules::is_complete(core.state)) return incomplete();
    if (head_file) {
        const Result<Done> held = journal::check_head(store, core.head, *head_file);
        if (!held) return held.fault();
    }
    const Result<Done> keys = take_keys(vault, core);
    if (!keys) return keys.fault();
    return *progress;
}

const rules::Request* request_of(const rules::Command& command) {
    return std::visit(
        [](const auto& one) -> const rules::Request* {
            if constexpr (requires { one.request; }) return &one.request;
            return nullptr;
        },
        command);
}

const rules::Request* request_of(const rules::Event& event) {
    return std::visit(
        [](const auto& one) -> const rules::Request* {
            if constexpr (requires { one.request.request; }) return &one.request.request;
            return nullptr;
        },
        event);
}

}  // namespace carecard::sequencer
