#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "rules/state.h"

namespace carecard::rules {

/// Writes everything a state holds as text, one line for each item, in an order that does not
/// depend on how the state came about: two states that behave alike have equal summaries.
class StateSummary {
   public:
    explicit StateSummary(const State& state) {
        line("clock", state.last_ns.value, state.last.value, state.epoch.value, state.zone.view());
        for (const OffsetEntry& entry : state.offsets.entries) {
            line("offset", entry.from.value, entry.offset_seconds);
        }
        for (const Programme& programme : state.programmes) add(programme);
        for (const Account& account : state.accounts) add(account);
        for (const Card& card : state.cards) add(card);
        for (const auto& [first, rules] : state.card_rules) add(rules);
        for (const CompiledRules& rules : state.agreements) {
            line("agreement", digest_of(rules.rules()));
        }
        add_authorisations(state);
        add_kept_reversals(state);
        add_resolutions(state);
        add_earmarks(state);
        add_disputes(state);
        add_names(state);
    }

    [[nodiscard]] std::string text() const { return out_.str(); }

   private:
    template <class... Words>
    void line(const Words&... words) {
        ((out_ << words << ' '), ...);
        out_ << '\n';
    }

    void add(const DayTotals& totals) {
        line(" totals", totals.debit_count, totals.credit_count,
             static_cast<std::int64_t>(totals.debit.value),
             static_cast<std::int64_t>(totals.credit.value));
    }

    void add(const Programme& programme) {
        line("programme", programme.id.value, programme.terms.code.view(),
             programme.terms.council.view(), programme.defaults.value, programme.business_day.value,
             programme.cut_off_ns.value, programme.batch_number, programme.as_of.value);
        line(" promised", static_cast<std::int64_t>(programme.ledger.promised.value));
        line(" written off", static_cast<std::int64_t>(programme.ledger.written_off.value));
        line(" disputed", static_cast<std::int64_t>(programme.ledger.disputed.value));
        for (const TotalMinor& total : programme.ledger.totals) {
            line(" ledger", static_cast<std::int64_t>(total.value));
        }
        add(programme.today);
        for (const EndedDay& ended : programme.ended) {
            line(" ended", ended.day.value, ended.last.value);
            add(ended.cleared);
        }
        for (const ClosedBatch& batch : programme.batches) {
            line(" batch", batch.number, batch.day.value, batch.first.value, batch.last.value,
                 batch.closed_at.value);
        }
    }

    void add(const char* window, const WindowCounter& counter) {
        line(window, counter.number, counter.count.amount.value, counter.count.count);
    }

    void add(const Account& account) {
        line("account", account.id.value, account.programme.value, account.reference.view(),
             static_cast<int>(account.arrangement), static_cast<int>(account.status),
             account.agreement.value, account.agreement_version, account.opened_ns.value,
             account.agreement_set.value, account.open_held.value, account.exposure.value,
             account.as_of.value);
        for (const Purse& purse : account.purses) {
            line(" purse", purse.name.view(), int{purse.priority}, purse.available.value,
                 purse.held.value, purse.unreleased.value, purse.spend_from.value,
                 purse.spend_until.value, static_cast<int>(purse.status), purse.last_day.value,
                 purse.returned.value);
        }
        for (const CardId& card : account.cards) line(" card", card.value);
        for (const AuthorisationId& id : account.open) line(" open", id.sequence.value);
        add(" day", account.day);
        add(" week", account.week);
        add(" month", account.month);
        add(" cash", account.cash_day);
        add(" quasi-cash", account.quasi_cash_day);
    }

    void add(const Card& card) {
        line("card", card.id.value, card.account.value, card.last_four.view(), card.expiry.year,
             int{card.expiry.month}, card.expires_ns.value, static_cast<int>(card.status),
             card.taps.round, card.taps.count.amount.value, card.taps.count.count,
             card.tokens.size(), card.first.value, card.single_use, card.has_rules,
             static_cast<int>(card.frozen_by), card.replaces.value, card.replaced_by.value);
    }

    void add(const CardRules& rules) {
        line("rules of card", rules.first.value, rules.rules.value, rules.version,
             rules.since_ns.value);
        add(" day", rules.day);
        add(" week", rules.week);
        add(" month", rules.month);
        add(" cash", rules.cash_day);
        add(" quasi-cash", rules.quasi_cash_day);
    }

    void add(const Authorisation& authorisation) {
        line("authorisation", authorisation.id.epoch.value, authorisation.id.sequence.value,
             authorisation.account.value, authorisation.card.value,
             static_cast<int>(authorisation.state), authorisation.caller.view(),
             authorisation.request_key.view(), authorisation.code.view(),
             authorisation.identity.network_transaction_id.view(), authorisation.approved.value,
             authorisation.exposure.value, authorisation.presented_debit.value,
             authorisation.presented_credit.value, authorisation.counted.value,
             authorisation.windows.day.value, authorisation.windows.week,
             authorisation.windows.month, authorisation.decided_ns.value,
             authorisation.expires_ns.value, authorisation.raised_ns.value_or(TimestampNs{}).value,
             static_cast<int>(authorisation.flow), static_cast<int>(authorisation.cash.of),
             authorisation.cash.amount.value, authorisation.refunds.sequence.value,
             authorisation.local_date.view(), authorisation.reversed.value,
             authorisation.taken_back.value, authorisation.promised.value, authorisation.finished,
             authorisation.lent.value, authorisation.charged_back.value,
             authorisation.owed_back.value, authorisation.foreign.currency.value,
             authorisation.foreign.authorised.value, authorisation.foreign.cleared.value,
             authorisation.tolerance.basis_points, authorisation.tolerance.foreign_basis_points,
             authorisation.tolerance.amount.value);
        if (const auto& apart = authorisation.counted_in) {
            line(" counted", apart->day.value, apart->week.value, apart->month.value);
        }
        for (const Leg& leg : authorisation.legs) {
            line(" leg", int{leg.purse.value}, leg.held.value, leg.debited.value,
                 leg.credited.value);
        }
    }

    void add_authorisations(const State& state) {
        std::map<AuthorisationId, const Authorisation*> in_order;
        for (const auto& [id, kept] : state.authorisations) in_order[id] = &kept.authorisation;
        for (const auto& [id, authorisation] : in_order) add(*authorisation);
        for (const auto& [at, id] : state.holds_due) line("due", at.value, id.sequence.value);
    }

    void add_earmarks(const State& state) {
        for (const auto& [account, earmarks] : state.earmarks) {
            for (const Earmark& one : earmarks.all) {
                line("earmark", account.value, one.set_by.value, one.reference.view(),
                     static_cast<int>(one.purse.value), one.amount.value, one.left.value,
                     one.payee.view(), one.due.value, one.until.value);
            }
            for (const EarmarkUse& use : earmarks.uses) {
                line("earmark use", account.value, use.earmark.value, use.authorisation.epoch.value,
                     use.authorisation.sequence.value, use.amount.value);
            }
        }
    }

    void add_kept_reversals(const State& state) {
        for (const auto& [account, kept] : state.kept_reversals) {
            for (const KeptReversal& one : kept) {
                const NetworkIdentity& identity = one.original.identity;
                line("kept", account.value, one.kept_by.value, one.original.caller.view(),
                     one.original.request_key.view(), identity.network_transaction_id.view(),
                     identity.acquirer.view(), identity.stan.view(),
                     identity.transmission_time.view(), identity.rrn.view(), one.remaining.value,
                     one.until_ns.value);
            }
        }
    }

    void add_resolutions(const State& state) {
        for (const auto& [account, open] : state.resolutions) {
            for (const Resolution& one : open) {
                line("proposal", account.value, one.proposed.value,
                     one.authorisation.sequence.value, name_of(one.kind), one.amount.value,
                     one.notice_until.value, one.proposed_by.view(), one.approved_by.view());
            }
        }
    }

    void add_disputes(const State& state) {
        for (const auto& [account, open] : state.disputes) {
            for (const Dispute& one : open) {
                line("dispute", account.value, one.opened.value, one.authorisation.sequence.value,
                     name_of(one.category), name_of(one.state), one.amount.value, one.due.value);
            }
        }
    }

    template <class Map, class Name>
    void add_sorted(const char* what, const Map& map, Name name) {
        std::vector<std::string> names;
        for (const auto& entry : map) names.push_back(name(entry));
        std::sort(names.begin(), names.end());
        for (const std::string& one : names) line(what, one);
    }

    void add_names(const State& state) {
        const auto number = [](const auto& value) { return std::to_string(value); };
        add_sorted("code", state.programme_by_code, [&](const auto& entry) {
            return entry.first + ' ' + number(entry.second.value);
        });
        add_sorted("reference", state.account_by_name, [&](const auto& entry) {
            return entry.first + ' ' + number(entry.second.value);
        });
        add_sorted("token", state.card_by_token, [&](const auto& entry) {
            return number(std::to_integer<int>(entry.first.mac[0])) + ' ' +
                   number(entry.second.value);
        });
        add_sorted("name", state.authorisation_by_name, [&](const auto& entry) {
            return number(entry.first) + ' ' + number(entry.second.sequence.value);
        });
        add_sorted("once", state.applied_once, [&](const auto& entry) {
            std::string words = number(static_cast<int>(entry.first.kind)) + ' ' +
                                number(entry.first.account.value) + ' ' + entry.first.name.str() +
                                ' ' + number(entry.second.at.value);
            if (entry.second.clearing == nullptr) return words;
            words += ' ' + number(entry.second.clearing->authorisation.sequence.value) + ' ' +
                     number(entry.second.clearing->amount.value);
            for (const PaidPart& part : entry.second.clearing->paid) {
                words += ' ' + number(part.purse.value) + ':' + number(part.amount.value);
            }
            return words;
        });
        add_sorted("digest", state.agreement_by_digest, [&](const auto& entry) {
            return number(entry.first) + ' ' + number(entry.second.value);
        });
    }

    std::ostringstream out_;
};

inline std::string summary_of(const State& state) { return StateSummary(state).text(); }

}  // namespace carecard::rules
