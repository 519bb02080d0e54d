#include "tests/scenarios/acts_cards.h"

#include <array>

#include "tests/scenarios/spending_phrases.h"
#include "tests/scenarios/staff_requests.h"

namespace carecard::scenarios {
namespace {

Result<Act> set_card(Message& message, Cast& cast, v1::CardStatus status) {
    auto request = change_of_card<v1::SetCardStatusRequest>(message, cast);
    if (!request) return request.fault();
    request->set_status(status);
    if (message.details.take("by the holder")) request->set_by(v1::CARD_ACTOR_HOLDER);
    return sender("support", &Admin::SetCardStatus, *request);
}
Result<Act> freeze(Message& message, Cast& cast) {
    return set_card(message, cast, v1::CARD_STATUS_FROZEN);
}
Result<Act> unfreeze(Message& message, Cast& cast) {
    return set_card(message, cast, v1::CARD_STATUS_ACTIVE);
}
Result<Act> lost(Message& message, Cast& cast) {
    return set_card(message, cast, v1::CARD_STATUS_LOST);
}
Result<Act> stolen(Message& message, Cast& cast) {
    return set_card(message, cast, v1::CARD_STATUS_STOLEN);
}
Result<Act> damaged(Message& message, Cast& cast) {
    return set_card(message, cast, v1::CARD_STATUS_DAMAGED);
}
Result<Act> close_card(Message& message, Cast& cast) {
    return set_card(message, cast, v1::CARD_STATUS_CLOSED);
}

/// "because lost".
Result<v1::CardReplacedBecause> read_because(Message& message) {
    const std::string why = message.details.take_after("because", "WHY").value_or("");
    if (why == "lost") return v1::CARD_REPLACED_BECAUSE_LOST;
    if (why == "stolen") return v1::CARD_REPLACED_BECAUSE_STOLEN;
    if (why == "damaged") return v1::CARD_REPLACED_BECAUSE_DAMAGED;
    if (why == "renewal") return v1::CARD_REPLACED_BECAUSE_RENEWAL;
    return mistake("it is not said why the card is replaced",
                   "write because lost, stolen, damaged or renewal");
}

Result<Act> replace_card(Message& message, Cast& cast) {
    auto request = change_of_card<v1::ReplaceCardRequest>(message, cast);
    if (!request) return request.fault();
    const auto because = read_because(message);
    if (!because) return because.fault();
    const auto name = message.details.take_after("by", "CARD");
    if (!name) return mistake("the new card has no name", "add \"by CARD\"");
    const Result<Done> added = cast.add_card(*name);
    if (!added) return added.fault();
    request->set_because(*because);
    request->add_new_card_tokens(cast.token_of(*name));
    request->set_last_four(cast.last_four_of(*name));
    request->set_expiry(message.details.take_after("valid to", "YYYY-MM").value_or("2099-12"));
    request->set_activation_required(message.details.take("to be activated"));
    return sender("support", &Admin::ReplaceCard, *request);
}

Result<Act> card_rules(Message& message, Cast& cast) {
    auto request = change_of_card<v1::SetCardRulesRequest>(message, cast);
    if (!request) return request.fault();
    const Result<Done> read = read_rules(message.details, *request->mutable_rules());
    if (!read) return read.fault();
    return sender("social_worker", &Admin::SetCardRules, *request);
}

constexpr std::array verbs{
    Verb{"freeze", Use::none, Use::none, freeze},
    Verb{"unfreeze", Use::none, Use::none, unfreeze},
    Verb{"activate", Use::none, Use::none, unfreeze},
    Verb{"lost", Use::none, Use::none, lost},
    Verb{"stolen", Use::none, Use::none, stolen},
    Verb{"damaged", Use::none, Use::none, damaged},
    Verb{"close card", Use::none, Use::none, close_card},
    Verb{"new card", Use::none, Use::none, new_card},
    Verb{"replace card", Use::none, Use::none, replace_card},
    Verb{"card rules", Use::none, Use::none, card_rules},
};

}  // namespace

std::span<const Verb> card_verbs() { return verbs; }

Result<Act> new_card(Message& message, Cast& cast) {
    const auto name = message.details.take_first();
    if (!name) return mistake("the card has no name", "begin with the name");
    const Result<Done> added = cast.add_card(*name);
    if (!added) return added.fault();
    auto request = change_of<v1::IssueCardRequest>(message, cast);
    request.add_card_tokens(cast.token_of(*name));
    request.set_last_four(cast.last_four_of(*name));
    request.set_expiry(message.details.take_after("valid to", "YYYY-MM").value_or("2099-12"));
    request.set_holder(message.details.take("for a helper") ? v1::CARD_HOLDER_HELPER
                                                            : v1::CARD_HOLDER_PERSON);
    request.set_activation_required(message.details.take("to be activated"));
    request.set_single_use(message.details.take("for one payment"));
    return sender("support", &Admin::IssueCard, request);
}

}  // namespace carecard::scenarios
