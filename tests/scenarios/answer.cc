#include "tests/scenarios/answer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "services/rpc/faults.h"
#include "tests/scenarios/amounts.h"

namespace carecard::scenarios {
namespace {

bool has(const std::vector<std::string>& phrases, const std::string& phrase) {
    return std::ranges::find(phrases, phrase) != phrases.end();
}

/// "FUNDS_INSUFFICIENT" as "funds insufficient".
std::string in_words(std::string_view name) {
    std::string words;
    for (const char letter : name) {
        const auto lower = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
        words += letter == '_' ? ' ' : lower;
    }
    return words;
}

/// The name of an enum's value, without the enum's own name, in words.
std::string in_words(const std::string& name, std::string_view prefix) {
    return in_words(std::string_view(name).substr(name.starts_with(prefix) ? prefix.size() : 0));
}

void add_decline(const v1::Decline& decline, Answer& answer) {
    answer.must.push_back("declined: " +
                          in_words(v1::DeclineReason_Name(decline.reason()), "DECLINE_REASON_"));
    if (decline.has_would_have_worked()) {
        answer.may.push_back(text_of(decline.would_have_worked()) + " would do");
    }
    if (decline.has_count_limit()) {
        answer.may.push_back(fmt::format("{} at most", decline.count_limit()));
    }
    if (decline.has_works_from_date()) answer.may.push_back("from " + decline.works_from_date());
    if (decline.purse_verdict() != v1::PURSE_VERDICT_UNSPECIFIED) {
        answer.may.push_back(
            in_words(v1::PurseVerdict_Name(decline.purse_verdict()), "PURSE_VERDICT_"));
    }
    answer.may.push_back("by the " + in_words(v1::RuleLevel_Name(decline.level()), "RULE_LEVEL_"));
    if (!decline.has_purse_number()) return;
    const bool may_pay = decline.purse_verdict() == v1::PURSE_VERDICT_UNSPECIFIED;
    answer.of_purse = {.number = decline.purse_number(),
                       .words = may_pay ? "was short" : "came nearest"};
}

template <class Response>
void add_common(const Response& response, Answer& answer) {
    answer.may.push_back(response.has_available() ? text_of(response.available()) + " left"
                                                  : "balance not told");
    if (response.replay()) {
        answer.must.emplace_back("as before");
    } else if (response.has_available()) {
        answer.available = AmountMinor{response.available().minor_units()};
    }
}

void add_match(v1::MatchedBy matched_by, Answer& answer) {
    if (matched_by == v1::MATCHED_BY_UNSPECIFIED || matched_by == v1::MATCHED_BY_NONE) return;
    answer.may.push_back("found by " + in_words(v1::MatchedBy_Name(matched_by), "MATCHED_BY_"));
}

/// What was taken of earmarks for others.
template <class Response>
void add_broken(const Response& response, Answer& answer) {
    if (!response.has_earmarks_broken()) return;
    answer.must.push_back(text_of(response.earmarks_broken()) + " of it kept for others");
}

/// What staff must look at must not be overlooked by the table either.
template <class Response>
void add_exception(const Response& response, Answer& answer) {
    if (!response.has_exception()) return;
    const v1::StaffException& exception = response.exception();
    answer.must.push_back("for staff: " + in_words(v1::ExceptionReason_Name(exception.reason()),
                                                   "EXCEPTION_REASON_"));
    answer.may.push_back(text_of(exception.amount()) + " to look at");
}

}  // namespace

bool agrees(const std::vector<std::string>& expected, const Answer& answer) {
    return std::ranges::all_of(answer.must,
                               [&](const std::string& phrase) { return has(expected, phrase); }) &&
           std::ranges::all_of(expected, [&](const std::string& phrase) {
               return has(answer.must, phrase) || has(answer.may, phrase);
           });
}

std::string corrected(const std::vector<std::string>& expected, const Answer& answer) {
    std::vector<std::string> phrases = answer.must;
    for (const std::string& phrase : answer.may) {
        if (has(expected, phrase)) phrases.push_back(phrase);
    }
    return fmt::format("{}", fmt::join(phrases, ", "));
}

Answer answer_of(const v1::AuthoriseRequest& request, const v1::AuthoriseResponse& response) {
    Answer answer;
    if (response.has_decline()) {
        add_decline(response.decline(), answer);
    } else {
        const v1::Money& asked = request.has_billing() ? request.billing() : request.transaction();
        const bool whole = response.approved().minor_units() == asked.minor_units();
        answer.must.push_back(whole ? "approved" : "approved " + text_of(response.approved()));
        if (response.cashback_refused()) answer.must.emplace_back("without the cash");
    }
    add_common(response, answer);
    return answer;
}

Answer answer_of(const v1::IncrementResponse& response) {
    Answer answer;
    if (response.has_decline()) {
        add_decline(response.decline(), answer);
    } else {
        answer.must.push_back("raised to " + text_of(response.cumulative()));
    }
    if (response.has_held()) answer.may.push_back(text_of(response.held()) + " held");
    add_match(response.matched_by(), answer);
    add_common(response, answer);
    return answer;
}

Answer answer_of(const v1::ReverseResponse& response) {
    Answer answer;
    if (response.has_decline()) {
        add_decline(response.decline(), answer);
    } else if (response.has_kept_until()) {
        answer.must.emplace_back("kept");
    } else {
        answer.must.push_back("released " + text_of(response.released()));
    }
    add_exception(response, answer);
    if (response.has_held()) answer.may.push_back(text_of(response.held()) + " still held");
    add_match(response.matched_by(), answer);
    add_common(response, answer);
    return answer;
}

Answer answer_of(const v1::PresentRequest& request, const v1::PresentResponse& response) {
    Answer answer;
    if (response.has_decline()) {
        add_decline(response.decline(), answer);
        return answer;
    }
    const bool debit = request.direction() == v1::PRESENTMENT_DIRECTION_DEBIT;
    answer.must.push_back((debit ? "posted " : "credited ") + text_of(response.cleared()));
    if (response.matched_by() == v1::MATCHED_BY_NONE) answer.must.emplace_back("unmatched");
    if (response.released().minor_units() > 0) {
        answer.must.push_back(text_of(response.released()) + " freed");
    }
    if (response.exposure().minor_units() > 0) {
        answer.must.push_back(text_of(response.exposure()) +
                              (debit ? " beyond the holder's money" : " of it off the exposure"));
    }
    if (response.has_repaid()) {
        answer.must.push_back(text_of(response.repaid()) + " of it for what was written off");
    }
    if (response.has_settled()) {
        answer.must.push_back(text_of(response.settled()) + " of it credited before");
    }
    if (response.has_owed_back()) {
        answer.must.push_back(text_of(response.owed_back()) +
                              (debit ? " of it kept before" : " of it kept for the network"));
    }
    add_broken(response, answer);
    add_exception(response, answer);
    add_match(response.matched_by(), answer);
    add_common(response, answer);
    return answer;
}

Answer answer_of(const v1::AdviseResponse& response) {
    Answer answer;
    if (response.has_decline()) {
        add_decline(response.decline(), answer);
        return answer;
    }
    answer.must.push_back("recorded");
    answer.must.push_back(text_of(response.held()) + " held");
    if (response.matched_by() == v1::MATCHED_BY_NONE) answer.must.emplace_back("unmatched");
    if (response.released().minor_units() > 0) {
        answer.must.push_back(text_of(response.released()) + " freed");
    }
    if (response.exposure().minor_units() > 0) {
        answer.must.push_back(text_of(response.exposure()) + " of it promised by the programme");
    }
    add_broken(response, answer);
    add_exception(response, answer);
    add_match(response.matched_by(), answer);
    add_common(response, answer);
    return answer;
}

Answer answer_of(const v1::ExplainDecisionResponse& response) {
    Answer answer;
    if (response.has_decline()) {
        add_decline(response.decline(), answer);
    } else {
        answer.must.emplace_back("approved");
    }
    for (const v1::RuleCheck& check : response.checks()) {
        if (check.outcome() != v1::RULE_OUTCOME_FAILED) continue;
        answer.may.push_back("failed: " + in_words(check.rule()));
    }
    return answer;
}

Answer answer_of(const v1::ProposeResolutionResponse& response) {
    Answer answer{.must = {"proposed"}};
    answer.may.push_back(text_of(response.exposure()) + " borne by the programme");
    return answer;
}

Answer answer_of(const v1::DecideResolutionResponse& response) {
    if (!response.has_exposure()) return {.must = {"rejected"}};
    return {.must = {"approved " + text_of(response.amount())},
            .may = {text_of(response.exposure()) + " borne by the programme"}};
}

Answer answer_of(const v1::RecoverExposureResponse& response) {
    Answer answer{.must = {"recovered " + text_of(response.amount())},
                  .may = {text_of(response.exposure()) + " borne by the programme"}};
    answer.available = AmountMinor{response.available().minor_units()};
    return answer;
}

Answer answer_of(const v1::OpenDisputeResponse& response) {
    Answer answer{.must = {"disputed"}};
    if (response.credited().minor_units() > 0) {
        answer.must.push_back(text_of(response.credited()) + " credited now");
    }
    answer.available = AmountMinor{response.available().minor_units()};
    return answer;
}

Answer answer_of(const v1::CloseDisputeResponse& response) {
    Answer answer{.must = {"closed"}};
    if (response.due().minor_units() > 0) {
        answer.must = {"won", text_of(response.due()) + " to come"};
    }
    if (response.taken_back().minor_units() > 0) {
        answer.must.push_back(text_of(response.taken_back()) + " taken back");
    }
    if (response.exposure().minor_units() > 0) {
        answer.must.push_back(text_of(response.exposure()) + " beyond the holder's money");
    }
    add_exception(response, answer);
    answer.available = AmountMinor{response.available().minor_units()};
    return answer;
}

Answer answer_of(const v1::Receipt& receipt) {
    Answer answer{.must = {"done"}};
    if (receipt.replay()) answer.must.emplace_back("as before");
    return answer;
}

Answer answer_of(const grpc::Status& status) {
    const Fault fault = rpc::to_fault(status);
    Answer answer{.must = {"refused: " + in_words(rpc::reason_of(fault.kind))}};
    if (!fault.field.empty()) answer.may.push_back("at " + fault.field);
    return answer;
}

}  // namespace carecard::scenarios
