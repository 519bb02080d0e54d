#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rules/command.h"

/// A second opinion on the rules: slow, obvious, and written from their description alone. It
/// keeps plain lists, adds everything up again at each question, and answers in sentences.
namespace carecard::model {

/// An authorisation, or a presentment that had none.
struct Payment {
    long id = 0;
    int account = 0;
    std::string state, caller, key, network_id, trace, code;
    std::vector<int> purses;  ///< In the order in which they came to pay.
    std::map<int, long> held, debited, credited;
    long exposure = 0, cleared = 0, counted = 0, expires = 0;
    bool has_place = false;  ///< In the counts of its windows.
    int day = 0, week = 0, month = 0;
};

/// A reversal that came before its payment.
struct Waiting {
    std::vector<std::string> names;
    long remaining = 0, until = 0;
};

struct Account {
    int programme = 0;
    std::string name, status = "open";
    std::vector<rules::PurseSpec> purses;
    std::map<int, long> available;
    bool agreed = false;
    rules::SpendingRules rules;
    int versions = 0;
    long loaded = 0, settled = 0;
    std::vector<Waiting> waiting;
};

struct Card {
    int account = 0;
    std::vector<CardToken> tokens;
    ExpiryMonth expiry;
    std::string status = "active";
};

struct Day {
    int day = 0;
    long last = 0, debits = 0, debit_sum = 0, credits = 0, credit_sum = 0, closed_at = 0;
};

struct Programme {
    rules::CreateProgramme terms;
    Day today;
    std::vector<Day> ended, batches;
};

/// All there is, by number from 0; what the core numbers from 1 is one more.
struct Ledger {
    std::vector<Programme> programmes;
    std::vector<Account> accounts;
    std::vector<Card> cards;
    std::vector<Payment> payments;
    std::vector<rules::SpendingRules> rules;
    std::vector<rules::SetOffsetTable> tables;
    std::map<std::string, long> once;  ///< What happens once, and in which event it did.
    long now = 0, last_now = 0, sequence = 0;

    /// What should come of `command` as the event `next` at `now_ns`. Remembers its effect.
    std::string answer(const rules::Command& command, long now_ns, long next);
    /// What is due first, by itself, up to `until`; empty when nothing is.
    [[nodiscard]] std::string next_due(long until) const;
    /// How codes are made is not the model's business: it is told.
    void learn_code(long id, std::string_view code);
    [[nodiscard]] long held(int account, int purse) const;
    [[nodiscard]] long exposure(int account) const;
};

}  // namespace carecard::model
