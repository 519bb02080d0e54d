#include "tests/model/ledger.h"

#include <algorithm>
#include <string>
#include <variant>

#include "tests/model/parts.h"

namespace carecard::model {
namespace {

const std::string no_account = "fault not_found account";
const std::string conflict = "fault conflict ";

int rules_number(Ledger& all, const rules::SpendingRules& rules) {
    const auto known = std::find(all.rules.begin(), all.rules.end(), rules);
    const auto index = known - all.rules.begin();
    if (known == all.rules.end()) all.rules.push_back(rules);
    return static_cast<int>(index) + 1;
}

std::string on(Ledger& all, const rules::CreateProgramme& command) {
    if (!command.request.council.empty() && command.request.council != command.council) {
        return "fault denied council";
    }
    for (const Programme& one : all.programmes) {
        if (one.terms.code == command.code) return conflict + "programme";
    }
    const int today = day_at(all.now);
    const bool late = instant(today, command.cut_off_second) <= all.now;
    all.programmes.push_back({.terms = command, .today = {.day = today + (late ? 1 : 0)}});
    return say("programme ", all.programmes.size(), " rules ", rules_number(all, command.defaults),
               " from ", all.programmes.back().today.day);
}

std::string on(Ledger& all, const rules::OpenAccount& command) {
    const int programme = find_programme(all, command.request, command.account.programme);
    if (programme < 0) return "fault not_found programme";
    if (find_account(all, command.request, command.account) != nullptr) {
        return conflict + "account.reference";
    }
    Account account{.programme = programme, .name = command.account.reference.str()};
    for (const rules::PurseSpec& purse : command.purses) account.purses.push_back(purse);
    all.accounts.push_back(account);
    return say("account ", all.accounts.size());
}

std::string on(Ledger& all, const rules::OpenPurse& command) {
    Account* account = find_account(all, command.request, command.account);
    if (account == nullptr) return no_account;
    if (account->status == "closed" || account->purses.size() == 16) return conflict + "account";
    for (const rules::PurseSpec& purse : account->purses) {
        if (purse.name == command.purse.name) return conflict + "purse.name";
    }
    account->purses.push_back(command.purse);
    return say("purse ", account->purses.size());
}

std::string on(Ledger& all, const rules::IssueCard& command) {
    const Account* account = find_account(all, command.request, command.account);
    if (account == nullptr) return no_account;
    if (account->status == "closed") return conflict + "account";
    Card card{.account = number_of(all, *account), .expiry = command.expiry};
    for (const CardToken& token : command.tokens) {
        if (find_card(all, {}, token) != nullptr) return conflict + "tokens";
        card.tokens.push_back(token);
    }
    if (expired(card, all.now)) return conflict + "expiry";
    all.cards.push_back(card);
    return say("card ", all.cards.size());
}

std::string on(Ledger& all, const rules::Load& command) {
    Account* account = find_account(all, command.request, command.account);
    if (account == nullptr) return no_account;
    const std::string name = say("l ", number_of(all, *account), ' ', command.reference.view());
    if (all.once.count(name) > 0) return say("recorded at ", all.once[name]);
    if (account->status == "closed") return conflict + "account";
    if (command.currency != programme_of(all, *account).terms.currency) {
        return conflict + "amount.currency";
    }
    for (const int purse : paying_order(*account)) {
        const PurseName& called = account->purses[static_cast<std::size_t>(purse)].name;
        if (!command.purse.empty() && called != command.purse) continue;
        all.once[name] = all.sequence;
        account->available[purse] += command.amount.value;
        account->loaded += command.amount.value;
        return say("loaded into ", purse + 1, left(*account));
    }
    return conflict + "purse";
}

std::string on(Ledger& all, const rules::SetAgreement& command) {
    Account* account = find_account(all, command.request, command.account);
    if (account == nullptr) return no_account;
    account->agreed = true;
    account->rules = command.rules;
    return say("rules ", rules_number(all, command.rules), " version ", ++account->versions);
}

std::string on(Ledger& all, const rules::SetCardStatus& command) {
    Card* card = find_card(all, command.request, command.card_token);
    if (command.card.value > 0) {
        card = command.card.value > all.cards.size() ? nullptr : &all.cards[command.card.value - 1];
        if (card != nullptr) card = find_card(all, command.request, card->tokens[0]);
    }
    if (card == nullptr) return "fault not_found card";
    const std::map<rules::CardStatus, std::string> names{{rules::CardStatus::active, "active"},
                                                         {rules::CardStatus::frozen, "frozen"},
                                                         {rules::CardStatus::closed, "closed"}};
    const std::string wanted = names.at(command.status);
    if (card->status == "closed" && wanted != "closed") return conflict + "status";
    card->status = wanted;
    return "card status";
}

std::string on(Ledger& all, const rules::SetAccountStatus& command) {
    Account* account = find_account(all, command.request, command.account);
    if (account == nullptr) return no_account;
    const int number = number_of(all, *account);
    long money = sum(account->available) + all.exposure(number);
    for (const Payment& one : all.payments) money += one.account == number ? sum(one.held) : 0;
    const bool closing = command.status == rules::AccountStatus::closed;
    if (closing ? money > 0 : account->status == "closed") return conflict + "status";
    account->status = closing                                        ? "closed"
                      : command.status == rules::AccountStatus::open ? "open"
                                                                     : "suspended";
    return "account status";
}

std::string on(Ledger& all, const rules::EndBusinessDay& command) {
    Programme& programme = all.programmes[command.programme.value - 1];
    programme.today.last = all.sequence - 1;
    programme.ended.push_back(programme.today);
    programme.today = {.day = programme.today.day + 1};
    return say("day ended ", programme.ended.back().day, " at ", all.sequence - 1);
}

std::string on(Ledger& all, const rules::CloseSettlement& command) {
    const int number = find_programme(all, command.request, command.programme);
    if (number < 0) return "fault not_found programme";
    Programme& programme = all.programmes[static_cast<std::size_t>(number)];
    Day previous{.day = -1};
    for (const Day& batch : programme.batches) {
        if (batch.day == command.day.value) return say("recorded at ", batch.closed_at);
        previous = batch;
    }
    Day batch;
    for (const Day& one : programme.ended) {
        if (one.day <= previous.day || one.day > command.day.value) continue;
        batch = {.day = one.day,
                 .last = one.last,
                 .debits = batch.debits + one.debits,
                 .debit_sum = batch.debit_sum + one.debit_sum,
                 .credits = batch.credits + one.credits,
                 .credit_sum = batch.credit_sum + one.credit_sum,
                 .closed_at = all.sequence};
    }
    if (batch.day != command.day.value) return conflict + "day";
    programme.batches.push_back(batch);
    return say("batch ", programme.batches.size(), ": ", previous.last + 1, " to ", batch.last,
               ", debits ", batch.debits, ' ', batch.debit_sum, ", credits ", batch.credits, ' ',
               batch.credit_sum);
}

std::string on(Ledger& all, const rules::SetOffsetTable& command) {
    if (!all.tables.empty() && all.tables.back() == command) return conflict + "offsets";
    all.tables.push_back(command);
    return "offsets";
}

std::string on(Ledger& all, const rules::AdvanceClock& command) {
    return command.to.value < all.last_now ? conflict + "to" : "clock advanced";
}

std::string on(Ledger& all, const rules::AcceptClock&) {
    return say("clock accepted after ", all.last_now);
}

}  // namespace

std::string Ledger::answer(const rules::Command& command, long now_ns, long next) {
    now = now_ns;
    sequence = next;
    const std::string said = std::visit([&](const auto& one) { return on(*this, one); }, command);
    const bool recorded = said.rfind("fault", 0) != 0 && said.rfind("unrecorded", 0) != 0 &&
                          said.rfind("recorded", 0) != 0;
    if (recorded) last_now = now_ns;
    return said;
}

std::string Ledger::next_due(long until) const {
    std::string first;
    for (std::size_t index = 0; index < programmes.size(); ++index) {
        const Programme& one = programmes[index];
        const long at = instant(one.today.day, one.terms.cut_off_second);
        if (at > until) continue;
        until = at - 1;
        first = say("cut-off of ", index + 1, " day ", one.today.day, " at ", at);
    }
    for (const Payment& one : payments) {
        if (one.state != "open" || one.expires > until) continue;
        until = one.expires - 1;
        first = say("expiry of ", one.id, " at ", one.expires);
    }
    return first;
}

void Ledger::learn_code(long id, std::string_view code) {
    for (Payment& one : payments) {
        if (one.id == id) one.code = code;
    }
}

long Ledger::held(int account, int purse) const {
    long total = 0;
    for (const Payment& one : payments) {
        const auto part = one.held.find(purse);
        if (one.account == account && part != one.held.end()) total += part->second;
    }
    return total;
}

long Ledger::exposure(int account) const {
    long total = 0;
    for (const Payment& one : payments) total += one.account == account ? one.exposure : 0;
    return total;
}

}  // namespace carecard::model
