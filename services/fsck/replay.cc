#include "services/fsck/replay.h"

#include <fmt/format.h>

#include <limits>
#include <variant>

#include "rules/apply.h"
#include "rules/residence.h"
#include "services/fsck/audit.h"

namespace carecard::fsck {
namespace {

Fault untrue(const journal::DecodedEvent& event, const std::string& why) {
    return {.kind = FaultKind::corrupt,
            .field = "event",
            .detail = fmt::format("{} at sequence {}: {}", journal::kind_name(event.event),
                                  event.stamp.sequence.value, why),
            .remedy = restore_remedy()};
}

/// Counts again what one event states. One overload for each event that changes a number.
struct Count {
    const rules::State& state;
    Recount& recount;
    const rules::Authorisation* was;
    const rules::Authorisation* announced;
    const rules::Stamp& stamp;

    void operator()(const rules::AuthorisationDecided& event) const {
        if (event.facts.reversed_before) {
            recount.meet(event.account, *event.facts.reversed_before);
        }
        if (event.decline.declined()) return;
        recount.tap(first_of(event.card), event);
        const rules::Flow flow = rules::flow_of(event.request.kind);
        if (flow == rules::Flow::asks) return;
        recount.post(event.programme, event.account, event.postings);
        recount.change_earmarks(event.account, event.id, event.earmarks);
        if (flow == rules::Flow::takes) {
            recount.spend(first_of(event.card), event);
        }
        recount.change(event.account, nullptr, rules::authorisation_of(event, stamp));
    }
    void operator()(const rules::HoldIncreased& event) const {
        if (event.facts.reversed_before) {
            recount.meet(event.account, *event.facts.reversed_before);
        }
        if (event.decline.declined()) return;
        recount.post(event.programme, event.account, event.postings);
        recount.change_earmarks(event.account, event.after.id, event.earmarks);
        recount.grow(first_of(event.card), event);
        recount.change(event.account, was, event.after);
    }
    void operator()(const rules::Reversed& event) const {
        if (!event.decline.declined()) change(event);
    }
    void operator()(const rules::ReversalKept& event) const { recount.keep(event, stamp.now_ns); }
    void operator()(const rules::HoldExpired& event) const { change(event); }
    void operator()(const rules::Advised& event) const {
        if (event.reversed_before) recount.meet(event.account, *event.reversed_before);
        if (!event.after.id.none()) change(event);
    }
    void operator()(const rules::Presented& event) const {
        if (event.after.id.none()) return;
        change(event);
        if (event.announced) recount.change(event.account, announced, *event.announced);
        if (event.dispute) recount.dispute(event.account, *event.dispute);
        recount.clear(event.programme, event.request.direction, event.request.amounts.billing);
    }
    void operator()(const rules::Loaded& event) const { recount.load(event); }
    void operator()(const rules::StageReleased& event) const { recount.release(event); }
    void operator()(const rules::PurseClosed& event) const { recount.end(event); }
    void operator()(const rules::PurseEnded& event) const { recount.end(event); }
    void operator()(const rules::ResolutionProposed& event) const {
        recount.propose(event, stamp.sequence);
    }
    void operator()(const rules::ResolutionDecided& event) const {
        recount.post(event.programme, event.account, event.postings);
        if (!event.after.id.none()) recount.change(event.account, was, event.after);
        recount.follow_up(event);
    }
    void operator()(const rules::ExposureRecovered& event) const {
        recount.post(event.programme, event.account, event.postings);
        recount.change(event.account, was, event.after);
        recount.follow_up(event);
    }
    void operator()(const rules::EarmarkSet& event) const {
        recount.earmark(event, stamp.sequence);
    }
    void operator()(const rules::EarmarkWithdrawn& event) const { recount.withdraw(event); }
    void operator()(const rules::EarmarkPaid& event) const { recount.pay(event); }
    void operator()(const rules::DisputeOpened& event) const { dispute(event); }
    void operator()(const rules::DisputeClosed& event) const { dispute(event); }
    void operator()(const rules::ProgrammeCreated&) const { recount.open_programme(); }
    void operator()(const rules::AccountOpened& event) const {
        recount.open_account(event.request);
    }
    void operator()(const rules::CardIssued&) const { recount.open_card(); }
    void operator()(const rules::CardReplaced&) const { recount.open_card(); }
    void operator()(const rules::CardRulesSet& event) const {
        recount.set_rules(first_of(event.card), event, stamp.now_ns);
    }
    void operator()(const rules::PurseOpened& event) const {
        recount.open_purse(event.account, event.request.purse);
    }
    void operator()(const rules::BusinessDayEnded& event) const {
        recount.end_day(event.request.programme);
    }
    template <class Other>
    void operator()(const Other&) const {}

    [[nodiscard]] CardId first_of(CardId card) const { return state.at(card).first; }

    template <class Event>
    void dispute(const Event& event) const {
        recount.post(event.programme, event.account, event.postings);
        recount.change(event.account, was, event.after);
        recount.dispute(event.account, event.dispute);
    }

    template <class Change>
    void change(const Change& event) const {
        recount.post(event.programme, event.account, event.postings);
        recount.change_earmarks(event.account, event.after.id, event.earmarks);
        const CardId first = first_of(event.after.card);
        recount.give_back(event.account, first, event.uncounted);
        recount.give_back(first, event.uncounted.tap);
        recount.change(event.account, was, event.after);
    }
};

}  // namespace

std::string restore_remedy() {
    return "Do not start the service on it: keep the directory as it is, and restore from a "
           "backup (see the runbook).";
}

Result<std::optional<rules::Authorisation>> Replay::before(
    const rules::Authorisation* after) const {
    if (after == nullptr) return std::optional<rules::Authorisation>{};
    return known(after->id);
}

Result<std::optional<rules::Authorisation>> Replay::known(const AuthorisationId& id) const {
    if (const rules::Authorisation* open = state_.find(id)) return std::optional(*open);
    return past_.find(id);
}

Result<std::optional<rules::Authorisation>> Replay::before(const rules::Event& event) const {
    const auto* const proposed = std::get_if<rules::ResolutionProposed>(&event);
    return proposed != nullptr ? known(proposed->request.authorisation)
                               : before(authorisation_after(event));
}

Result<Replay::TakenBack> Replay::taken_back_by(const journal::DecodedEvent& event) const {
    TakenBack found;
    const auto* presented = std::get_if<rules::Presented>(&event.event);
    if (presented == nullptr || presented->request.reverses.empty()) return found;
    using enum rules::NaturalKey::Kind;
    rules::NaturalKey key{.kind = presentment_reversal,
                          .account = presented->account,
                          .name = presented->request.reverses};
    const Result<Sequence> by = past_.applied(key, event.stamp.now_ns);
    if (!by) return by.fault();
    found.by = *by;
    key.kind = presentment;
    const Result<Sequence> clearing = past_.applied(key, event.stamp.now_ns);
    if (!clearing) return clearing.fault();
    if (clearing->value == 0) return found;
    const Result<journal::DecodedEvent> read = past_.read(*clearing);
    if (!read) return read.fault();
    if (const auto* known = std::get_if<rules::Presented>(&read->event)) found.clearing = *known;
    return found;
}

void Replay::remember(const rules::Event& event, const rules::Stamp& stamp) {
    for (const rules::Authorisation* after : {authorisation_after(event), announced_after(event)}) {
        if (after != nullptr && after->state != rules::AuthorisationState::open) {
            past_.remember(after->id, stamp);
        }
    }
    for (const rules::NaturalKey& key : natural_keys_of(event)) past_.remember(key, stamp);
}

std::optional<std::string> Replay::difference(const rules::Event& event) const {
    if (const AccountId account = rules::account_of(event); account.value != 0) {
        const auto kept = state_.kept_reversals_of(account);
        const auto proposals = state_.resolutions_of(account);
        const auto* const earmarks = state_.earmarks_of(account);
        const auto disputes = state_.disputes_of(account);
        if (auto why =
                recount_.difference(state_.at(account), kept, proposals, earmarks, disputes)) {
            return why;
        }
        for (const CardId id : state_.at(account).cards) {
            const rules::Card& card = state_.at(id);
            if (!card.has_rules) continue;
            if (auto why = recount_.difference(*state_.rules_of(card))) return why;
        }
    }
    if (const ProgrammeId programme = rules::programme_of(event); programme.value != 0) {
        return recount_.difference(state_.at(programme));
    }
    return std::nullopt;
}

Result<Done> Replay::fold(const journal::DecodedEvent& event) {
    const auto was = before(event.event);
    if (!was) return was.fault();
    const auto announced = before(announced_after(event.event));
    if (!announced) return announced.fault();
    Before before{.state = state_,
                  .recount = recount_,
                  .authorisation = *was ? &**was : nullptr,
                  .announced = *announced ? &**announced : nullptr,
                  .version = event.version};
    if (const NaturalKeys keys = natural_keys_of(event.event); !keys.empty()) {
        const Result<Sequence> applied = past_.applied(keys[0], event.stamp.now_ns);
        if (!applied) return applied.fault();
        before.applied = *applied;
    }
    const Result<TakenBack> taken_back = taken_back_by(event);
    if (!taken_back) return taken_back.fault();
    before.taken_back_by = taken_back->by;
    if (taken_back->clearing) before.takes_back = &*taken_back->clearing;
    if (const auto why = objection(before, event.event, event.stamp)) return untrue(event, *why);
    std::visit(Count{.state = state_,
                     .recount = recount_,
                     .was = before.authorisation,
                     .announced = before.announced,
                     .stamp = event.stamp},
               event.event);
    rules::apply(state_, event.event, event.stamp);
    if (const auto why = difference(event.event)) return untrue(event, *why);
    remember(event.event, event.stamp);
    rules::let_go(state_, event.stamp.sequence, std::numeric_limits<std::size_t>::max());
    return Done{};
}

}  // namespace carecard::fsck
