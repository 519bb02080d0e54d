#include "tests/register/register.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/limits.h"
#include "tests/rules/london_calendar.h"

namespace carecard::model {
namespace {

using namespace rules;            // NOLINT(google-build-using-namespace)
using namespace london_calendar;  // NOLINT(google-build-using-namespace)
using fmt::format, std::string;

template <class Items, class Fits>
auto* first(Items& items, Fits fits) {
    const auto found = std::find_if(items.begin(), items.end(), fits);
    return found == items.end() ? nullptr : &*found;
}

bool may(const Request& who, const Programme& programme) {
    return who.council.empty() || who.council == programme.terms.council;
}

/// The purse of that name, or the open one that pays first when there is no name.
auto purse_named(const Account& account, const PurseName& name) {
    const Purse& open = pays_first(account);
    return first(account.purses, [&](auto& one) {
        return name.empty() ? one.first == open : one.second.name == name;
    });
}
bool is_over(const Account& account, const PurseName& name) {
    const auto purse = purse_named(account, name);
    return purse != nullptr && account.over.contains(purse->first);
}
bool has_purse(const Account& account, const PurseName& name) {
    return !name.empty() && purse_named(account, name) != nullptr;
}

void open_purse(Account& account, const PurseSpec& purse) {
    const int number = static_cast<int>(account.purses.size()) + 1;
    const int until = purse.terms.spend_until.value;
    const int last = until == 0 ? std::numeric_limits<int>::max() : until;
    account.purses[{purse.priority, last, number}] = purse;
}

long waiting_in(const Account& account, const PurseName& name) {
    const auto found = account.unreleased.find(purse_named(account, name)->first);
    return found == account.unreleased.end() ? 0 : found->second;
}

/// What stands against a command, in the order in which it is told; empty when nothing does.
struct Objections {
    const Register& all;
    const Subject& of;
    long now;
    long money;

    using Table = std::vector<std::pair<bool, string>>;

    [[nodiscard]] bool closed() const { return of.account->status == AccountStatus::closed; }

    Table operator()(const CreateProgramme& command) const {
        const CouncilCode& council = command.request.council;
        return {{!council.empty() && council != command.council, "denied council"},
                {of.programme != nullptr, "conflict programme"}};
    }
    Table operator()(const OpenAccount&) const {
        return {{of.programme == nullptr, "not_found programme"},
                {of.account != nullptr, "conflict account.reference"}};
    }
    Table operator()(const OpenPurse& command) const {
        if (of.account == nullptr) return no_account;
        const bool full = of.account->purses.size() == purses_per_account_max;
        return {{closed() || full, "conflict account"},
                {has_purse(*of.account, command.purse.name), "conflict purse.name"}};
    }
    Table operator()(const IssueCard& command) const {
        if (of.account == nullptr) return no_account;
        return {{closed(), "conflict account"},
                {of.taken, "conflict tokens"},
                {expired(command.expiry, now), "conflict expiry"}};
    }
    Table operator()(const Load& command) const {
        if (of.account == nullptr) return no_account;
        const bool in_hours = command.units.value > 0;
        const bool foreign = !in_hours && command.currency != of.programme->terms.currency;
        const auto purse = purse_named(*of.account, command.purse);
        const PurseTerms terms = purse == nullptr ? PurseTerms{} : purse->second.terms;
        const int shut = terms.intake_closed_from.value;
        const bool odd =
            in_hours && (terms.unit != PurseUnit::hours || !worth(command, *of.account));
        return {{of.recorded > 0, format("recorded at {}", of.recorded)},
                {closed(), "conflict account"},
                {foreign, "conflict amount.currency"},
                {purse == nullptr || is_over(*of.account, command.purse), "conflict purse"},
                {shut > 0 && day_at(now) >= shut, "conflict purse"},
                {odd, "conflict units_hundredths"}};
    }
    Table operator()(const ReleaseStage& command) const {
        if (of.account == nullptr) return no_account;
        if (!has_purse(*of.account, command.purse)) return {{true, "conflict purse"}};
        const bool staged = purse_named(*of.account, command.purse)->second.terms.staged;
        const bool foreign = command.currency != of.programme->terms.currency;
        const bool more = command.amount.value > waiting_in(*of.account, command.purse);
        return {{of.recorded > 0, format("recorded at {}", of.recorded)},
                {closed(), "conflict account"},
                {foreign, "conflict amount.currency"},
                {!staged || is_over(*of.account, command.purse), "conflict purse"},
                {more, "conflict amount.minor_units"}};
    }
    Table operator()(const ClosePurse& command) const {
        if (of.account == nullptr) return no_account;
        return {{!has_purse(*of.account, command.purse), "conflict purse"},
                {is_over(*of.account, command.purse), "conflict purse"}};
    }
    Table operator()(const SetEarmark& command) const {
        if (of.account == nullptr) return no_account;
        const Account& account = *of.account;
        const auto purse = purse_named(account, command.purse);
        const int today = day_at(now);
        long standing = 0, kept = 0, has = 0;
        for (const Earmark& one : account.earmarks) {
            if (!one.stands(today)) continue;
            ++standing;
            if (purse != nullptr && one.purse == purse->first) kept += one.left;
        }
        if (purse != nullptr && account.available.contains(purse->first)) {
            has = account.available.at(purse->first);
        }
        const long waits = purse == nullptr || !account.unreleased.contains(purse->first)
                               ? 0
                               : account.unreleased.at(purse->first);
        const long free = std::max(0L, std::max(0L, has - waits) - kept);
        const bool foreign = command.currency != of.programme->terms.currency;
        return {{of.recorded > 0, format("recorded at {}", of.recorded)},
                {closed(), "conflict account"},
                {foreign, "conflict amount.currency"},
                {purse == nullptr || is_over(account, command.purse), "conflict purse"},
                {command.due.value < today, "conflict due"},
                {standing >= 8, "conflict account"},
                {command.amount.value > free, "conflict amount.minor_units"}};
    }
    Table operator()(const WithdrawEarmark& command) const {
        if (of.account == nullptr) return no_account;
        const bool stands = std::ranges::any_of(of.account->earmarks, [&](const Earmark& one) {
            return one.reference == command.reference.str() && one.stands(day_at(now));
        });
        return {{!stands, "conflict reference"}};
    }
    Table operator()(const SetProvider&) const {
        return {{of.programme == nullptr, "not_found programme"}};
    }
    Table operator()(const SetAgreement&) const {
        return of.account == nullptr ? no_account : Table{};
    }
    Table operator()(const SetCardStatus& command) const {
        if (of.card == nullptr) return no_card;
        using enum CardStatus;
        const auto was = of.card->status, to = command.status;
        const bool missing = was == lost || was == stolen;
        const bool back = of.card->over() && to != closed && to != was &&
                          !(missing && (to == lost || to == stolen));
        const bool holder = command.by == Actor::holder;
        const bool councils = was == frozen && of.card->frozen_by != Actor::holder;
        return {{back || (was == inactive && to == frozen), "conflict status"},
                {holder && to == closed && was != closed, "conflict status"},
                {holder && councils && to == active, "conflict status"}};
    }
    Table operator()(const ReplaceCard& command) const {
        if (of.card == nullptr) return no_card;
        using enum CardStatus;
        const auto was = of.card->status;
        const bool renews = command.because == ReplacedBecause::renewal;
        const bool councils = was == frozen && of.card->frozen_by != Actor::holder;
        return {{of.card->after != nullptr || was == closed || was == used, "conflict card"},
                {councils || (was == inactive && renews), "conflict card"},
                {closed_account(of.card->account), "conflict account"},
                {of.taken, "conflict tokens"},
                {expired(command.expiry, now), "conflict expiry"}};
    }
    Table operator()(const SetCardRules&) const { return of.card == nullptr ? no_card : Table{}; }
    Table operator()(const SetAccountStatus& command) const {
        if (of.account == nullptr) return no_account;
        const bool closing = command.status == AccountStatus::closed;
        return {{closing ? money > 0 : closed(), "conflict status"}};
    }
    Table operator()(const CloseSettlement& command) const {
        if (of.programme == nullptr) return {{true, "not_found programme"}};
        const auto& [number, terms, today, ended, batches, providers] = *of.programme;
        const int day = command.day.value;
        const bool in_a_batch = !batches.empty() && day <= batches.rbegin()->first;
        return {{of.recorded > 0, format("recorded at {}", of.recorded)},
                {in_a_batch || !ended.contains(day), "conflict day"}};
    }
    Table operator()(const SetOffsetTable& command) const {
        return {{!all.offsets.empty() && all.offsets.back() == command, "conflict offsets"}};
    }
    Table operator()(const AdvanceClock& command) const {
        return {{command.to.value < all.last_now, "conflict to"}};
    }
    template <class Anything>
    Table operator()(const Anything&) const {
        return {};
    }

    static bool closed_account(const Account& account) {
        return account.status == AccountStatus::closed;
    }

    const Table no_account = {{true, "not_found account"}};
    const Table no_card = {{true, "not_found card"}};
};

/// What a command that nothing stands against changes.
struct Effect {
    Register& all;
    const Subject& of;
    long now, sequence;

    void operator()(const CreateProgramme& command) const {
        const int number = static_cast<int>(all.programmes.size()) + 1;
        const int today = day_at(now);
        const bool late = instant(today, command.cut_off_second) <= now;
        all.programmes.push_back({number, command, late ? today + 1 : today});
    }
    void operator()(const OpenAccount& command) const {
        const int number = static_cast<int>(all.accounts.size()) + 1;
        all.accounts.push_back({number, *of.programme, command.account});
        for (const PurseSpec& purse : command.purses) open_purse(all.accounts.back(), purse);
    }
    void operator()(const OpenPurse& command) const { open_purse(*of.account, command.purse); }
    void operator()(const IssueCard& command) const {
        all.cards.push_back({*of.account, command, first_status(command.activation_required)});
    }
    static CardStatus first_status(bool waits) {
        return waits ? CardStatus::inactive : CardStatus::active;
    }
    /// Those before `card` that might still be spent are over.
    static void end_before(Card& card) {
        for (Card* one = card.before; one != nullptr; one = one->before) {
            if (!one->over()) one->status = CardStatus::replaced;
        }
    }
    void operator()(const ReplaceCard& command) const {
        Card& old_card = *of.card;
        IssueCard terms = old_card.terms;
        terms.tokens = command.tokens;
        terms.expiry = command.expiry;
        const bool waits = command.activation_required;
        static const std::map<ReplacedBecause, CardStatus> ends{
            {ReplacedBecause::lost, CardStatus::lost},
            {ReplacedBecause::stolen, CardStatus::stolen},
            {ReplacedBecause::damaged, CardStatus::damaged}};
        const auto end = ends.find(command.because);
        if (!old_card.over() && end != ends.end()) old_card.status = end->second;
        all.cards.push_back({of.card->account, terms, first_status(waits)});
        all.cards.back().before = &old_card;
        old_card.after = &all.cards.back();
        if (!waits) end_before(all.cards.back());
    }
    void operator()(const SetCardRules& command) const {
        of.card->first().rules.push_back(command.rules);
    }
    void operator()(const Load& command) const {
        const auto& [purse, spec] = *purse_named(*of.account, command.purse);
        const long amount = *worth(command, *of.account);
        of.account->available[purse] += amount;
        if (spec.terms.staged) of.account->unreleased[purse] += amount;
    }
    void operator()(const ReleaseStage& command) const {
        const Purse purse = purse_named(*of.account, command.purse)->first;
        of.account->unreleased[purse] -= command.amount.value;
    }
    void end(const Purse& purse, End how) const {
        of.account->over[purse] = how;
        of.account->unreleased.erase(purse);
        std::erase_if(of.account->earmarks, [&](const Earmark& one) { return one.purse == purse; });
        send_on(*of.account);
    }
    void operator()(const ClosePurse& command) const {
        end(purse_named(*of.account, command.purse)->first, {true, day_at(now)});
    }
    void operator()(const EndPurse& command) const {
        const auto ends = first(of.account->purses,
                                [&](auto& one) { return one.first[2] == command.purse.value; });
        end(ends->first, {false, ends->first[1]});
    }
    void operator()(const SetEarmark& command) const {
        const int due = command.due.value, until = command.until.value;
        const Earmark set{.reference = command.reference.str(),
                          .purse = purse_named(*of.account, command.purse)->first,
                          .payee = command.payee.str(),
                          .due = due,
                          .until = until != 0              ? until
                                   : command.payee.empty() ? due
                                                           : due + 7,
                          .set_aside = command.amount.value,
                          .left = command.amount.value,
                          .set_by = sequence};
        auto& earmarks = of.account->earmarks;
        earmarks.insert(std::ranges::upper_bound(earmarks, due, {}, &Earmark::due), set);
    }
    void operator()(const WithdrawEarmark& command) const {
        std::erase_if(of.account->earmarks,
                      [&](const Earmark& one) { return one.reference == command.reference.str(); });
    }
    void operator()(const SetProvider& command) const {
        of.programme->providers[{command.provider_register.str(), command.acceptor.str()}] =
            command.dates;
    }
    void operator()(const SetAgreement& command) const {
        of.account->agreements.push_back(command.rules);
    }
    void operator()(const SetCardStatus& command) const {
        using enum CardStatus;
        Card& card = *of.card;
        const bool councils = card.status == frozen && card.frozen_by != Actor::holder;
        if (!councils) card.frozen_by = command.by;
        if (card.status == inactive && command.status == active) end_before(card);
        card.status = command.status;
    }
    void operator()(const SetAccountStatus& command) const { of.account->status = command.status; }
    void operator()(const EndBusinessDay&) const {
        of.programme->ended[of.programme->today++] = sequence - 1;
    }
    void operator()(const CloseSettlement& command) const {
        of.programme->batches[command.day.value] = sequence;
    }
    void operator()(const SetOffsetTable& command) const { all.offsets.push_back(command); }
    template <class Anything>
    void operator()(const Anything&) const {}
};

string presentment_name(const Account& account, const PresentmentId& id) {
    return format("presentment {} {}", account.number, id.view());
}

/// What an advice does not say of its request's marks it has itself.
OriginalReference named_by(const Advise& advise) {
    OriginalReference named = advise.original;
    const auto network = named.identity.network_transaction_id;
    const NetworkIdentity& own = advise.identity;
    const NetworkIdentity& said = named.identity;
    if (said.acquirer.empty() || said.stan.empty() || said.rrn.empty()) {
        named.identity = own;
        named.local_date = advise.local_date;
    }
    named.identity.network_transaction_id = network.empty() ? own.network_transaction_id : network;
    return named;
}

/// The code of a payment that the network approved; ours are told later.
template <class Asked>
AuthorisationCode code_of(const Asked& asked) {
    if constexpr (requires { asked.advice; }) return asked.code;
    return {};
}

/// The name under which a command happens once; empty when it has none.
string once_name(const Command& command, const Subject& of) {
    if (const auto* load = std::get_if<Load>(&command)) {
        if (of.account == nullptr) return "";
        return format("load {} {}", of.account->number, load->reference.view());
    }
    if (const auto* release = std::get_if<ReleaseStage>(&command)) {
        if (of.account == nullptr) return "";
        return format("stage {} {} of {}", of.account->number, release->stage.view(),
                      release->purse.view());
    }
    if (const auto* earmark = std::get_if<SetEarmark>(&command)) {
        if (of.account == nullptr) return "";
        return format("earmark {} {}", of.account->number, earmark->reference.view());
    }
    if (const auto* present = std::get_if<Present>(&command)) {
        if (of.account == nullptr) return "";
        return presentment_name(*of.account, present->presentment_id);
    }
    if (const auto* close = std::get_if<CloseSettlement>(&command)) {
        if (of.programme == nullptr) return "";
        return format("batch {} {}", of.programme->number, close->day.value);
    }
    return "";
}

}  // namespace

Subject Register::subject_of(const Command& command) {
    Subject of;
    const auto programme_under = [&](const Request& who, const ProgrammeCode& code) {
        return first(programmes,
                     [&](auto& one) { return one.terms.code == code && may(who, one); });
    };
    const auto account_under = [&](const Request& who, const AccountName& name) {
        return first(accounts,
                     [&](auto& one) { return one.name == name && may(who, one.programme); });
    };
    const auto card_under = [&](const Request& who, const CardToken& token) {
        return first(cards, [&](auto& one) {
            const bool named = std::ranges::count(one.terms.tokens, token) > 0;
            return named && may(who, one.account.programme);
        });
    };
    const auto look = [&](const auto& one) {
        if constexpr (requires {
                          one.code.view();
                          one.cut_off_second;
                      }) {
            of.programme = programme_under({}, one.code);
        }
        if constexpr (requires { one.account.reference; }) {
            of.programme = programme_under(one.request, one.account.programme);
            of.account = account_under(one.request, one.account);
        }
        if constexpr (requires { one.tokens; }) {
            for (const CardToken& token : one.tokens) {
                of.taken = of.taken || card_under({}, token) != nullptr;
            }
        }
        if constexpr (requires { one.card_token; })
            of.card = card_under(one.request, one.card_token);
        if constexpr (requires { one.card.value; }) {
            const std::size_t number = one.card.value;
            if (number > 0) of.card = number <= cards.size() ? &cards[number - 1] : nullptr;
            const bool hidden = of.card != nullptr && !may(one.request, of.card->account.programme);
            if (hidden) of.card = nullptr;
        } else if constexpr (requires { one.card_token; }) {
            of.account = of.card == nullptr ? nullptr : &of.card->account;
            of.programme = of.card == nullptr ? nullptr : &of.account->programme;
        }
        if constexpr (requires { one.refunds; }) {
            find_originals(one.refunds.reference(), one.amounts.billing.value, of);
        } else if constexpr (requires { one.advice; }) {
            find_originals(named_by(one), one.amounts.billing.value, of);
            of.names = whole(names_of({.caller = one.request.caller,
                                       .request_key = one.request.key,
                                       .identity = one.identity}));
            of.other_card = is_of_other_card(one, of);
        } else if constexpr (requires { one.original; }) {
            if constexpr (requires { one.amounts; }) {
                find_originals(one.original, one.amounts.billing.value, of);
            } else {
                find_originals(one.original, one.remaining.value, of);
            }
            of.names = whole(names_of(one.original));
        }
        if constexpr (
            requires { one.merchant; } && !requires { one.presentment_id; }) {
            of.names = whole(names_of({.caller = one.request.caller,
                                       .request_key = one.request.key,
                                       .identity = one.identity}));
        }
    };
    std::visit(look, command);
    if (const auto* close = std::get_if<CloseSettlement>(&command)) {
        of.programme = programme_under(close->request, close->programme);
    }
    if (const auto* set = std::get_if<SetProvider>(&command)) {
        of.programme = programme_under(set->request, set->programme);
    }
    if (const auto* end = std::get_if<EndPurse>(&command)) {
        of.account = &accounts[end->account.value - 1];
        of.programme = &of.account->programme;
    }
    if (const auto* pay = std::get_if<PayEarmark>(&command)) {
        of.account = &accounts[pay->account.value - 1];
        of.programme = &of.account->programme;
    }
    if (const auto* end = std::get_if<EndBusinessDay>(&command)) {
        of.programme = &programmes[end->programme.value - 1];
    }
    const auto recorded = [&](const string& name) {
        const auto before = once_.find(name);
        return before == once_.end() ? 0 : before->second;
    };
    of.recorded = recorded(once_name(command, of));
    if (const auto* present = std::get_if<Present>(&command); present && of.account) {
        of.reverses = recorded(presentment_name(*of.account, present->reverses));
    }
    return of;
}

const Purse& pays_first(const Account& account) {
    const auto open =
        first(account.purses, [&](auto& one) { return !account.over.contains(one.first); });
    return open == nullptr ? account.purses.begin()->first : open->first;
}

void send_on(Account& account) {
    for (const auto& [purse, end] : account.over) {
        account.returned[purse] += std::exchange(account.available[purse], 0);
    }
}

std::optional<long> worth(const Load& load, const Account& account) {
    if (load.units.value == 0) return load.amount.value;
    const auto purse = purse_named(account, load.purse);
    const long hundredfold = purse->second.terms.unit_rate.value * load.units.value;
    if (hundredfold % 100 != 0 || hundredfold / 100 > load_minor_max.value) return std::nullopt;
    return hundredfold / 100;
}

string Register::answer(const Command& command, const Subject& of, long now, long sequence,
                        long money) {
    const Objections against{*this, of, now, money};
    for (const auto& [holds, reason] : std::visit(against, command)) {
        if (holds) return "refused " + reason;
    }
    std::visit(Effect{*this, of, now, sequence}, command);
    return "done";
}

void Register::learn(const Command& command, const Subject& of, long sequence, bool began) {
    const string name = once_name(command, of);
    if (!name.empty()) once_[name] = sequence;
    if (!began) return;
    account_of_[sequence] = of.account;
    card_of_[sequence] = of.card;
    std::visit(
        [&](const auto& one) {
            if constexpr (requires {
                              one.identity;
                              one.local_date;
                          }) {
                const AuthorisationId id{{1}, {static_cast<std::uint64_t>(sequence)}};
                names_[sequence] = names_of({.authorisation_id = id,
                                             .caller = one.request.caller,
                                             .request_key = one.request.key,
                                             .identity = one.identity,
                                             .authorisation_code = code_of(one),
                                             .local_date = one.local_date});
            }
        },
        command);
}

bool Register::is_of_other_card(const Advise& advise, const Subject& of) const {
    if (of.card == nullptr) return false;
    const string id = names_of(advise.original)[0];
    for (const auto& [payment, names] : names_) {
        const bool named = !advise.original.authorisation_id.none() && names[0] == id &&
                           may(advise.request, account_of_.at(payment)->programme);
        const bool found = of.originals.size() == 1 && of.originals[0] == payment;
        if ((named || found) && &card_of_.at(payment)->first() != &of.card->first()) return true;
    }
    return false;
}

WholeNames Register::whole(const Names& names) { return {names[1], names[2], names[3]}; }

bool share_one(const WholeNames& some, const WholeNames& others) {
    for (std::size_t name = 0; name < some.size(); ++name) {
        if (!some[name].empty() && some[name] == others[name]) return true;
    }
    return false;
}

Register::Names Register::names_of(const OriginalReference& of) {
    const NetworkIdentity& network = of.identity;
    const string id =
        format("{}-{}", of.authorisation_id.epoch.value, of.authorisation_id.sequence.value);
    const string key = format("{} {}", of.caller.view(), of.request_key.view());
    const string trace = format("{} {} {} {}", network.acquirer.view(), network.stan.view(),
                                network.transmission_time.view(), network.rrn.view());
    const string date = of.local_date.str();
    const string dated = format("{} {} {} {}", network.acquirer.view(), network.stan.view(),
                                network.rrn.view(), date);
    return {id,
            of.request_key.empty() ? "" : key,
            network.network_transaction_id.str(),
            network.has_trace() ? trace : "",
            network.has_reference() && !date.empty() ? dated : "",
            of.authorisation_code.str()};
}

/// The strongest name that fits one payment alone; else the weakest that fits any.
/// The code is believed of the same card alone, and up to half or 100.00 above what was approved.
void Register::find_originals(const OriginalReference& reference, long amount, Subject& of) const {
    const Names wanted = names_of(reference);
    const auto believed = [&](long payment) {
        const long approved = approved_.at(payment);
        return &card_of_.at(payment)->first() == &of.card->first() &&
               amount <= approved + std::max(approved / 2, 10'000L);
    };
    for (std::size_t by = 0; by < wanted.size() && of.originals.size() != 1; ++by) {
        std::vector<long> fitting;
        for (const auto& [payment, names] : names_) {
            const bool fits = !wanted[by].empty() && names[by] == wanted[by];
            if (!fits || account_of_.at(payment) != of.account) continue;
            if (by < 5 || believed(payment)) fitting.push_back(payment);
        }
        if (fitting.empty()) continue;
        of.originals = fitting;
        of.by = std::array{1, 2, 3, 4, 6, 5}[by];
    }
}

}  // namespace carecard::model
