#include "rules/apply.h"

#include <algorithm>

#include "common/check.h"

namespace carecard::rules {
namespace {

void add(AmountMinor& balance, AmountMinor amount) {
    const auto sum = checked_add(balance, amount);
    CHECK(sum.has_value());
    balance = *sum;
}

void add_to_purse(Account& account, const Posting& line) {
    Purse& purse = account.purse(line.purse);
    AmountMinor& balance = line.account == LedgerAccount::available ? purse.available : purse.held;
    add(balance, line.amount);
    CHECK(balance >= AmountMinor{0});
}

void apply_postings(State& state, ProgrammeId programme, AccountId account,
                    const Postings& postings) {
    CHECK(sum_of(postings) == TotalMinor{0});
    LedgerTotals& ledger = state.at(programme).ledger;
    for (const Posting& line : postings) {
        ledger[line.account].add(line.amount);
        const bool of_a_purse =
            line.account == LedgerAccount::available || line.account == LedgerAccount::held;
        CHECK(of_a_purse == (line.purse.value != 0));
        if (of_a_purse) add_to_purse(state.at(account), line);
    }
}

/// Counts spending in its window, which begins with the first in it. A window never goes back,
/// not even when a corrected offset table makes a local day come twice: what a counter holds is
/// then still at least what is given back to it.
void count(WindowCounter& counter, std::int32_t number, AmountMinor amount) {
    if (counter.number < number) counter = {.number = number, .count = {}};
    add(counter.count.amount, amount);
    ++counter.count.count;
}

void count(Account& account, const WindowNumbers& windows, AmountMinor amount) {
    count(account.day, windows.day.value, amount);
    count(account.week, windows.week, amount);
    count(account.month, windows.month, amount);
}

/// Gives spending back to a window, unless a later window has begun since.
void uncount(WindowCounter& counter, std::int32_t number, const Uncounted& uncounted) {
    if (counter.number != number) return;
    add(counter.count.amount, -uncounted.amount);
    if (uncounted.place) --counter.count.count;
    CHECK(counter.count.amount >= AmountMinor{0});
}

void uncount(Account& account, const Uncounted& uncounted) {
    uncount(account.day, uncounted.windows.day.value, uncounted);
    uncount(account.week, uncounted.windows.week, uncounted);
    uncount(account.month, uncounted.windows.month, uncounted);
}

void remember_names(State& state, const Authorisation& authorisation) {
    const AuthorisationNames names =
        names_of(authorisation.account, authorisation.caller, authorisation.request_key,
                 authorisation.identity, authorisation.code);
    for (const std::uint64_t name :
         {names.request_key, names.network_transaction_id, names.trace, names.code}) {
        if (name != 0) state.authorisation_by_name.emplace(name, authorisation.id);
    }
}

/// Takes an authorisation's part in its account's sums out (`sign` -1) or puts it in (+1).
void weigh(Account& account, const Authorisation& authorisation, int sign) {
    add(account.open_held, {authorisation.held().value * sign});
    add(account.exposure, {authorisation.exposure.value * sign});
}

void list_as_open(State& state, Account& account, const Authorisation& authorisation) {
    account.open.push_back(authorisation.id);
    state.holds_due.emplace(authorisation.expires_ns, authorisation.id);
}

void unlist_as_open(State& state, Account& account, const Authorisation& authorisation) {
    account.open.erase(std::find(account.open.begin(), account.open.end(), authorisation.id));
    state.holds_due.erase({authorisation.expires_ns, authorisation.id});
}

void keep(State& state, const Authorisation& after) {
    Account& account = state.at(after.account);
    const auto [entry, is_new] = state.authorisations.try_emplace(after.id, after);
    const bool was_open = !is_new && entry->second.state == AuthorisationState::open;
    const bool is_open = after.state == AuthorisationState::open;
    if (is_new) {
        remember_names(state, after);
    } else {
        weigh(account, entry->second, -1);
    }
    if (was_open && !is_open) unlist_as_open(state, account, entry->second);
    entry->second = after;
    weigh(account, after, +1);
    if (is_open && !was_open) list_as_open(state, account, after);
}

AgreementId keep(State& state, AgreementId id, const SpendingRules& rules) {
    if (id.value == state.agreements.size() + 1) {
        state.agreements.emplace_back(rules);
        state.agreement_by_digest.emplace(digest_of(rules), id);
    }
    CHECK(state.at(id).rules() == rules);
    return id;
}

void begin_business_day(Programme& programme, const OffsetTable& offsets, DayNumber day) {
    programme.business_day = day;
    programme.cut_off_ns = instant_of(offsets, day, programme.terms.cut_off_second);
}

/// One overload for each event; what is common to all is done by the caller.
class Fold {
   public:
    Fold(State& state, const Stamp& stamp) : state_(state), stamp_(stamp) {}

    void operator()(const AuthorisationDecided& event) {
        if (event.decline.declined()) return;
        apply_postings(state_, event.programme, event.account, event.postings);
        count(state_.at(event.account), event.windows, event.approved);
        keep(state_, authorisation_of(event, stamp_));
    }

    void operator()(const Reversed& event) {
        if (event.decline.declined()) return;
        apply_change(event);
    }

    void operator()(const HoldExpired& event) { apply_change(event); }

    void operator()(const Presented& event) {
        apply_change(event);
        state_.applied_once.emplace(NaturalKey{.kind = NaturalKey::Kind::presentment,
                                               .account = event.account,
                                               .name = event.request.presentment_id},
                                    stamp_.sequence);
        DayTotals& today = state_.at(event.programme).today;
        const AmountMinor amount = event.request.amounts.billing;
        if (event.request.direction == Direction::debit) {
            ++today.debit_count;
            today.debit.add(amount);
        } else {
            ++today.credit_count;
            today.credit.add(amount);
        }
    }

    void operator()(const ProgrammeCreated& event) {
        CHECK(event.programme.value == state_.programmes.size() + 1);
        keep(state_, event.defaults, event.request.defaults);
        Programme& programme = state_.programmes.emplace_back();
        programme.id = event.programme;
        programme.terms = event.request;
        programme.defaults = event.defaults;
        begin_business_day(programme, state_.offsets, event.first_day);
        state_.programme_by_code.emplace(event.request.code.str(), event.programme);
    }

    void operator()(const AccountOpened& event) {
        CHECK(event.account.value == state_.accounts.size() + 1);
        Account& account = state_.accounts.emplace_back();
        account.id = event.account;
        account.programme = event.programme;
        account.reference = event.request.account.reference;
        account.arrangement = event.request.arrangement;
        account.vault_key = event.request.vault_key;
        account.opened_ns = stamp_.now_ns;
        for (const PurseSpec& spec : event.request.purses) {
            account.purses.push_back({.spec = spec, .available = {}, .held = {}});
        }
        state_.account_by_name.emplace(account_key(event.programme, account.reference), account.id);
    }

    void operator()(const PurseOpened& event) {
        Account& account = state_.at(event.account);
        account.purses.push_back({.spec = event.request.purse, .available = {}, .held = {}});
        CHECK(event.purse.value == account.purses.size());
    }

    void operator()(const CardIssued& event) {
        CHECK(event.card.value == state_.cards.size() + 1);
        state_.cards.push_back({.id = event.card,
                                .account = event.account,
                                .tokens = event.request.tokens,
                                .last_four = event.request.last_four,
                                .expiry = event.request.expiry,
                                .expires_ns = event.expires_ns,
                                .holder = event.request.holder,
                                .holder_reference = event.request.holder_reference});
        state_.at(event.account).cards.push_back(event.card);
        for (const CardToken& token : event.request.tokens) {
            state_.card_by_token.emplace(token, event.card);
        }
    }

    void operator()(const Loaded& event) {
        apply_postings(state_, event.programme, event.account, event.postings);
        state_.applied_once.emplace(NaturalKey{.kind = NaturalKey::Kind::load,
                                               .account = event.account,
                                               .name = event.request.reference},
                                    stamp_.sequence);
    }

    void operator()(const AgreementSet& event) {
        Account& account = state_.at(event.account);
        account.agreement = keep(state_, event.agreement, event.request.rules);
        account.agreement_version = event.version;
        account.agreement_set = stamp_.sequence;
    }

    void operator()(const CardStatusSet& event) {
        state_.at(event.card).status = event.request.status;
    }

    void operator()(const AccountStatusSet& event) {
        state_.at(event.account).status = event.request.status;
    }

    void operator()(const BusinessDayEnded& event) {
        Programme& programme = state_.at(event.request.programme);
        CHECK(programme.business_day == event.request.day);
        programme.ended.push_back(
            {.day = event.request.day, .last = event.last, .cleared = event.cleared});
        programme.today = {};
        begin_business_day(programme, state_.offsets, {event.request.day.value + 1});
    }

    void operator()(const SettlementClosed& event) {
        Programme& programme = state_.at(event.programme);
        CHECK(event.number == programme.batches.size() + 1);
        programme.batches.push_back({.number = event.number,
                                     .day = event.request.day,
                                     .first = event.first,
                                     .last = event.last,
                                     .closed_at = stamp_.sequence});
        std::erase_if(programme.ended,
                      [&](const EndedDay& ended) { return ended.day <= event.request.day; });
    }

    void operator()(const OffsetTableSet& event) {
        state_.offsets = event.request.table;
        state_.zone = event.request.zone;
        for (Programme& programme : state_.programmes) {
            begin_business_day(programme, state_.offsets, programme.business_day);
        }
    }

    void operator()(const ClockAdvanced&) {}  // Its stamp is its effect.
    void operator()(const ClockAccepted&) {}

   private:
    template <class Change>
    void apply_change(const Change& event) {
        apply_postings(state_, event.programme, event.account, event.postings);
        uncount(state_.at(event.account), event.uncounted);
        keep(state_, event.after);
    }

    State& state_;
    const Stamp& stamp_;
};

}  // namespace

void apply(State& state, const Event& event, const Stamp& stamp) noexcept {
    CHECK(stamp.sequence.value == state.last.value + 1);
    CHECK(stamp.now_ns >= state.last_ns);
    // After this point the event must take effect in full.
    std::visit(Fold(state, stamp), event);
    state.last = stamp.sequence;
    state.last_ns = stamp.now_ns;
    state.epoch = stamp.epoch;
    if (const AccountId id = account_of(event); id.value != 0) state.at(id).as_of = stamp.sequence;
    if (const ProgrammeId id = programme_of(event); id.value != 0) {
        state.at(id).as_of = stamp.sequence;
    }
}

Authorisation authorisation_of(const AuthorisationDecided& event, const Stamp& stamp) {
    return {.id = event.id,
            .account = event.account,
            .card = event.card,
            .state = AuthorisationState::open,
            .caller = event.request.request.caller,
            .request_key = event.request.request.key,
            .identity = event.request.identity,
            .code = event.code,
            .approved = event.approved,
            .legs = event.legs,
            .counted = event.approved,
            .windows = event.windows,
            .decided_ns = stamp.now_ns,
            .expires_ns = event.expires_ns};
}

AccountId account_of(const Event& event) {
    return std::visit(
        [](const auto& fact) -> AccountId {
            if constexpr (requires { fact.account; }) return fact.account;
            return {};
        },
        event);
}

ProgrammeId programme_of(const Event& event) {
    return std::visit(
        [](const auto& fact) -> ProgrammeId {
            if constexpr (requires { fact.programme; }) {
                return fact.programme;
            } else if constexpr (requires { fact.request.programme.value; }) {
                return {fact.request.programme.value};
            }
            return {};
        },
        event);
}

}  // namespace carecard::rules
