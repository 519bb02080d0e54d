#include "services/sequencer/prefetch.h"

#include <array>
#include <optional>
#include <variant>

#include "rules/matching.h"
#include "rules/residence.h"

namespace carecard::sequencer {
namespace {

class Fetch {
   public:
    Fetch(const Archive& archive, TimestampNs now, rules::State& state, PrefetchCounters& counters)
        : archive_(archive), now_(now), state_(state), counters_(counters) {}

    Result<Done> operator()(const rules::Load& load) {
        const rules::Account* account = state_.find(load.account);
        if (account == nullptr) return Done{};
        return once({.kind = rules::NaturalKey::Kind::load,
                     .account = account->id,
                     .name = load.reference});
    }

    Result<Done> operator()(const rules::Present& present) {
        const rules::Card* card = state_.find(present.card_token);
        if (card == nullptr) return Done{};
        const Result<Done> known = once({.kind = rules::NaturalKey::Kind::presentment,
                                         .account = card->account,
                                         .name = present.presentment_id});
        if (!known) return known.fault();
        return original(card->account, present.original);
    }

    /// A refund alone speaks of a payment before it; whoever asks for money waits for no archive.
    Result<Done> operator()(const rules::Authorise& request) {
        if (!request.refunds.is_named()) return Done{};
        const rules::Card* card = state_.find(request.card_token);
        if (card == nullptr) return Done{};
        return original(card->account, request.refunds.reference());
    }

    Result<Done> operator()(const rules::Increment& increment) {
        const rules::Card* card = state_.find(increment.card_token);
        if (card == nullptr) return Done{};
        return original(card->account, increment.original);
    }

    Result<Done> operator()(const rules::Reverse& reverse) {
        const rules::Card* card = state_.find(reverse.card_token);
        if (card == nullptr) return Done{};
        return original(card->account, reverse.original);
    }

    template <class Other>
    Result<Done> operator()(const Other&) {
        return Done{};
    }

   private:
    Result<Done> once(const rules::NaturalKey& key) {
        if (state_.applied_once.contains(key)) return Done{};
        ++counters_.reads;
        const auto applied = archive_.applied(key, now_);
        if (!applied) return applied.fault();
        if (!*applied) return Done{};
        ++counters_.found;
        rules::remember(state_, key, **applied);
        return Done{};
    }

    /// By one kind of name after the other, in the order in which they decide, until one has.
    Result<Done> original(AccountId account, const rules::OriginalReference& reference) {
        if (!reference.authorisation_id.none()) {
            const Result<Done> brought = bring(reference.authorisation_id);
            if (!brought) return brought.fault();
            if (is_settled(account, reference, rules::MatchedBy::authorisation_id)) return Done{};
        }
        const rules::AuthorisationNames names =
            rules::names_of(account, reference.caller, reference.request_key, reference.identity,
                            reference.authorisation_code);
        using enum rules::MatchedBy;
        const std::array<std::pair<std::uint64_t, rules::MatchedBy>, 4> in_order{
            {{names.request_key, request_key},
             {names.network_transaction_id, network_transaction_id},
             {names.trace, trace},
             {names.code, authorisation_code}}};
        for (const auto& [name, by] : in_order) {
            if (name == 0) continue;
            const Result<Done> brought = bring_all(name);
            if (!brought) return brought.fault();
            if (is_settled(account, reference, by)) return Done{};
        }
        return Done{};
    }

    [[nodiscard]] bool is_settled(AccountId account, const rules::OriginalReference& reference,
                                  rules::MatchedBy by) const {
        const rules::Match match = rules::find_original(state_, account, reference);
        return match.authorisation != nullptr && match.by <= by;
    }

    Result<Done> bring_all(std::uint64_t name) {
        ++counters_.reads;
        const auto ids = archive_.named(name);
        if (!ids) return ids.fault();
        for (const AuthorisationId& id : *ids) {
            const Result<Done> brought = bring(id);
            if (!brought) return brought.fault();
        }
        return Done{};
    }

    Result<Done> bring(const AuthorisationId& id) {
        if (state_.find(id) != nullptr) return Done{};
        ++counters_.reads;
        const Result<std::optional<Archived>> archived = archive_.find(id, now_);
        if (!archived) return archived.fault();
        if (!*archived) return Done{};
        ++counters_.found;
        rules::remember(state_, (*archived)->authorisation, (*archived)->changed);
        return Done{};
    }

    const Archive& archive_;
    const TimestampNs now_;
    rules::State& state_;
    PrefetchCounters& counters_;
};

}  // namespace

Result<Done> prefetch(const Archive& archive, const rules::Command& command, TimestampNs now,
                      rules::State& state, PrefetchCounters& counters) {
    return std::visit(Fetch(archive, now, state, counters), command);
}

}  // namespace carecard::sequencer
