#include "services/sequencer/prefetch.h"

#include <algorithm>
#include <optional>
#include <span>
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

    Result<Done> operator()(const rules::ReleaseStage& release) {
        const rules::Account* account = state_.find(release.account);
        if (account == nullptr) return Done{};
        const auto& purses = account->purses;
        const auto named = std::ranges::find(purses, release.purse, &rules::Purse::name);
        if (named == purses.end()) return Done{};
        const PurseNumber number{static_cast<std::uint8_t>(named - purses.begin() + 1)};
        return once(rules::stage_key(account->id, number, release.stage));
    }

    Result<Done> operator()(const rules::SetEarmark& earmark) {
        const rules::Account* account = state_.find(earmark.account);
        if (account == nullptr) return Done{};
        return once(rules::earmark_key(account->id, earmark.reference));
    }

    Result<Done> operator()(const rules::Present& present) {
        const rules::Card* card = state_.find(present.card_token);
        if (card == nullptr) return Done{};
        const Result<Done> known = once({.kind = rules::NaturalKey::Kind::presentment,
                                         .account = card->account,
                                         .name = present.presentment_id});
        if (!known) return known.fault();
        if (!present.reverses.empty()) return taken_back(card->account, present.reverses);
        const rules::Speaker speaker{
            .account = card->account, .card = card->id, .amount = present.amounts.billing};
        const Result<Done> brought = original(speaker, present.original);
        if (!brought) return brought.fault();
        return refunded_by(rules::find_original(state_, speaker, present.original));
    }

    Result<Done> operator()(const rules::Advise& advise) {
        const rules::Card* card = state_.find(advise.card_token);
        if (card == nullptr) return Done{};
        return original(
            {.account = card->account, .card = card->id, .amount = advise.amounts.billing},
            rules::original_of(advise));
    }

    /// A refund alone speaks of a payment before it; whoever asks for money waits for no archive.
    Result<Done> operator()(const rules::Authorise& request) {
        if (!request.refunds.is_named()) return Done{};
        const rules::Card* card = state_.find(request.card_token);
        if (card == nullptr) return Done{};
        return original(
            {.account = card->account, .card = card->id, .amount = request.amounts.billing},
            request.refunds.reference());
    }

    Result<Done> operator()(const rules::Increment& increment) {
        const rules::Card* card = state_.find(increment.card_token);
        if (card == nullptr) return Done{};
        return original(
            {.account = card->account, .card = card->id, .amount = increment.amounts.billing},
            increment.original);
    }

    Result<Done> operator()(const rules::Reverse& reverse) {
        const rules::Card* card = state_.find(reverse.card_token);
        if (card == nullptr) return Done{};
        return original({.account = card->account, .card = card->id, .amount = reverse.remaining},
                        reverse.original);
    }

    Result<Done> operator()(const rules::ProposeResolution& propose) {
        return bring(propose.authorisation);
    }
    Result<Done> operator()(const rules::DecideResolution& decide) {
        return proposed(decide.account, decide.proposal);
    }
    Result<Done> operator()(const rules::RecoverExposure& recover) {
        return proposed(recover.account, recover.proposal);
    }

    Result<Done> operator()(const rules::OpenDispute& open) { return bring(open.authorisation); }
    Result<Done> operator()(const rules::CloseDispute& close) { return bring(close.authorisation); }

    template <class Other>
    Result<Done> operator()(const Other&) {
        return Done{};
    }

   private:
    Result<Done> once(const rules::NaturalKey& key) {
        if (state_.find(key) != nullptr) return Done{};
        ++counters_.reads;
        const auto applied = archive_.applied(key, now_);
        if (!applied) return applied.fault();
        if (!*applied) return Done{};
        ++counters_.found;
        rules::remember(state_, key, **applied);
        return Done{};
    }

    /// The clearing that the network takes back, whether it did so before, and its authorisation.
    Result<Done> taken_back(AccountId account, const rules::PresentmentId& reverses) {
        using enum rules::NaturalKey::Kind;
        const Result<Done> before =
            once({.kind = presentment_reversal, .account = account, .name = reverses});
        if (!before) return before.fault();
        const rules::NaturalKey cleared{.kind = presentment, .account = account, .name = reverses};
        const Result<Done> known = once(cleared);
        if (!known) return known.fault();
        const rules::Applied* applied = state_.find(cleared);
        if (applied == nullptr || applied->clearing == nullptr) return Done{};
        return bring(applied->clearing->authorisation);
    }

    /// The authorisation that an open proposal is about.
    Result<Done> proposed(const rules::AccountName& name, Sequence proposal) {
        const rules::Account* account = state_.find(name);
        if (account == nullptr) return Done{};
        const auto open = state_.resolutions_of(account->id);
        const auto found = std::ranges::find(open, proposal, &rules::Resolution::proposed);
        return found == open.end() ? Result<Done>(Done{}) : bring(found->authorisation);
    }

    /// The purchase that an announced refund named.
    Result<Done> refunded_by(const rules::Match& match) {
        if (match.authorisation == nullptr || match.authorisation->refunds.none()) return Done{};
        return bring(match.authorisation->refunds);
    }

    /// By one kind of name after the other, in the order in which they decide, until one has.
    Result<Done> original(const rules::Speaker& speaker,
                          const rules::OriginalReference& reference) {
        if (!reference.authorisation_id.none()) {
            const Result<Done> brought = bring(reference.authorisation_id);
            if (!brought) return brought.fault();
            if (is_settled(speaker, reference, 1)) return Done{};
        }
        std::size_t asked = 1;
        for (const std::uint64_t name : rules::names_of(speaker.account, reference).all()) {
            ++asked;
            if (name == 0) continue;
            const Result<Done> brought = bring_all(name);
            if (!brought) return brought.fault();
            if (is_settled(speaker, reference, asked)) return Done{};
        }
        return Done{};
    }

    /// Whether one of the first `asked` names of `matching_order` decides: those after it, which
    /// may be of more than is in memory, are then not asked.
    [[nodiscard]] bool is_settled(const rules::Speaker& speaker,
                                  const rules::OriginalReference& reference,
                                  std::size_t asked) const {
        const rules::Match match = rules::find_original(state_, speaker, reference);
        const auto first = std::span(rules::matching_order).first(asked);
        return match.authorisation != nullptr && std::ranges::find(first, match.by) != first.end();
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
