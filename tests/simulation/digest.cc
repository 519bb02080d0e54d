#include "tests/simulation/digest.h"

#include <fmt/compile.h>

#include <array>
#include <iterator>
#include <set>

#include "rules/local_time.h"
#include "tests/rules/london_calendar.h"

namespace carecard::simulation {
namespace {

using fmt::format;

template <class Form, class... Parts>
void add(std::string& words, const Form& form, const Parts&... parts) {
    fmt::format_to(std::back_inserter(words), form, parts...);
}

void add(std::string& words, const Opinion::Cleared& sums) {
    add(words, FMT_COMPILE(" {} {} {} {}"), sums.debits, sums.debited, sums.credits, sums.credited);
}

void add(std::string& words, const rules::DayTotals& sums) {
    add(words, FMT_COMPILE(" {} {} {} {}"), sums.debit_count, sums.debit.value, sums.credit_count,
        sums.credit.value);
}

/// Nothing is held by a payment that is over: its own words would tell.
bool is_open(const model::Payment& payment) {
    return payment.state == rules::AuthorisationState::open;
}

rules::WindowCount in_window(const rules::WindowCounter& counter, std::int32_t number) {
    return counter.number >= number ? counter.count : rules::WindowCount{};
}

}  // namespace

std::string words_for(const rules::Programme& programme) {
    std::string words = format(FMT_COMPILE("{} since {}"), programme.terms.code.view(),
                               programme.business_day.value);
    add(words,
        FMT_COMPILE(" until {}, funding {} settlement {} available {} held {} exposure {} promised "
                    "{} written "
                    "off {}, cleared"),
        programme.cut_off_ns.value, programme.ledger[rules::LedgerAccount::funding].value,
        programme.ledger[rules::LedgerAccount::settlement].value,
        programme.ledger[rules::LedgerAccount::available].value,
        programme.ledger[rules::LedgerAccount::held].value,
        programme.ledger[rules::LedgerAccount::exposure].value,
        programme.ledger[rules::LedgerAccount::promised].value,
        programme.ledger[rules::LedgerAccount::written_off].value);
    add(words, programme.today);
    for (const rules::EndedDay& ended : programme.ended) {
        add(words, FMT_COMPILE("; {} ended at {},"), ended.day.value, ended.last.value);
        add(words, ended.cleared);
    }
    for (const rules::ClosedBatch& batch : programme.batches) {
        add(words, FMT_COMPILE("; batch {} closed at {}"), batch.day.value, batch.closed_at.value);
    }
    add(words, FMT_COMPILE("; disputed {}"),
        static_cast<long>(programme.ledger[rules::LedgerAccount::disputed].value));
    return words;
}

std::string words_for(const Opinion& opinion, const model::Programme& programme) {
    long disputed = 0;
    long available = 0;
    long held = 0;
    long exposure = 0;
    long promised = 0;
    long written_off = 0;
    for (const model::Account& one : opinion.people.accounts) {
        if (&one.programme == &programme) available += model::sum(one.available);
    }
    for (const auto& [id, one] : opinion.money.payments) {
        if (&one.account.programme != &programme) continue;
        if (is_open(one)) held += model::sum(one.held);
        exposure += one.exposure;
        promised += one.promised;
        written_off += one.written_off;
        disputed += one.owed_back - one.lent;
    }
    const int today = programme.today;
    const auto all = opinion.cleared(programme.number, 0, today);
    const long cut_off = london_calendar::instant(today, programme.terms.cut_off_second);
    std::string words = format(FMT_COMPILE("{} since {}"), programme.terms.code.view(), today);
    add(words,
        FMT_COMPILE(" until {}, funding {} settlement {} available {} held {} exposure {} promised "
                    "{} written "
                    "off {}, cleared"),
        cut_off, -opinion.loaded(programme.number),
        all.debited - all.credited + opinion.money.paid_by_council(programme.number), available,
        held, -exposure - promised, promised, -written_off);
    add(words, opinion.cleared(programme.number, today - 1, today));
    const int batched = programme.batches.empty() ? 0 : programme.batches.rbegin()->first;
    for (const auto& [day, last] : programme.ended) {
        if (day <= batched) continue;
        add(words, FMT_COMPILE("; {} ended at {},"), day, last);
        add(words, opinion.cleared(programme.number, day - 1, day));
    }
    for (const auto& [day, closed_at] : programme.batches) {
        add(words, FMT_COMPILE("; batch {} closed at {}"), day, closed_at);
    }
    add(words, FMT_COMPILE("; disputed {}"), disputed);
    return words;
}

std::string words_for(const rules::State& state, const rules::Account& account, long now) {
    std::string words =
        format(FMT_COMPILE("{}, status {}, agreement {}, exposure {}"), account.reference.view(),
               static_cast<int>(account.status), account.agreement_version, account.exposure.value);
    for (const rules::Purse& purse : account.purses) {
        add(words, FMT_COMPILE("; {} {} {} {} {} {} {} {}"), purse.name.view(), int{purse.priority},
            purse.available.value, purse.held.value, purse.unreleased.value,
            static_cast<int>(purse.status), purse.last_day.value, purse.returned.value);
    }
    const auto windows = rules::local_windows(state.offsets, {now});
    for (const auto& count :
         {in_window(account.day, windows.day.value), in_window(account.week, windows.week),
          in_window(account.month, windows.month)}) {
        add(words, FMT_COMPILE("; counts {} in {}"), count.amount.value, count.count);
    }
    add(words, FMT_COMPILE("; cash {}, quasi-cash {}"),
        in_window(account.cash_day, windows.day.value).amount.value,
        in_window(account.quasi_cash_day, windows.day.value).amount.value);
    for (const CardId card : account.cards) {
        const rules::WindowCount& taps = state.taps_of(state.at(card)).count;
        add(words, FMT_COMPILE(", tapped {} in {}"), taps.amount.value, taps.count);
    }
    add(words, FMT_COMPILE("; open"));
    for (const AuthorisationId& id : account.open)
        add(words, FMT_COMPILE(" {}"), id.sequence.value);
    for (const rules::KeptReversal& kept : state.kept_reversals_of(account.id)) {
        if (kept.until_ns.value <= now) continue;
        add(words, FMT_COMPILE("; waiting {} {}"), kept.remaining.value, kept.until_ns.value);
    }
    for (const rules::Resolution& one : state.resolutions_of(account.id)) {
        add(words, FMT_COMPILE("; proposal {} of {} about {}, by {}, approved {}, {} {}"),
            one.proposed.value, one.amount.value, one.authorisation.sequence.value,
            one.proposed_by.view(), one.approved(), name_of(one.kind), one.notice_until.value);
    }
    if (const rules::Earmarks* earmarks = state.earmarks_of(account.id)) {
        for (const rules::Earmark& one : earmarks->all) {
            if (!one.stands_on(windows.day)) continue;
            add(words, FMT_COMPILE("; kept {} for {} as {}"), one.left.value, one.payee.view(),
                one.reference.view());
        }
    }
    for (const rules::Dispute& one : state.disputes_of(account.id)) {
        add(words, FMT_COMPILE("; dispute {} {} {} {} {}"), one.opened.value,
            static_cast<int>(one.category), static_cast<int>(one.state), one.amount.value,
            one.due.value);
    }
    return words;
}

std::string words_for(const Opinion& opinion, const model::Account& account, long now) {
    long exposure = 0;
    std::map<model::Purse, long> held;
    std::string open;
    const auto windows = london_calendar::windows_at(now);
    std::array<long, 3> amounts{};
    std::array<int, 3> counts{};
    std::map<int, long> cash;
    for (const auto& [id, one] : opinion.money.payments) {
        if (&one.account != &account) continue;
        for (std::size_t window = 0; window < windows.size(); ++window) {
            const long here = one.counted(windows[window].first);
            amounts[window] += here;
            counts[window] += here > 0 ? 1 : 0;
        }
        cash[one.sort] += std::min(one.cash, one.counted(windows[0].first));
        exposure += one.exposure + one.promised;
        if (!is_open(one)) continue;
        for (const auto& [purse, amount] : one.held) held[purse] += amount;
        add(open, FMT_COMPILE(" {}"), id);
    }
    std::string words = format(FMT_COMPILE("{}, status {}, agreement {}, exposure {}"),
                               account.name.reference.view(), static_cast<int>(account.status),
                               account.agreements.size(), exposure);
    std::map<int, std::string> purses;
    for (const auto& [purse, spec] : account.purses) {
        const auto in = [&purse = purse](const model::Money& money) {
            const auto found = money.find(purse);
            return found == money.end() ? 0 : found->second;
        };
        const auto over = account.over.find(purse);
        const bool is_open = over == account.over.end();
        const int status = is_open ? 0 : over->second.closed ? 2 : 1;
        purses[purse[2]] =
            format(FMT_COMPILE("; {} {} {} {} {} {} {} {}"), spec.name.view(), purse[0],
                   in(account.available), held[purse], in(account.unreleased), status,
                   is_open ? 0 : over->second.day, in(account.returned));
    }
    for (const auto& [number, purse] : purses) words += purse;
    for (std::size_t window = 0; window < windows.size(); ++window) {
        add(words, FMT_COMPILE("; counts {} in {}"), amounts[window], counts[window]);
    }
    add(words, FMT_COMPILE("; cash {}, quasi-cash {}"), cash[1], cash[2]);
    for (const model::Card& card : opinion.people.cards) {
        if (&card.account != &account) continue;
        const auto [amount, count] = opinion.money.taps_of(&card);
        add(words, FMT_COMPILE(", tapped {} in {}"), amount, count);
    }
    add(words, FMT_COMPILE("; open{}"), open);
    for (const model::Waiting& one : account.waiting) {
        if (one.until <= now) continue;
        add(words, FMT_COMPILE("; waiting {} {}"), one.remaining, one.until);
    }
    for (const auto& [number, one] : opinion.money.proposals) {
        if (&opinion.money.payments.at(one.payment).account != &account) continue;
        add(words, FMT_COMPILE("; proposal {} of {} about {}, by {}, approved {}, {} {}"), number,
            one.amount, one.payment, one.by, one.approved, one.recovers ? "recovery" : "write_off",
            one.notice_until);
    }
    for (const model::Earmark& one : account.earmarks) {
        if (!one.stands(london_calendar::day_at(now))) continue;
        add(words, FMT_COMPILE("; kept {} for {} as {}"), one.left, one.payee, one.reference);
    }
    std::map<long, model::Quarrel> quarrels;
    for (const auto& [id, one] : opinion.money.payments) {
        if (&one.account == &account && one.quarrel) quarrels[one.quarrel->opened] = *one.quarrel;
    }
    for (const auto& [opened, one] : quarrels) {
        add(words, FMT_COMPILE("; dispute {} {} {} {} {}"), opened, one.category, one.state,
            one.amount, one.due);
    }
    return words;
}

std::string words_for(const rules::State& state, const rules::Card& card, long now) {
    std::string words = format(FMT_COMPILE("of {}, status {}, until {}-{}, {} tokens"),
                               card.account.value, static_cast<int>(card.status), card.expiry.year,
                               int{card.expiry.month}, card.tokens.size());
    if (card.status == rules::CardStatus::frozen) {
        add(words, FMT_COMPILE(" by {}"), static_cast<int>(card.frozen_by));
    }
    if (card.replaced_by.value != 0) words += ", replaced";
    const rules::CardRules* own = state.rules_of(card);
    if (own == nullptr) return words;
    const auto windows = rules::local_windows(state.offsets, {now});
    add(words, FMT_COMPILE(", rules {}"), own->version);
    for (const auto& count :
         {in_window(own->day, windows.day.value), in_window(own->week, windows.week),
          in_window(own->month, windows.month)}) {
        add(words, FMT_COMPILE("; {} in {}"), count.amount.value, count.count);
    }
    add(words, FMT_COMPILE("; cash {}, quasi-cash {}"),
        in_window(own->cash_day, windows.day.value).amount.value,
        in_window(own->quasi_cash_day, windows.day.value).amount.value);
    return words;
}

std::string words_for(const Opinion& opinion, const model::Card& card, long now) {
    std::string words =
        format(FMT_COMPILE("of {}, status {}, until {}-{}, {} tokens"), card.account.number,
               static_cast<int>(card.status), card.terms.expiry.year, int{card.terms.expiry.month},
               card.terms.tokens.size());
    if (card.status == rules::CardStatus::frozen) {
        add(words, FMT_COMPILE(" by {}"), static_cast<int>(card.frozen_by));
    }
    if (card.after != nullptr) words += ", replaced";
    if (card.first().rules.empty()) return words;
    add(words, FMT_COMPILE(", rules {}"), card.first().rules.size());
    for (const auto& window : london_calendar::windows_at(now)) {
        long amount = 0;
        long count = 0;
        for (const auto& [id, one] : opinion.money.payments) {
            if (!one.by_card || &one.card->first() != &card.first()) continue;
            const long here = one.counted(window.first);
            amount += here;
            count += here > 0 ? 1 : 0;
        }
        add(words, FMT_COMPILE("; {} in {}"), amount, count);
    }
    std::map<int, long> cash;
    const auto today = london_calendar::windows_at(now)[0].first;
    for (const auto& [id, one] : opinion.money.payments) {
        if (!one.by_card || &one.card->first() != &card.first()) continue;
        cash[one.sort] += std::min(one.cash, one.counted(today));
    }
    add(words, FMT_COMPILE("; cash {}, quasi-cash {}"), cash[1], cash[2]);
    return words;
}

std::string words_for(const rules::Authorisation& payment) {
    std::string words =
        format(FMT_COMPILE("of {}, state {}, cleared {}, exposed {}, counted {}"),
               payment.account.value, static_cast<int>(payment.state),
               payment.presented_debit.value, payment.exposure.value, payment.counted.value);
    add(words, FMT_COMPILE(", approved {} less {} and {} back, promised {}, finished {}, {} of {}"),
        payment.approved.value, payment.reversed.value, payment.taken_back.value,
        payment.promised.value, payment.finished, payment.foreign.cleared.value,
        payment.foreign.authorised.value);
    if (payment.written_off.value != 0) {
        add(words, FMT_COMPILE(", written off {}"), payment.written_off.value);
    }
    add(words, FMT_COMPILE(", lent {} charged {} owed {}"), payment.lent.value,
        payment.charged_back.value, payment.owed_back.value);
    if (payment.state == rules::AuthorisationState::open) {
        add(words, FMT_COMPILE(", until {}"), payment.expires_ns.value);
    }
    for (const rules::Leg& leg : payment.legs) {
        add(words, FMT_COMPILE("; {} {} {} {}"), int{leg.purse.value}, leg.held.value,
            leg.debited.value, leg.credited.value);
    }
    return words;
}

std::string words_for(const model::Payment& payment) {
    std::string words = format(FMT_COMPILE("of {}, state {}, cleared {}, exposed {}, counted {}"),
                               payment.account.number, static_cast<int>(payment.state),
                               payment.cleared, payment.exposure, payment.counted());
    add(words, FMT_COMPILE(", approved {} less {} and {} back, promised {}, finished {}, {} of {}"),
        payment.approved, payment.reversed, payment.taken_back, payment.promised, payment.finished,
        payment.abroad.cleared, payment.abroad.approved);
    if (payment.written_off != 0) add(words, FMT_COMPILE(", written off {}"), payment.written_off);
    add(words, FMT_COMPILE(", lent {} charged {} owed {}"), payment.lent, payment.charged_back,
        payment.owed_back);
    if (payment.state == rules::AuthorisationState::open) {
        add(words, FMT_COMPILE(", until {}"), payment.expires);
    }
    const auto part = [](const model::Money& of, const model::Purse& purse) {
        const auto found = of.find(purse);
        return found == of.end() ? 0 : found->second;
    };
    for (const model::Purse& purse : payment.purses) {
        add(words, FMT_COMPILE("; {} {} {} {}"), purse[2], part(payment.held, purse),
            part(payment.debited, purse), part(payment.credited, purse));
    }
    return words;
}

Digest digest_of(const rules::State& state, long now) {
    Digest digest;
    for (const rules::Programme& one : state.programmes) {
        digest[format(FMT_COMPILE("programme {}"), one.id.value)] = words_for(one);
    }
    for (const rules::Account& one : state.accounts) {
        digest[format(FMT_COMPILE("account {}"), one.id.value)] = words_for(state, one, now);
    }
    for (const rules::Card& one : state.cards) {
        digest[format(FMT_COMPILE("card {}"), one.id.value)] = words_for(state, one, now);
    }
    const std::set<AuthorisationId> ids = [&] {
        std::set<AuthorisationId> found;
        for (const auto& [id, kept] : state.authorisations) found.insert(id);
        return found;
    }();
    for (const AuthorisationId& id : ids) {
        digest[format(FMT_COMPILE("payment {}"), id.sequence.value)] = words_for(*state.find(id));
    }
    return digest;
}

Digest digest_of(const Opinion& opinion, long now) {
    Digest digest;
    for (const model::Programme& one : opinion.people.programmes) {
        digest[format(FMT_COMPILE("programme {}"), one.number)] = words_for(opinion, one);
    }
    for (const model::Account& one : opinion.people.accounts) {
        digest[format(FMT_COMPILE("account {}"), one.number)] = words_for(opinion, one, now);
    }
    int card = 0;
    for (const model::Card& one : opinion.people.cards) {
        digest[format(FMT_COMPILE("card {}"), ++card)] = words_for(opinion, one, now);
    }
    for (const auto& [id, one] : opinion.money.payments) {
        digest[format(FMT_COMPILE("payment {}"), id)] = words_for(one);
    }
    return digest;
}

void leave_out_archived(Digest& all, const Digest& known) {
    std::erase_if(all, [&](const auto& item) {
        const bool is_payment = item.first.starts_with("payment ");
        const bool is_open = item.second.find(", state 1,") != std::string::npos;
        return is_payment && !is_open && !known.contains(item.first);
    });
}

std::uint64_t hash_of(const Digest& digest) {
    std::uint64_t hash = 14'695'981'039'346'656'037ULL;
    for (const auto& [name, words] : digest) {
        for (const char letter : name + '\n' + words + '\n') {
            hash = (hash ^ static_cast<unsigned char>(letter)) * 1'099'511'628'211ULL;
        }
    }
    return hash;
}

std::string difference(const Digest& core, const Digest& opinion) {
    for (const auto& [name, words] : core) {
        const auto other = opinion.find(name);
        if (other == opinion.end())
            return format(FMT_COMPILE("{} is unknown to the model: {}"), name, words);
        if (other->second == words) continue;
        return format(FMT_COMPILE("{} is\n  {} to the core and\n  {} to the model"), name, words,
                      other->second);
    }
    for (const auto& [name, words] : opinion) {
        if (!core.contains(name))
            return format(FMT_COMPILE("{} is unknown to the core: {}"), name, words);
    }
    return "";
}

}  // namespace carecard::simulation
