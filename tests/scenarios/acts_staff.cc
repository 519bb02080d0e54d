#include <fmt/format.h>

#include <array>

#include "services/rpc/text.h"
#include "tests/scenarios/acts.h"
#include "tests/scenarios/acts_cards.h"
#include "tests/scenarios/amounts.h"
#include "tests/scenarios/purse_phrases.h"
#include "tests/scenarios/spending_phrases.h"
#include "tests/scenarios/staff_requests.h"

namespace carecard::scenarios {
namespace {

/// "£40.00 goes back to icb"
std::string whose(const v1::ClosePurseResponse& response) {
    const std::string amount = text_of(response.returned());
    return response.persons_own() ? amount + " is owed to the person"
                                  : amount + " goes back to " + response.funder();
}

/// A load, but for how much it is.
Result<v1::LoadPurseRequest> read_load(Message& message, const Cast& cast) {
    const Result<std::string> purse =
        cast.purse(message.details.take_after("into", "PURSE").value_or(""));
    if (!purse) return purse.fault();
    auto request = change_of<v1::LoadPurseRequest>(message, cast);
    request.set_purse(*purse);
    const auto reference = message.details.take_after("reference", "TEXT");
    request.set_reference(reference.value_or(request.request_key()));
    return request;
}

Result<Act> load(Message& message, Cast& cast) {
    Result<v1::LoadPurseRequest> request = read_load(message, cast);
    if (!request) return request.fault();
    rpc::set_money(message.amount->billing, *request->mutable_amount());
    return sender("finance", &Admin::LoadPurse, *request);
}

/// "10.50 hours, into voucher".
Result<Act> load_hours(Message& message, Cast& cast) {
    const std::string number = message.details.take_before("hours", "NUMBER").value_or("");
    constexpr CurrencyCode two_places{826};
    const Result<AmountMinor> hours = rpc::parse_amount(number, two_places, "");
    if (!hours || hours->value <= 0) {
        return mistake(fmt::format("\"{}\" is no number of hours", number),
                       "add for example \"10.50 hours\"");
    }
    Result<v1::LoadPurseRequest> request = read_load(message, cast);
    if (!request) return request.fault();
    request->set_units_hundredths(static_cast<std::uint32_t>(hours->value));
    return sender("finance", &Admin::LoadPurse, *request);
}

Result<Act> agreement(Message& message, Cast& cast) {
    auto request = change_of<v1::SetAgreementRequest>(message, cast);
    const Result<Done> read = read_rules(message.details, *request.mutable_rules());
    if (!read) return read.fault();
    return sender("social_worker", &Admin::SetAgreement, request);
}

Result<Act> set_account(Message& message, Cast& cast, v1::AccountStatus status) {
    auto request = change_of<v1::SetAccountStatusRequest>(message, cast);
    request.set_status(status);
    return sender("support", &Admin::SetAccountStatus, request);
}
Result<Act> suspend(Message& message, Cast& cast) {
    return set_account(message, cast, v1::ACCOUNT_STATUS_SUSPENDED);
}
Result<Act> reopen(Message& message, Cast& cast) {
    return set_account(message, cast, v1::ACCOUNT_STATUS_OPEN);
}
Result<Act> close_account(Message& message, Cast& cast) {
    return set_account(message, cast, v1::ACCOUNT_STATUS_CLOSED);
}

/// "Riverside College, on register colleges, from 2026-01-01, until 2026-07-31".
Result<Act> provider(Message& message, Cast& cast) {
    const Result<MerchantName> merchant = cast.merchant(message.details.take_first().value_or(""));
    if (!merchant) return merchant.fault();
    const auto in = message.details.take_after("on register", "NAME");
    const auto from = message.details.take_after("from", "YYYY-MM-DD");
    if (!in || !from) {
        return mistake("the register or its first day is missing",
                       "add \"on register NAME, from YYYY-MM-DD\"");
    }
    auto request = change_of<v1::SetProviderRequest>(message, cast);
    request.set_programme(cast.account().programme());
    request.set_provider_register(*in);
    request.set_acceptor(acceptor_of(*merchant));
    request.set_from(*from);
    request.set_until(message.details.take_after("until", "YYYY-MM-DD").value_or(""));
    return sender("support", &Admin::SetProvider, request);
}

/// "wages, for Kay Wages, due 2026-03-06, until 2026-03-13, from care".
Result<Act> earmark(Message& message, Cast& cast) {
    const std::string reference = message.details.take_first().value_or("");
    const std::string who = message.details.take_after("for", "MERCHANT").value_or("");
    const bool council_run = who == "the council";
    const Result<std::string> purse =
        cast.purse(message.details.take_after("from", "PURSE").value_or(""));
    if (!purse) return purse.fault();
    auto request = change_of<v1::SetEarmarkRequest>(message, cast);
    request.set_reference(reference);
    request.set_purse(*purse);
    rpc::set_money(message.amount->billing, *request.mutable_amount());
    request.set_council_run(council_run);
    if (!council_run) {
        const Result<MerchantName> payee = cast.merchant(who);
        if (!payee) return payee.fault();
        request.set_payee(acceptor_of(*payee));
    }
    request.set_due(message.details.take_after("due", "YYYY-MM-DD").value_or(""));
    request.set_until(message.details.take_after("until", "YYYY-MM-DD").value_or(""));
    return sender("social_worker", &Admin::SetEarmark, request);
}

Result<Act> withdraw(Message& message, Cast& cast) {
    auto request = change_of<v1::WithdrawEarmarkRequest>(message, cast);
    request.set_reference(message.details.take_first().value_or(""));
    return sender("social_worker", &Admin::WithdrawEarmark, request);
}

Result<Act> release(Message& message, Cast& cast) {
    const Result<std::string> purse =
        cast.purse(message.details.take_after("from", "PURSE").value_or(""));
    if (!purse) return purse.fault();
    auto request = change_of<v1::ReleaseStageRequest>(message, cast);
    request.set_purse(*purse);
    rpc::set_money(message.amount->billing, *request.mutable_amount());
    request.set_stage(message.details.take_after("stage", "TEXT").value_or("one"));
    return sender("finance", &Admin::ReleaseStage, request);
}

Result<Act> close_purse(Message& message, Cast& cast) {
    const Result<std::string> purse = cast.purse(message.details.take_first().value_or(""));
    if (!purse) return purse.fault();
    auto request = change_of<v1::ClosePurseRequest>(message, cast);
    request.set_purse(*purse);
    return Act([request](Stage& stage) {
        return stage.to_back("finance", &Admin::ClosePurse, request,
                             [](const v1::ClosePurseResponse& response) {
                                 Answer answer = answer_of(response.receipt());
                                 answer.may.push_back(whose(response));
                                 return answer;
                             });
    });
}

Result<Act> explain(Message& message, Cast& cast) {
    const Result<Payment> payment = cast.payment(message.payment);
    if (!payment) return payment.fault();
    return Act([name = message.payment](Stage& stage) {
        v1::ExplainDecisionRequest request;
        request.set_authorisation_id(stage.told(name).authorisation_id);
        return stage.to_back(
            "support", &Admin::ExplainDecision, request,
            [](const v1::ExplainDecisionResponse& response) { return answer_of(response); });
    });
}

Result<Act> nothing(Message&, Cast&) {
    return Act([](Stage&) { return Answer{}; });
}

constexpr std::array verbs{
    Verb{"time passes", Use::none, Use::none, nothing},
    Verb{"load", Use::none, Use::needed, load},
    Verb{"load hours", Use::none, Use::none, load_hours},
    Verb{"agreement", Use::none, Use::none, agreement},
    Verb{"provider", Use::none, Use::none, provider},
    Verb{"release", Use::none, Use::needed, release},
    Verb{"close purse", Use::none, Use::none, close_purse},
    Verb{"earmark", Use::none, Use::needed, earmark},
    Verb{"withdraw earmark", Use::none, Use::none, withdraw},
    Verb{"suspend", Use::none, Use::none, suspend},
    Verb{"reopen", Use::none, Use::none, reopen},
    Verb{"close account", Use::none, Use::none, close_account},
    Verb{"explain", Use::needed, Use::none, explain},
};

v1::CreateProgrammeRequest usual_programme(const Cast& cast) {
    v1::CreateProgrammeRequest request;
    request.set_request_key(cast.account().programme());
    request.set_reason("a scenario says so");
    request.set_programme(cast.account().programme());
    request.set_council("riverdale");
    request.set_name("Scenarios");
    request.set_currency("GBP");
    request.set_hold_lifetime_days(7);
    return request;
}

Result<MerchantName> parse_merchant(Phrases details) {
    MerchantName merchant{.city = "Leeds"};
    merchant.name = details.take_first().value_or("");
    merchant.mcc = details.take_first().value_or("");
    if (const auto city = details.take_first()) merchant.city = *city;
    const Result<Done> all = details.all_taken();
    if (!all) return all.fault();
    const bool digits = merchant.mcc.find_first_not_of("0123456789") == std::string::npos;
    if (merchant.mcc.size() == 4 && digits) return merchant;
    return mistake(fmt::format("merchant \"{}\" has no category of four digits", merchant.name),
                   "write merchant    Alder Care, 8050");
}

/// Opens one account from the lines in any order: a programme comes before its account, and an
/// account before its cards, money and agreement.
class Opener {
   public:
    Opener(std::string file, Cast& cast)
        : file_(std::move(file)), cast_(&cast), programme_(usual_programme(cast)) {}

    Result<Done> take(const GivenLine& given) {
        Message message{.line = given.line, .details = Phrases(given.phrases)};
        last_line_ = given.line;
        if (given.key == "programme") return done(given, take_programme(message));
        if (given.key == "hold") return done(given, take_hold(message));
        if (given.key == "purse") return done(given, take_purse(message));
        if (given.key == "merchant") return done(given, take_merchant(message));
        if (given.key == "card") return add(given, cards_, new_card, message);
        if (given.key == "agreement") return add(given, agreement_, agreement, message);
        return at(given.line,
                  mistake(fmt::format("\"{}\" is not known under \"Given\"", given.key),
                          "write starts, programme, hold, purse, card, agreement or merchant"));
    }

    Result<std::vector<Opening>> finish() && {
        if (cast_->purses().empty() || cast_->cards().empty()) {
            return at(last_line_, mistake("a purse or a card is missing",
                                          "add the lines \"purse    care, £100.00\" and "
                                          "\"card    Mary\""));
        }
        std::vector<Opening> all;
        all.push_back({programme_line_, sender("operator", &Admin::CreateProgramme, programme_)});
        account_.set_request_key("account-" + cast_->account().programme());
        account_.set_reason("a scenario says so");
        *account_.mutable_account() = cast_->account();
        account_.set_arrangement(v1::ARRANGEMENT_INDIVIDUAL_BUDGET);
        all.push_back({last_line_, sender("support", &Admin::OpenAccount, account_)});
        for (std::vector<Opening>* const part : {&cards_, &loads_, &agreement_}) {
            all.insert(all.end(), part->begin(), part->end());
        }
        return all;
    }

   private:
    using Make = Result<Act> (*)(Message&, Cast&);

    [[nodiscard]] Fault at(int line, Fault fault) const {
        return placed(std::move(fault), file_, line);
    }

    Result<Done> done(const GivenLine& given, const Result<Done>& result) const {
        if (!result) return at(given.line, result.fault());
        return Done{};
    }

    Result<Done> add(const GivenLine& given, std::vector<Opening>& part, Make make,
                     Message& message) {
        const Result<Act> act = make(message, *cast_);
        if (!act) return at(given.line, act.fault());
        part.push_back({given.line, *act});
        return done(given, message.details.all_taken());
    }

    /// May be said in several lines.
    Result<Done> take_programme(Message& message) {
        programme_line_ = message.line;
        if (const auto lifetime = message.details.take_after("holds last", "NUMBER days")) {
            const Result<std::uint32_t> held = parse_count(*lifetime, "days");
            if (!held) return held.fault();
            programme_.set_hold_lifetime_days(*held);
        }
        if (const auto end = message.details.take_after("day ends", "hh:mm")) {
            programme_.set_cut_off(*end);
        }
        if (message.details.take("no partial approvals")) {
            programme_.mutable_partial()->set_allowed(false);
        }
        if (const auto least = message.details.take_after("partial approvals from", "AMOUNT")) {
            const Result<AmountMinor> part = parse_pounds(*least);
            if (!part) return part.fault();
            programme_.mutable_partial()->set_allowed(true);
            *programme_.mutable_partial()->mutable_least() = in_pounds(*part);
        }
        if (message.details.take("estimates may go beyond the balance")) {
            programme_.set_estimate_beyond_balance(true);
        }
        const Result<Done> read = read_rules(message.details, *programme_.mutable_defaults());
        if (!read) return read.fault();
        return message.details.all_taken();
    }

    /// How long, and how much more of an estimate, is held: "24 hours, at 5542, estimates, 20 %
    /// more".
    Result<Done> take_hold(Message& message) {
        v1::HoldRule& rule = *programme_.add_hold_rules();
        const Result<std::uint32_t> lifetime =
            parse_count(message.details.take_before("hours", "NUMBER").value_or(""), "");
        if (!lifetime) return lifetime.fault();
        rule.set_lifetime_hours(*lifetime);
        if (message.details.take("estimates")) rule.set_estimated(true);
        if (message.details.take("exact amounts")) rule.set_estimated(false);
        if (message.details.take("by the holder")) rule.set_initiator(v1::INITIATOR_CARDHOLDER);
        if (message.details.take("by the merchant")) rule.set_initiator(v1::INITIATOR_MERCHANT);
        if (message.details.take("card present")) rule.set_presence(v1::PRESENCE_PRESENT);
        if (message.details.take("card absent")) rule.set_presence(v1::PRESENCE_ABSENT);
        if (const auto share = message.details.take_before("% more", "NUMBER")) {
            const Result<std::uint32_t> per_cent = parse_count(*share, "");
            if (!per_cent) return per_cent.fault();
            rule.set_uplift_basis_points(*per_cent * 100);
        }
        if (const auto least = message.details.take_after("at least", "AMOUNT")) {
            const Result<AmountMinor> amount = parse_pounds(*least);
            if (!amount) return amount.fault();
            *rule.mutable_hold_at_least() = in_pounds(*amount);
        }
        // After "at least", which begins alike.
        while (const auto place = message.details.take_after("at", "MERCHANTS")) {
            rule.add_mcc(*place);
        }
        return message.details.all_taken();
    }

    /// The name, and what is in it to begin with.
    Result<Done> take_purse(Message& message) {
        const std::string name = message.details.take_first().value_or("");
        const Result<Done> added = cast_->add_purse(name);
        if (!added) return added.fault();
        const Result<AmountMinor> money = parse_pounds(message.details.take_first().value_or(""));
        if (!money) return money.fault();
        v1::NewPurse& purse = *account_.add_purses();
        purse.set_name(name);
        const auto order = message.details.take_after("priority", "NUMBER");
        const Result<std::uint32_t> priority =
            order ? parse_count(*order, "") : static_cast<std::uint32_t>(account_.purses_size());
        if (!priority) return priority.fault();
        const Result<Done> terms = read_terms(message.details, purse);
        if (!terms) return terms.fault();
        if (order || purse.template_().empty()) purse.set_priority(*priority);
        if (money->value > 0) add_load(message, name, *money);
        return message.details.all_taken();
    }

    void add_load(const Message& message, const std::string& purse, AmountMinor money) {
        auto request = change_of<v1::LoadPurseRequest>(message, *cast_);
        request.set_purse(purse);
        *request.mutable_amount() = in_pounds(money);
        request.set_reference("opening of " + purse);
        loads_.push_back({message.line, sender("finance", &Admin::LoadPurse, request)});
    }

    Result<Done> take_merchant(Message& message) {
        const Result<MerchantName> merchant = parse_merchant(message.details);
        if (!merchant) return merchant.fault();
        return cast_->add_merchant(*merchant);
    }

    std::string file_;
    Cast* cast_;
    int last_line_ = 0;
    v1::CreateProgrammeRequest programme_;
    int programme_line_ = 1;  ///< The title's, when no line speaks of it.
    v1::OpenAccountRequest account_;
    std::vector<Opening> cards_;
    std::vector<Opening> loads_;
    std::vector<Opening> agreement_;
};

}  // namespace

std::span<const Verb> staff_verbs() { return verbs; }

Result<std::vector<Opening>> open_all(const std::string& file, const std::vector<GivenLine>& given,
                                      Cast& cast) {
    Opener opener(file, cast);
    for (const GivenLine& line : given) {
        const Result<Done> taken = opener.take(line);
        if (!taken) return taken.fault();
    }
    return std::move(opener).finish();
}

}  // namespace carecard::scenarios
