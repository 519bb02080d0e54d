#include "services/fsck/recount.h"

#include <algorithm>

#include "services/fsck/claims.h"

namespace carecard::fsck {
namespace {

void spend(Window& window, std::int32_t number, AmountMinor amount, bool place = true) {
    if (window.number < number) window = {.number = number};
    window.amount.value += amount.value;
    if (place) ++window.count;
}

void give_back(Window& window, std::int32_t number, AmountMinor amount, bool place) {
    if (window.number != number) return;
    window.amount.value -= amount.value;
    if (place) --window.count;
}

void spend(Spent& spent, const rules::AuthorisationDecided& event) {
    const rules::WindowNumbers& windows = event.windows;
    const rules::CashCount& cash = event.cash;
    spend(spent.day, windows.day.value, event.approved);
    spend(spent.week, windows.week, event.approved);
    spend(spent.month, windows.month, event.approved);
    if (cash.of == rules::CashClass::cash) {
        spend(spent.cash_day, windows.day.value, cash.amount);
    } else if (cash.of == rules::CashClass::quasi_cash) {
        spend(spent.quasi_cash_day, windows.day.value, cash.amount);
    }
}

void grow(Spent& spent, const rules::HoldIncreased& event) {
    spend(spent.day, event.windows.day.value, event.extra, event.places.day);
    spend(spent.week, event.windows.week, event.extra, event.places.week);
    spend(spent.month, event.windows.month, event.extra, event.places.month);
}

void give_back(Spent& spent, const rules::Uncounted& uncounted) {
    const rules::WindowNumbers& windows = uncounted.windows;
    const auto [amounts, places] = uncounted.by_window();
    give_back(spent.day, windows.day.value, amounts.day, places.day);
    give_back(spent.week, windows.week, amounts.week, places.week);
    give_back(spent.month, windows.month, amounts.month, places.month);
    const rules::CashCount& cash = uncounted.cash;
    if (cash.of == rules::CashClass::cash) {
        give_back(spent.cash_day, windows.day.value, cash.amount, uncounted.place);
    } else if (cash.of == rules::CashClass::quasi_cash) {
        give_back(spent.quasi_cash_day, windows.day.value, cash.amount, uncounted.place);
    }
}

void promise(AccountCount& account, const rules::Authorisation& authorisation, int sign) {
    for (const rules::Leg& leg : authorisation.legs) {
        account.purses[leg.purse.value - 1U].promised.value += sign * leg.held.value;
    }
    account.owed.value += sign * (authorisation.exposure.value + authorisation.promised.value);
    account.given_up.value += sign * authorisation.written_off.value;
    account.kept_less_lent.value +=
        sign * (authorisation.owed_back.value - authorisation.lent.value);
    const bool is_open = authorisation.state == rules::AuthorisationState::open;
    if (is_open) account.open += static_cast<std::uint32_t>(sign);
}

PurseCount begun(const rules::PurseSpec& spec) {
    PurseCount purse;
    purse.staged = spec.terms.staged;
    purse.persons_own = spec.terms.persons_own;
    return purse;
}

AmountMinor& balance_of(PurseCount& purse, rules::LedgerAccount account) {
    if (account == rules::LedgerAccount::held) return purse.held;
    return account == rules::LedgerAccount::available ? purse.available : purse.returned;
}

void compare(std::string_view what, const Window& window, const rules::WindowCounter& kept,
             Claims& claims) {
    claims.that(window.number == kept.number && window.amount == kept.count.amount &&
                    window.count == std::int64_t{kept.count.count},
                what);
}

void let_go(rules::Earmarks& earmarks, Sequence earmark) {
    std::erase_if(earmarks.all, [&](const rules::Earmark& one) { return one.set_by == earmark; });
    std::erase_if(earmarks.uses,
                  [&](const rules::EarmarkUse& use) { return use.earmark == earmark; });
}

}  // namespace

rules::WindowCount Window::in(std::int32_t asked) const {
    if (number < asked) return {};
    return {.amount = amount, .count = static_cast<std::uint32_t>(count)};
}

AmountMinor PurseCount::spendable() const {
    return {std::max<std::int64_t>(0, available.value - unreleased.value)};
}

AmountMinor AccountCount::available() const {
    AmountMinor sum;
    for (const PurseCount& purse : purses) sum.value += purse.available.value;
    return sum;
}

AmountMinor Spent::cash_on(DayNumber on, rules::CashClass of) const {
    if (of == rules::CashClass::cash) return cash_day.in(on.value).amount;
    if (of == rules::CashClass::quasi_cash) return quasi_cash_day.in(on.value).amount;
    return {};
}

void Recount::open_account(const rules::OpenAccount& request) {
    std::vector<PurseCount>& purses = accounts_.emplace_back().purses;
    for (const rules::PurseSpec& spec : request.purses) {
        purses.push_back(begun(spec));
    }
}

void Recount::open_purse(AccountId account, const rules::PurseSpec& purse) {
    of(account).purses.push_back(begun(purse));
}

void Recount::load(const rules::Loaded& event) {
    post(event.programme, event.account, event.postings);
    PurseCount& purse = of(event.account).purses[event.purse.value - 1U];
    if (purse.staged) purse.unreleased.value += event.amount().value;
}

void Recount::release(const rules::StageReleased& event) {
    PurseCount& purse = of(event.account).purses[event.purse.value - 1U];
    purse.unreleased.value -= event.request.amount.value;
}

void Recount::post(ProgrammeId programme, AccountId account, const rules::Postings& postings) {
    for (const rules::Posting& line : postings) {
        of(programme).ledger[line.account].add(line.amount);
        if (line.account == rules::LedgerAccount::exposure) {
            of(account).exposure.value -= line.amount.value;
        }
        if (line.account == rules::LedgerAccount::written_off) {
            of(account).written_off.value -= line.amount.value;
        }
        if (line.account == rules::LedgerAccount::disputed) {
            of(account).disputed.value += line.amount.value;
        }
        if (line.purse.value == 0) continue;
        PurseCount& purse = of(account).purses[line.purse.value - 1U];
        balance_of(purse, line.account).value += line.amount.value;
    }
}

void Recount::spend(CardId first, const rules::AuthorisationDecided& event) {
    fsck::spend(of(event.account), event);
    if (event.card_rules.value != 0) fsck::spend(card_rules_[first], event);
}

void Recount::set_rules(CardId first, const rules::CardRulesSet& event, TimestampNs now_ns) {
    CardCount& card = card_rules_[first];
    if (card.version == 0) card.since_ns = now_ns;
    card.rules = event.rules;
    card.version = event.version;
}

const CardCount* Recount::rules_of(CardId first) const {
    const auto found = card_rules_.find(first);
    return found == card_rules_.end() ? nullptr : &found->second;
}

void Recount::tap(CardId first, const rules::AuthorisationDecided& event) {
    rules::TapCounter& taps = taps_[first.value - 1];
    if (event.request.pin_present) taps = {.round = taps.round + 1, .count = {}};
    if (!event.tap.counted) return;
    taps.count.amount.value += event.tap.amount.value;
    ++taps.count.count;
}

void Recount::give_back(CardId first, const rules::Tap& tap) {
    rules::TapCounter& taps = taps_[first.value - 1];
    if (!tap.counted || tap.round != taps.round) return;
    taps.count.amount.value -= tap.amount.value;
    --taps.count.count;
}

void Recount::grow(CardId first, const rules::HoldIncreased& event) {
    fsck::grow(of(event.account), event);
    if (event.after.by_card) fsck::grow(card_rules_[first], event);
}

void Recount::give_back(AccountId account, CardId first, const rules::Uncounted& uncounted) {
    fsck::give_back(of(account), uncounted);
    if (uncounted.by_card) fsck::give_back(card_rules_[first], uncounted);
}

void Recount::change(AccountId account, const rules::Authorisation* before,
                     const rules::Authorisation& after) {
    if (before != nullptr) promise(of(account), *before, -1);
    promise(of(account), after, 1);
}

void Recount::keep(const rules::ReversalKept& event, TimestampNs now_ns) {
    std::vector<rules::KeptReversal>& kept = of(event.account).kept;
    std::erase_if(kept, [&](const rules::KeptReversal& one) {
        return one.kept_by == event.replaces || one.until_ns <= now_ns;
    });
    kept.push_back(event.kept);
}

void Recount::meet(AccountId account, const rules::ReversedBefore& met) {
    std::erase_if(of(account).kept, [&](const rules::KeptReversal& one) {
        return std::ranges::find(met.kept_by, one.kept_by) != met.kept_by.end();
    });
}

void Recount::earmark(const rules::EarmarkSet& event, Sequence set_by) {
    rules::Earmarks& earmarks = of(event.account).earmarks;
    std::vector<Sequence> over;
    for (const rules::Earmark& one : earmarks.all) {
        if (!one.payee.empty() && one.until < event.today) over.push_back(one.set_by);
    }
    for (const Sequence one : over) let_go(earmarks, one);
    earmarks.all.push_back({.set_by = set_by,
                            .reference = event.request.reference,
                            .purse = event.purse,
                            .amount = event.request.amount,
                            .left = event.request.amount,
                            .payee = event.request.payee,
                            .due = event.request.due,
                            .until = event.until});
    std::ranges::stable_sort(earmarks.all, {}, &rules::Earmark::due);
}

void Recount::withdraw(const rules::EarmarkWithdrawn& event) {
    let_go(of(event.account).earmarks, event.earmark);
}

void Recount::pay(const rules::EarmarkPaid& event) {
    post(event.programme, event.account, event.postings);
    let_go(of(event.account).earmarks, event.request.earmark);
}

void Recount::let_earmarks_go(AccountId account, PurseNumber purse) {
    rules::Earmarks& earmarks = of(account).earmarks;
    std::vector<Sequence> gone;
    for (const rules::Earmark& one : earmarks.all) {
        if (one.purse == purse) gone.push_back(one.set_by);
    }
    for (const Sequence one : gone) let_go(earmarks, one);
}

void Recount::change_earmarks(AccountId account, const AuthorisationId& authorisation,
                              const rules::EarmarkChanges& changes) {
    rules::Earmarks& earmarks = of(account).earmarks;
    for (const rules::EarmarkChange& change : changes) {
        const auto changed =
            std::ranges::find(earmarks.all, change.earmark, &rules::Earmark::set_by);
        if (changed == earmarks.all.end()) continue;
        changed->left = change.left;
        std::erase_if(earmarks.uses, [&](const rules::EarmarkUse& use) {
            return use.earmark == change.earmark && use.authorisation == authorisation;
        });
        if (change.used.value > 0) {
            earmarks.uses.push_back({change.earmark, authorisation, change.used});
        }
        const bool used = std::ranges::any_of(earmarks.uses, [&](const rules::EarmarkUse& use) {
            return use.earmark == change.earmark;
        });
        if (change.left.value == 0 && !used) let_go(earmarks, change.earmark);
    }
}

void Recount::clear(ProgrammeId programme, rules::Direction direction, AmountMinor amount) {
    rules::DayTotals& today = of(programme).today;
    if (direction == rules::Direction::debit) {
        ++today.debit_count;
        today.debit.add(amount);
    } else {
        ++today.credit_count;
        today.credit.add(amount);
    }
}

void Recount::propose(const rules::ResolutionProposed& event, Sequence proposed) {
    const rules::ProposeResolution& asked = event.request;
    of(event.account)
        .proposals.push_back({.proposed = proposed,
                              .authorisation = asked.authorisation,
                              .kind = asked.kind,
                              .amount = asked.amount,
                              .notice_until = asked.notice_until,
                              .proposed_by = asked.request.caller,
                              .approved_by = {}});
}

void Recount::follow_up(const rules::ResolutionDecided& event) {
    std::vector<rules::Resolution>& open = of(event.account).proposals;
    const bool stays = event.request.approve && event.kind == rules::ResolutionKind::recovery;
    for (rules::Resolution& one : open) {
        if (!stays || one.proposed != event.request.proposal) continue;
        one.amount = event.amount;
        one.approved_by = event.request.request.caller;
    }
    if (stays) return;
    std::erase_if(open, [&](const auto& one) { return one.proposed == event.request.proposal; });
}

void Recount::follow_up(const rules::ExposureRecovered& event) {
    std::vector<rules::Resolution>& open = of(event.account).proposals;
    for (rules::Resolution& one : open) {
        if (one.proposed == event.request.proposal) one.amount.value -= event.amount.value;
    }
    std::erase_if(open, [&](const auto& one) {
        const bool complete = one.amount.value == 0 || event.after.exposure.value == 0;
        return one.proposed == event.request.proposal && complete;
    });
}

void Recount::dispute(AccountId account, const rules::Dispute& dispute) {
    std::vector<rules::Dispute>& open = of(account).disputes;
    const auto found =
        std::ranges::find(open, dispute.authorisation, &rules::Dispute::authorisation);
    if (found == open.end()) {
        open.push_back(dispute);
    } else if (dispute.due.value == 0) {
        open.erase(found);
    } else {
        *found = dispute;
    }
}

std::optional<std::string> Recount::difference(const rules::Account& account,
                                               std::span<const rules::KeptReversal> kept_reversals,
                                               std::span<const rules::Resolution> proposals,
                                               const rules::Earmarks* earmarks,
                                               std::span<const rules::Dispute> disputes) const {
    const AccountCount& counted = at(account.id);
    Claims claims;
    claims.equal("the number of purses", account.purses.size(), counted.purses.size());
    for (std::size_t index = 0; claims.hold() && index < counted.purses.size(); ++index) {
        const rules::Purse& kept = account.purses[index];
        const PurseCount& purse = counted.purses[index];
        claims.equal("a purse's balance", kept.available, purse.available);
        claims.equal("a purse's holds", kept.held, purse.held);
        claims.equal("the sum of a purse's holds", purse.held, purse.promised);
        claims.equal("what waits in a purse for a stage", kept.unreleased, purse.unreleased);
        claims.equal("what has left a purse", kept.returned, purse.returned);
        claims.that((kept.status != rules::PurseStatus::open) == purse.over,
                    "a purse is open that is over, or over that is open");
        claims.that(
            purse.available.value >= 0 && purse.unreleased.value >= 0 && purse.held.value >= 0,
            "a purse is below zero");
    }
    claims.equal("the number of open authorisations",
                 static_cast<std::uint32_t>(account.open.size()), counted.open);
    claims.equal("the account's exposure", account.exposure, counted.exposure);
    claims.equal("the sum of the authorisations' exposures", counted.owed, counted.exposure);
    claims.equal("the sum of what was written off of its authorisations", counted.given_up,
                 counted.written_off);
    claims.that(counted.written_off.value >= 0, "more was repaid than was written off");
    claims.equal("the sum of what is lent and kept of its authorisations", counted.kept_less_lent,
                 counted.disputed);
    claims.that(std::ranges::equal(disputes, counted.disputes),
                "its open disputes are not those that were opened and are not over");
    claims.that(std::ranges::equal(kept_reversals, counted.kept),
                "the reversals that wait for their payment are not those that were kept");
    claims.that(std::ranges::equal(proposals, counted.proposals),
                "its open proposals are not those that were made and not ended");
    claims.that((earmarks == nullptr ? rules::Earmarks{} : *earmarks) == counted.earmarks,
                "the earmarks are not those that were set, used and withdrawn");
    compare("the day's counter is not what its payments add up to", counted.day, account.day,
            claims);
    compare("the day's counter of cash is not what its payments add up to", counted.cash_day,
            account.cash_day, claims);
    compare("the day's counter of quasi-cash is not what its payments add up to",
            counted.quasi_cash_day, account.quasi_cash_day, claims);
    compare("the week's counter is not what its payments add up to", counted.week, account.week,
            claims);
    compare("the month's counter is not what its payments add up to", counted.month, account.month,
            claims);
    return std::move(claims).why_not();
}

std::optional<std::string> Recount::difference(const rules::CardRules& rules) const {
    const CardCount& counted = card_rules_.at(rules.first);
    Claims claims;
    claims.that(rules.rules == counted.rules && rules.version == counted.version &&
                    rules.since_ns == counted.since_ns,
                "the card's rules are not those that were set");
    const char* const differs = "a card's counters are not what its payments add up to";
    compare(differs, counted.day, rules.day, claims);
    compare(differs, counted.week, rules.week, claims);
    compare(differs, counted.month, rules.month, claims);
    compare(differs, counted.cash_day, rules.cash_day, claims);
    compare(differs, counted.quasi_cash_day, rules.quasi_cash_day, claims);
    return std::move(claims).why_not();
}

std::optional<std::string> Recount::difference(const rules::Programme& programme) const {
    const ProgrammeCount& counted = at(programme.id);
    Claims claims;
    claims.that(counted.ledger.sum() == TotalMinor{0}, "the trial balance does not sum to zero");
    claims.that(programme.ledger == counted.ledger,
                "the programme's ledger is not the sum of its postings");
    claims.that(programme.today == counted.today,
                "the business day's totals are not the sum of its presentments");
    return std::move(claims).why_not();
}

}  // namespace carecard::fsck
