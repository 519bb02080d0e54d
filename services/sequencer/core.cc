#include "services/sequencer/core.h"

#include <map>
#include <string>

#include "common/limits.h"
#include "rules/apply.h"
#include "services/journal/codec.h"
#include "services/journal/verify.h"

namespace carecard::sequencer {
namespace {

using KeysById = std::map<VaultKeyId, Secret>;

/// Folds what one record holds, in order.
class Fold {
   public:
    Fold(Core& core, KeysById& keys) : core_(core), keys_(keys) {}

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
        const rules::Request* request = request_of(event);
        if (request != nullptr && !request->key.empty()) {
            core_.request_keys.insert(core_.request_keys.fingerprint(request->caller, request->key),
                                      stamp.sequence, stamp.now_ns);
            core_.request_keys.expire(stamp.now_ns);
        }
        if (const auto* opened = std::get_if<rules::AccountOpened>(&event)) {
            const auto key = keys_.find(opened->request.vault_key);
            if (key == keys_.end()) return;  // erased
            core_.keys.set(opened->account, std::move(key->second));
            keys_.erase(key);
        }
    }

    Core& core_;
    KeysById& keys_;
};

/// An account's key may be missing only where it was erased: a vault that lost it would silently
/// give away every personal text of the account.
Result<Done> check_keys(const Core& core, const journal::Vault& vault) {
    for (const rules::Account& account : core.state.accounts) {
        if (core.keys.find(account.id) != nullptr) continue;
        const Result<journal::KeyState> state = vault.state_of(account.vault_key);
        if (!state) return state.fault();
        if (*state == journal::KeyState::erased) continue;
        return Fault{
            .kind = FaultKind::corrupt,
            .field = "vault",
            .detail = "the vault has lost the key of account " + std::to_string(account.id.value),
            .remedy = "stop, keep the files, and restore the vault from a backup"};
    }
    return Done{};
}

}  // namespace

Result<Done> recover(const journal::Store& store, const journal::Vault& vault,
                     const std::optional<journal::Head>& head_file, Core& core) {
    KeysById keys;
    const Result<Done> loaded = vault.load_all(
        [&keys](const VaultKeyId& id, Secret key) { keys.emplace(id, std::move(key)); });
    if (!loaded) return loaded.fault();
    Fold fold(core, keys);
    const Result<journal::Head> head =
        journal::verify_chain(store, journal::Head{}, std::ref(fold));
    if (!head) return head.fault();
    core.head = *head;
    const Result<Done> complete = check_keys(core, vault);
    if (!complete) return complete.fault();
    if (!head_file) return Done{};
    return journal::check_head(store, core.head, *head_file);
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
