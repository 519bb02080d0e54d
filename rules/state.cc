#include "rules/state.h"

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <string>
#include <tuple>

#include "common/check.h"

namespace carecard::rules {
namespace {

/// FNV-1a over parts, each followed by a separator so that ("ab", "c") is not ("a", "bc").
class Fold {
   public:
    Fold& add(std::string_view bytes) {
        for (const char byte : bytes) step(static_cast<unsigned char>(byte));
        step(0xff);
        return *this;
    }
    Fold& add(std::uint64_t number) {
        for (int shift = 0; shift < 64; shift += 8) step((number >> shift) & 0xff);
        return *this;
    }
    [[nodiscard]] std::uint64_t value() const { return value_ == 0 ? 1 : value_; }

   private:
    void step(std::uint64_t byte) {
        value_ ^= byte;
        value_ *= 0x100000001b3U;
    }
    std::uint64_t value_ = 0xcbf29ce484222325U;
};

Fold fold(char kind, AccountId account) {
    Fold fold;
    fold.add(static_cast<std::uint64_t>(kind)).add(account.value);
    return fold;
}

void add_limit(Fold& fold, const WindowLimit& limit) {
    fold.add(limit.amount_max ? static_cast<std::uint64_t>(limit.amount_max->value) + 1 : 0);
    fold.add(limit.count_max ? std::uint64_t{*limit.count_max} + 1 : 0);
}

void add_ranges(Fold& fold, const MccRanges& ranges) {
    fold.add(ranges.size());
    for (const MccRange& range : ranges) {
        fold.add(range.first.value).add(range.last.value).add(range.group.view());
    }
}

/// Where a purse stands among those that pay.
auto place_of(const Purse& purse, PurseNumber number) {
    const DayNumber last = purse.spend_until.value == 0 ? calendar_end_day : purse.spend_until;
    return std::tuple(purse.priority, last, number);
}

template <class Sequence, class Id>
auto& by_number(Sequence& items, Id id) {
    CHECK(id.value >= 1);
    CHECK(id.value <= items.size());
    return items[id.value - 1];
}

}  // namespace

AmountMinor Account::available() const {
    AmountMinor sum;
    for (const Purse& purse : purses) sum.value += purse.available.value;
    return sum;
}

AmountMinor Account::held() const {
    AmountMinor sum;
    for (const Purse& purse : purses) sum.value += purse.held.value;
    return sum;
}

InlineVector<PurseNumber, purses_per_account_max> Account::spending_order() const {
    InlineVector<PurseNumber, purses_per_account_max> order;
    for (std::size_t index = 0; index < purses.size(); ++index) {
        order.push_back({static_cast<std::uint8_t>(index + 1)});
    }
    std::sort(order.begin(), order.end(), [this](PurseNumber a, PurseNumber b) {
        return place_of(purse(a), a) < place_of(purse(b), b);
    });
    return order;
}

PurseNumber Account::pays_first() const {
    const auto order = spending_order();
    const auto found = std::find_if(order.begin(), order.end(), [this](PurseNumber number) {
        return purse(number).status == PurseStatus::open;
    });
    return found == order.end() ? order[0] : *found;
}

const Purse& Account::purse(PurseNumber number) const { return by_number(purses, number); }
Purse& Account::purse(PurseNumber number) { return by_number(purses, number); }

std::size_t NameHash::operator()(const CardToken& token) const {
    std::uint64_t head = 0;  // A token is the output of a keyed hash: its first bytes are random.
    std::memcpy(&head, token.mac.data(), sizeof head);
    return head;
}

std::size_t NaturalKeyHash::operator()(const NaturalKey& key) const {
    return fold(static_cast<char>(key.kind), key.account).add(key.name.view()).value();
}

Purse new_purse(State& state, const PurseSpec& spec) {
    const PurseTerms shared = shared_part(spec.terms);
    PurseTermsId id;
    if (const PurseTermsId* known = state.find(shared)) {
        id = *known;
    } else if (shared != PurseTerms{}) {
        state.purse_terms.emplace_back(shared);
        id = {static_cast<std::uint32_t>(state.purse_terms.size())};
        state.purse_terms_by_digest.emplace(digest_of(shared), id);
    }
    return {.name = spec.name,
            .priority = spec.priority,
            .terms = id,
            .spend_from = spec.terms.spend_from,
            .spend_until = spec.terms.spend_until,
            .available = {},
            .held = {},
            .unreleased = {},
            .last_day = {},
            .returned = {}};
}

void add_purse(State& state, Account& account, const Purse& purse) {
    account.purses.push_back(purse);
    if (purse.spend_until.value == 0 || purse.status != PurseStatus::open) return;
    state.purses_due.insert({.last_day = purse.spend_until,
                             .account = account.id,
                             .purse = {static_cast<std::uint8_t>(account.purses.size())}});
}

PurseSpec spec_of(const State& state, const Purse& purse) {
    return {.name = purse.name, .priority = purse.priority, .terms = state.terms_of(purse)};
}

NaturalKey stage_key(AccountId account, PurseNumber purse, const StageReference& stage) {
    InlineText<64> name;
    CHECK(purse.value <= purses_per_account_max);
    const char tens = static_cast<char>('0' + purse.value / 10);
    const char ones = static_cast<char>('0' + purse.value % 10);
    name = InlineText<64>::of(std::string{tens, ones, '/'} + stage.str());
    return {.kind = NaturalKey::Kind::stage, .account = account, .name = name};
}

NaturalKey earmark_key(AccountId account, const EarmarkReference& reference) {
    return {.kind = NaturalKey::Kind::earmark,
            .account = account,
            .name = InlineText<64>::of(reference.view())};
}

std::string account_key(ProgrammeId programme, const AccountReference& reference) {
    return std::to_string(programme.value) + '/' + reference.str();
}

std::uint64_t digest_of(const SpendingRules& rules) {
    Fold fold;
    add_ranges(fold, rules.mcc_allowed);
    add_ranges(fold, rules.mcc_refused);
    fold.add(rules.cash_agreed ? 1U : 0U);
    add_limit(fold, {.amount_max = rules.single_max});
    add_limit(fold, rules.day);
    add_limit(fold, rules.week);
    add_limit(fold, rules.month);
    fold.add(rules.quasi_cash_agreed ? 1U : 0U);
    for (const CashLimits& limits : {rules.cash, rules.quasi_cash}) {
        add_limit(fold, {.amount_max = limits.single_max});
        add_limit(fold, {.amount_max = limits.day_max});
    }
    fold.add(rules.contactless.off ? 1U : 0U);
    add_limit(fold, {.amount_max = rules.contactless.single_max});
    add_limit(fold, {.amount_max = rules.contactless.total_max,
                     .count_max = rules.contactless.count_max});
    fold.add(rules.balance_hidden ? 1U : 0U);
    return fold.value();
}

AuthorisationNames names_of(const Authorisation& authorisation) {
    return names_of(authorisation.account, {.caller = authorisation.caller,
                                            .request_key = authorisation.request_key,
                                            .identity = authorisation.identity,
                                            .authorisation_code = authorisation.code,
                                            .local_date = authorisation.local_date});
}

AuthorisationNames names_of(AccountId account, const OriginalReference& reference) {
    const NetworkIdentity& identity = reference.identity;
    AuthorisationNames names;
    if (!reference.request_key.empty()) {
        names.request_key = fold('k', account)
                                .add(reference.caller.view())
                                .add(reference.request_key.view())
                                .value();
    }
    if (!identity.network_transaction_id.empty()) {
        names.network_transaction_id =
            fold('n', account).add(identity.network_transaction_id.view()).value();
    }
    if (identity.has_trace()) {
        names.trace = fold('t', account)
                          .add(identity.acquirer.view())
                          .add(identity.stan.view())
                          .add(identity.transmission_time.view())
                          .add(identity.rrn.view())
                          .value();
    }
    if (identity.has_reference() && !reference.local_date.empty()) {
        names.local_reference = fold('l', account)
                                    .add(identity.acquirer.view())
                                    .add(identity.stan.view())
                                    .add(identity.rrn.view())
                                    .add(reference.local_date.view())
                                    .value();
    }
    const AuthorisationCode& code = reference.authorisation_code;
    if (!code.empty()) names.code = fold('c', account).add(code.view()).value();
    return names;
}

const Programme* State::find(const ProgrammeCode& code) const {
    const auto found = programme_by_code.find(code.str());
    return found == programme_by_code.end() ? nullptr : &at(found->second);
}

const Account* State::find(const AccountName& name) const {
    const Programme* programme = find(name.programme);
    if (programme == nullptr) return nullptr;
    const auto found = account_by_name.find(account_key(programme->id, name.reference));
    return found == account_by_name.end() ? nullptr : &at(found->second);
}

const Card* State::find(const CardToken& token) const {
    const auto found = card_by_token.find(token);
    return found == card_by_token.end() ? nullptr : &at(found->second);
}

const Authorisation* State::find(const AuthorisationId& id) const {
    const auto found = authorisations.find(id);
    return found == authorisations.end() ? nullptr : &found->second.authorisation;
}

const Applied* State::find(const NaturalKey& key) const {
    const auto found = applied_once.find(key);
    return found == applied_once.end() ? nullptr : &found->second;
}

const AgreementId* State::find(const SpendingRules& rules) const {
    const auto [begin, end] = agreement_by_digest.equal_range(digest_of(rules));
    const auto equal = std::find_if(
        begin, end, [&](const auto& entry) { return at(entry.second).rules() == rules; });
    return equal == end ? nullptr : &equal->second;
}

const PurseTermsId* State::find(const PurseTerms& shared) const {
    const auto [begin, end] = purse_terms_by_digest.equal_range(digest_of(shared));
    const auto equal = std::find_if(begin, end, [&](const auto& entry) {
        return by_number(purse_terms, entry.second).terms() == shared;
    });
    return equal == end ? nullptr : &equal->second;
}

std::span<const Dispute> State::disputes_of(AccountId id) const {
    const auto found = disputes.find(id);
    if (found == disputes.end()) return {};
    return found->second;
}

std::span<const Resolution> State::resolutions_of(AccountId id) const {
    const auto found = resolutions.find(id);
    if (found == resolutions.end()) return {};
    return found->second;
}

std::span<const KeptReversal> State::kept_reversals_of(AccountId id) const {
    const auto found = kept_reversals.find(id);
    if (found == kept_reversals.end()) return {};
    return found->second;
}

const Earmarks* State::earmarks_of(AccountId id) const {
    if (earmarks.empty()) return nullptr;
    const auto found = earmarks.find(id);
    return found == earmarks.end() ? nullptr : &found->second;
}

const CardRules* State::rules_of(const Card& card) const {
    if (!at(card.first).has_rules) return nullptr;
    return &card_rules.at(card.first);
}

const Programme& State::at(ProgrammeId id) const { return by_number(programmes, id); }
const Account& State::at(AccountId id) const { return by_number(accounts, id); }
const Card& State::at(CardId id) const { return by_number(cards, id); }
const CompiledRules& State::at(AgreementId id) const { return by_number(agreements, id); }
Programme& State::at(ProgrammeId id) { return by_number(programmes, id); }
Account& State::at(AccountId id) { return by_number(accounts, id); }
Card& State::at(CardId id) { return by_number(cards, id); }

const CompiledRules* State::rules_or_null(AgreementId id) const {
    return id.value == 0 ? nullptr : &at(id);
}

const CompiledTerms* State::terms_or_null(PurseTermsId id) const {
    return id.value == 0 ? nullptr : &by_number(purse_terms, id);
}

PurseTerms State::terms_of(const Purse& purse) const {
    const CompiledTerms* shared = terms_or_null(purse.terms);
    PurseTerms terms = shared == nullptr ? PurseTerms{} : shared->terms();
    terms.spend_from = purse.spend_from;
    terms.spend_until = purse.spend_until;
    return terms;
}

}  // namespace carecard::rules
