#include "rules/apply.h"

#include <algorithm>

#include "common/check.h"
#include "rules/counting.h"
#include "rules/earmark_book.h"
#include "rules/residence.h"
#include "rules/sums.h"

namespace carecard::rules {
namespace {

void add_to_purse(Account& account, const Posting& line) {
    Purse& purse = account.purse(line.purse);
    if (has_left_purse(line.account)) return add(purse.returned, line.amount);
    AmountMinor& balance = line.account == LedgerAccount::available ? purse.available : purse.held;
    add(balance, line.amount);
    CHECK(balance >= AmountMinor{0});
}

void add_to_account(Account& account, const Posting& line) {
    if (line.purse.value != 0) add_to_purse(account, line);
    if (line.account == LedgerAccount::exposure) add(account.exposure, -line.amount);
}

void check_balanced(const Postings& postings) {
    CHECK(sum_of(postings) == TotalMinor{0});
    for (const Posting& line : postings) {
        CHECK(names_purse(line.account) == (line.purse.value != 0));
    }
}

void list_as_open(State& state, Account& account, const Authorisation& authorisation) {
    account.open.push_back(authorisation.id);
    state.holds_due.emplace(authorisation.expires_ns, authorisation.id);
}

void unlist_as_open(State& state, Account& account, const Authorisation& authorisation) {
    account.open.erase(std::find(account.open.begin(), account.open.end(), authorisation.id));
    state.holds_due.erase({authorisation.expires_ns, authorisation.id});
}

/// Puts `after` in the place of what is known. One that is not known was over before, and its
/// archived form is in memory no more: it held nothing.
void keep(State& state, Account& account, const Authorisation& after, Sequence changed) {
    const Authorisation* before = state.find(after.id);
    const bool was_open = before != nullptr && before->state == AuthorisationState::open;
    const bool is_open = after.state == AuthorisationState::open;
    if (before != nullptr) add(account.open_held, -before->held());
    add(account.open_held, after.held());
    if (was_open && !is_open) unlist_as_open(state, account, *before);
    if (is_open && !was_open) list_as_open(state, account, after);
    if (is_open && was_open && before->expires_ns != after.expires_ns) {
        state.holds_due.erase({before->expires_ns, after.id});
        state.holds_due.emplace(after.expires_ns, after.id);
    }
    remember(state, after, changed);
}

void begin_business_day(Programme& programme, const OffsetTable& offsets, DayNumber day) {
    programme.business_day = day;
    programme.cut_off_ns = instant_of(offsets, day, programme.terms.cut_off_second);
}

/// The place of the next item in a sequence by number.
template <class Items, class Id>
auto& append(Items& items, Id id) {
    CHECK(id.value == items.size() + 1);
    return items.emplace_back();
}

/// As `append`; but images of accounts may have brought later cards before this one.
Card& place_of(std::deque<Card>& cards, CardId id) {
    if (id.value > cards.size()) return append(cards, id);
    Card& card = cards[id.value - 1];
    CHECK(card.id.value == 0);
    return card;
}

/// One overload for each event; what is common to all is done by the caller.
class Fold {
   public:
    Fold(State& state, const Stamp& stamp) : state_(state), stamp_(stamp) {}

    void operator()(const AuthorisationDecided& event) {
        if (const auto& met = event.facts.reversed_before) keep_no_longer(event.account, *met);
        if (event.decline.declined()) return;
        const Flow flow = flow_of(event.request.kind);
        apply_postings(event);
        change_earmarks(event.account, event.id, event.earmarks);
        Account* account = behind(event.account);
        if (account == nullptr) return;
        count_tap(first_of(event.card).taps, event);
        if (flow == Flow::asks) return;
        if (flow == Flow::takes) {
            count(*account, event);
            if (event.card_rules.value != 0) count(counters_of(event.card), event);
            if (event.uses_card) use_up(event.card);
        }
        keep(state_, *account, authorisation_of(event, stamp_), stamp_.sequence);
    }

    void operator()(const HoldIncreased& event) {
        if (const auto& met = event.facts.reversed_before) keep_no_longer(event.account, *met);
        if (event.decline.declined()) return;
        apply_postings(event);
        change_earmarks(event.account, event.after.id, event.earmarks);
        Account* account = behind(event.account);
        if (account == nullptr) return;
        count(*account, event);
        if (event.after.by_card) count(counters_of(event.card), event);
        keep(state_, *account, event.after, stamp_.sequence);
    }

    void operator()(const Reversed& event) {
        if (event.decline.declined()) return;
        apply_change(event);
    }

    void operator()(const ReversalKept& event) {
        if (behind(event.account) == nullptr) return;
        std::vector<KeptReversal>& kept = state_.kept_reversals[event.account];
        std::erase_if(kept, [&](const KeptReversal& one) {
            return one.kept_by == event.replaces || one.until_ns <= stamp_.now_ns;
        });
        CHECK(kept.size() < kept_reversals_per_account_max);
        kept.push_back(event.kept);
    }

    void operator()(const HoldExpired& event) { apply_change(event); }

    void operator()(const Presented& event) {
        if (!event.after.id.none()) {
            apply_change(event);
            if (event.announced) put(*event.announced);
            if (event.dispute) put(event.account, *event.dispute);
            if (Programme* programme = behind(event.programme)) add_to(programme->today, event);
        }
        for (const auto& [key, applied] : applied_by(event, stamp_)) {
            remember(state_, key, applied);
        }
    }

    void operator()(const Advised& event) {
        if (event.reversed_before) keep_no_longer(event.account, *event.reversed_before);
        if (!event.after.id.none()) apply_change(event);
        if (event.uses_card && behind(event.account) != nullptr) use_up(event.card);
    }

    void operator()(const ProgrammeCreated& event) {
        agree(event.defaults, event.request.defaults);
        if (is_known(state_.programmes, event.programme)) return;
        Programme& programme = append(state_.programmes, event.programme);
        programme.id = event.programme;
        programme.terms = event.request;
        programme.defaults = event.defaults;
        begin_business_day(programme, state_.offsets, event.first_day);
        state_.programme_by_code.emplace(event.request.code.str(), event.programme);
    }

    void operator()(const AccountOpened& event) {
        if (is_known(state_.accounts, event.account)) return;
        Account& account = append(state_.accounts, event.account);
        account.id = event.account;
        account.programme = event.programme;
        account.reference = event.request.account.reference;
        account.arrangement = event.request.arrangement;
        account.vault_key = event.request.vault_key;
        account.opened_ns = stamp_.now_ns;
        for (const PurseSpec& spec : event.request.purses) {
            add_purse(state_, account, new_purse(state_, spec));
        }
        state_.account_by_name.emplace(account_key(event.programme, account.reference), account.id);
    }

    void operator()(const PurseOpened& event) {
        Account* account = behind(event.account);
        if (account == nullptr) return;
        add_purse(state_, *account, new_purse(state_, event.request.purse));
        CHECK(event.purse.value == account->purses.size());
    }

    void operator()(const CardIssued& event) {
        Account* account = behind(event.account);
        if (account == nullptr) return;
        add_card(*account, event,
                 {.first = event.card,
                  .single_use = event.request.single_use,
                  .holder = event.request.holder,
                  .holder_reference = event.request.holder_reference});
    }

    void operator()(const CardReplaced& event) {
        Account* account = behind(event.account);
        if (account == nullptr) return;
        Card& old_card = state_.at(event.old_card);
        old_card.status = event.old_status;
        old_card.replaced_by = event.card;
        if (event.ended.value != 0) end(event.ended);
        add_card(*account, event,
                 {.first = old_card.first,
                  .single_use = old_card.single_use,
                  .holder = old_card.holder,
                  .holder_reference = old_card.holder_reference,
                  .replaces = event.old_card});
    }

    void operator()(const CardRulesSet& event) {
        agree(event.rules, event.request.rules);
        if (behind(event.account) == nullptr) return;
        Card& first = first_of(event.card);
        first.has_rules = true;
        const auto [entry, is_new] = state_.card_rules.try_emplace(first.id);
        if (is_new) entry->second = {.first = first.id, .since_ns = stamp_.now_ns};
        entry->second.rules = event.rules;
        entry->second.version = event.version;
    }

    void operator()(const Loaded& event) {
        apply_postings(event);
        if (Account* account = behind(event.account)) {
            Purse& purse = account->purse(event.purse);
            const CompiledTerms* terms = state_.terms_or_null(purse.terms);
            if (terms != nullptr && terms->terms().staged) add(purse.unreleased, event.amount());
        }
        remember(state_,
                 NaturalKey{.kind = NaturalKey::Kind::load,
                            .account = event.account,
                            .name = event.request.reference},
                 {.at = stamp_.sequence});
    }

    void operator()(const StageReleased& event) {
        if (Account* account = behind(event.account)) {
            account->purse(event.purse).unreleased = event.unreleased;
        }
        remember(state_, stage_key(event.account, event.purse, event.request.stage),
                 {.at = stamp_.sequence});
    }

    void operator()(const PurseEnded& event) {
        end_purse(event, PurseStatus::ended, event.last_day);
    }

    void operator()(const PurseClosed& event) { end_purse(event, PurseStatus::closed, event.day); }

    void operator()(const EarmarkSet& event) {
        if (behind(event.account) != nullptr) {
            let_earmarks_go(event.account,
                            [&](const Earmark& one) { return !one.stands_on(event.today); });
            const Earmark set = earmark_of(event, stamp_);
            add_earmark(state_.earmarks[event.account], set);
            if (set.is_council_run()) {
                state_.earmarks_due.insert({set.due, set.set_by, event.account});
            }
        }
        remember(state_, earmark_key(event.account, event.request.reference),
                 {.at = stamp_.sequence});
    }

    void operator()(const EarmarkWithdrawn& event) {
        if (behind(event.account) == nullptr) return;
        let_earmarks_go(event.account,
                        [&](const Earmark& one) { return one.set_by == event.earmark; });
    }

    void operator()(const EarmarkPaid& event) {
        apply_postings(event);
        if (behind(event.account) == nullptr) return;
        let_earmarks_go(event.account,
                        [&](const Earmark& one) { return one.set_by == event.request.earmark; });
    }

    void operator()(const ProviderSet& event) {
        Programme* programme = behind(event.programme);
        if (programme == nullptr) return;
        const SetProvider& asked = event.request;
        programme->providers[{asked.provider_register, asked.acceptor}] = asked.dates;
    }

    void operator()(const AgreementSet& event) {
        agree(event.agreement, event.request.rules);
        Account* account = behind(event.account);
        if (account == nullptr) return;
        account->agreement = event.agreement;
        account->agreement_version = event.version;
        account->agreement_set = stamp_.sequence;
    }

    void operator()(const CardStatusSet& event) {
        if (behind(event.account) == nullptr) return;
        Card& card = state_.at(event.card);
        card.status = event.request.status;
        card.frozen_by = event.frozen_by;
        if (event.ended.value != 0) end(event.ended);
    }

    void operator()(const AccountStatusSet& event) {
        if (Account* account = behind(event.account)) account->status = event.request.status;
    }

    void operator()(const BusinessDayEnded& event) {
        Programme* programme = behind(event.request.programme);
        if (programme == nullptr) return;
        CHECK(programme->business_day == event.request.day);
        programme->ended.push_back(
            {.day = event.request.day, .last = event.last, .cleared = event.cleared});
        programme->today = {};
        begin_business_day(*programme, state_.offsets, {event.request.day.value + 1});
    }

    void operator()(const SettlementClosed& event) {
        Programme* programme = behind(event.programme);
        if (programme == nullptr) return;
        CHECK(event.number == programme->batch_number + 1);
        programme->batch_number = event.number;
        programme->batches.push_back({.number = event.number,
                                      .day = event.request.day,
                                      .first = event.first,
                                      .last = event.last,
                                      .closed_at = stamp_.sequence});
        std::erase_if(programme->ended,
                      [&](const EndedDay& ended) { return ended.day <= event.request.day; });
    }

    void operator()(const OffsetTableSet& event) {
        if (state_.offsets_set < stamp_.sequence) {
            state_.offsets = event.request.table;
            state_.zone = event.request.zone;
            state_.offsets_set = stamp_.sequence;
        }
        for (Programme& programme : state_.programmes) {
            if (programme.as_of >= stamp_.sequence) continue;
            begin_business_day(programme, state_.offsets, programme.business_day);
            programme.as_of = stamp_.sequence;
        }
    }

    void operator()(const ResolutionProposed& event) {
        if (behind(event.account) == nullptr) return;
        std::vector<Resolution>& open = state_.resolutions[event.account];
        CHECK(open.size() < resolutions_per_account_max);
        open.push_back(resolution_of(event, stamp_.sequence));
    }

    void operator()(const ResolutionDecided& event) {
        apply_postings(event);
        if (!event.after.id.none()) put(event.after);
        follow_up(event);
    }

    void operator()(const ExposureRecovered& event) {
        apply_postings(event);
        put(event.after);
        follow_up(event);
    }

    void operator()(const DisputeOpened& event) { apply_dispute(event); }
    void operator()(const DisputeClosed& event) { apply_dispute(event); }

    void operator()(const ClockAdvanced&) {}  // Its stamp is its effect.
    void operator()(const ClockAccepted&) {}

    void operator()(const Restored& event) {
        CHECK(event.epoch == stamp_.epoch && event.epoch > state_.epoch);
        CHECK(event.restored_to == state_.last);
        for (const LostBatches& lost : event.batches_lost) {
            Programme* programme = behind(lost.programme);
            if (programme == nullptr) continue;
            CHECK(lost.first == programme->batch_number + 1 && lost.last >= lost.first);
            programme->batch_number = lost.last;
            programme->as_of = stamp_.sequence;
        }
    }

   private:
    template <class Items, class Id>
    [[nodiscard]] bool is_known(const Items& items, Id id) const {
        return id.value <= items.size() && items[id.value - 1].as_of >= stamp_.sequence;
    }

    /// The account or programme when it does not know of this event yet, else null.
    [[nodiscard]] Account* behind(AccountId id) const {
        Account& account = state_.at(id);
        return account.as_of < stamp_.sequence ? &account : nullptr;
    }
    [[nodiscard]] Programme* behind(ProgrammeId id) const {
        Programme& programme = state_.at(id);
        return programme.as_of < stamp_.sequence ? &programme : nullptr;
    }

    template <class Event>
    void apply_postings(const Event& event) {
        check_balanced(event.postings);
        Programme* programme = behind(event.programme);
        Account* account = behind(event.account);
        for (const Posting& line : event.postings) {
            if (programme != nullptr) programme->ledger[line.account].add(line.amount);
            if (account != nullptr) add_to_account(*account, line);
        }
    }

    template <class Change>
    void apply_change(const Change& event) {
        apply_postings(event);
        change_earmarks(event.account, event.after.id, event.earmarks);
        if (Account* account = behind(event.account)) {
            uncount(*account, event.uncounted);
            if (event.uncounted.by_card) uncount(counters_of(event.after.card), event.uncounted);
            uncount_tap(first_of(event.after.card).taps, event.uncounted.tap);
        }
        put(event.after);
    }

    template <class Event>
    void apply_dispute(const Event& event) {
        apply_postings(event);
        put(event.after);
        put(event.account, event.dispute);
    }

    /// In the place of the one of the same payment.
    void put(AccountId account, const Dispute& dispute) {
        if (behind(account) == nullptr) return;
        std::vector<Dispute>& open = state_.disputes[account];
        std::erase_if(open, [&](const Dispute& one) { return one.opened == dispute.opened; });
        if (!dispute.is_over()) {
            const auto later = std::ranges::find_if(
                open, [&](const Dispute& one) { return one.opened > dispute.opened; });
            open.insert(later, dispute);
        }
        CHECK(open.size() <= disputes_per_account_max);
        if (open.empty()) state_.disputes.erase(account);
    }

    /// What is over is remembered even when an image has the account already.
    void put(const Authorisation& after) {
        if (Account* account = behind(after.account)) {
            keep(state_, *account, after, stamp_.sequence);
        } else if (after.state != AuthorisationState::open) {
            remember(state_, after, stamp_.sequence);
        }
    }

    /// Nothing waits in it any more, and nothing is kept: all of it has left.
    template <class Event>
    void end_purse(const Event& event, PurseStatus status, DayNumber last_day) {
        apply_postings(event);
        Account* account = behind(event.account);
        if (account == nullptr) return;
        Purse& purse = account->purse(event.purse);
        purse.status = status;
        purse.last_day = last_day;
        purse.unreleased = {};
        let_earmarks_go(account->id, [&](const Earmark& one) { return one.purse == event.purse; });
        state_.purses_due.erase(
            {.last_day = purse.spend_until, .account = account->id, .purse = event.purse});
    }

    [[nodiscard]] Card& first_of(CardId card) { return state_.at(state_.at(card).first); }
    [[nodiscard]] CardRules& counters_of(CardId card) {
        return state_.card_rules.at(state_.at(card).first);
    }

    void end(CardId card) { state_.at(card).status = CardStatus::replaced; }
    void use_up(CardId card) { state_.at(card).status = CardStatus::used; }

    /// @param card  what an issue and a replacement do not say alike.
    template <class Event>
    void add_card(Account& account, const Event& event, Card card) {
        card.id = event.card;
        card.account = event.account;
        card.expiry = event.request.expiry;
        card.expires_ns = event.expires_ns;
        if (event.request.activation_required) card.status = CardStatus::inactive;
        card.tokens = event.request.tokens;
        card.last_four = event.request.last_four;
        place_of(state_.cards, event.card) = card;
        account.cards.push_back(event.card);
        for (const CardToken& token : event.request.tokens) {
            state_.card_by_token.emplace(token, event.card);
        }
    }

    void change_earmarks(AccountId id, const AuthorisationId& by, const EarmarkChanges& changes) {
        if (changes.empty() || behind(id) == nullptr) return;
        const auto found = state_.earmarks.find(id);
        CHECK(found != state_.earmarks.end());
        Earmarks& earmarks = found->second;
        for (const EarmarkChange& change : changes) change_earmark(earmarks, by, change);
        let_earmarks_go(id, [&](const Earmark& one) { return is_used_up(earmarks, one); });
    }

    /// Those that `done` says, with what was taken of them.
    template <class Done>
    void let_earmarks_go(AccountId id, Done done) {
        const auto found = state_.earmarks.find(id);
        if (found == state_.earmarks.end()) return;
        Earmarks& earmarks = found->second;
        for (const Earmark& gone : drop_if(earmarks, done)) {
            state_.earmarks_due.erase({gone.due, gone.set_by, id});
        }
        if (earmarks.all.empty()) state_.earmarks.erase(found);
    }

    void keep_no_longer(AccountId id, const ReversedBefore& met) {
        if (behind(id) == nullptr) return;
        const auto kept = state_.kept_reversals.find(id);
        CHECK(kept != state_.kept_reversals.end());
        std::erase_if(kept->second, [&](const KeptReversal& one) {
            return std::find(met.kept_by.begin(), met.kept_by.end(), one.kept_by) !=
                   met.kept_by.end();
        });
        if (kept->second.empty()) state_.kept_reversals.erase(kept);
    }

    /// Puts what the event makes of its proposal in the place of it.
    template <class Event>
    void follow_up(const Event& event) {
        if (behind(event.account) == nullptr) return;
        const auto open = state_.resolutions.find(event.account);
        CHECK(open != state_.resolutions.end());
        const auto found =
            std::ranges::find(open->second, event.request.proposal, &Resolution::proposed);
        CHECK(found != open->second.end());
        if (const std::optional<Resolution> rest = after(*found, event)) {
            *found = *rest;
            return;
        }
        open->second.erase(found);
        if (open->second.empty()) state_.resolutions.erase(open);
    }

    void agree(AgreementId id, const SpendingRules& rules) {
        if (id.value == state_.agreements.size() + 1) {
            state_.agreements.emplace_back(rules);
            state_.agreement_by_digest.emplace(digest_of(rules), id);
        }
        CHECK(state_.at(id).rules() == rules);
    }

    static void add_to(DayTotals& today, const Presented& event) {
        const AmountMinor amount = event.request.amounts.billing;
        if (event.request.direction == Direction::debit) {
            ++today.debit_count;
            today.debit.add(amount);
        } else {
            ++today.credit_count;
            today.credit.add(amount);
        }
    }

    State& state_;
    const Stamp& stamp_;
};

void note(Sequence& as_of, Sequence sequence) { as_of = std::max(as_of, sequence); }

}  // namespace

void apply(State& state, const Event& event, const Stamp& stamp) noexcept {
    CHECK(stamp.sequence.value == state.last.value + 1);
    CHECK(stamp.now_ns >= state.last_ns);
    // After this point the event must take effect in full.
    std::visit(Fold(state, stamp), event);
    state.last = stamp.sequence;
    state.last_ns = stamp.now_ns;
    state.epoch = stamp.epoch;
    if (const AccountId id = account_of(event); id.value != 0) {
        note(state.at(id).as_of, stamp.sequence);
    }
    if (const ProgrammeId id = programme_of(event); id.value != 0) {
        note(state.at(id).as_of, stamp.sequence);
    }
}

}  // namespace carecard::rules
