#pragma once

#include <grpcpp/support/status.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "carecard/v1/admin.pb.h"
#include "carecard/v1/authorisation.pb.h"
#include "common/money.h"

namespace carecard::scenarios {

/// What an answer says of a purse, which it calls by its number.
struct OfPurse {
    std::uint32_t number = 0;  ///< In the order in which the purses were opened, from 1.
    std::string words;         ///< What follows the purse's name in the phrase.
};

/// What the service answered, in the phrases of the table's answer column.
struct Answer {
    std::vector<std::string> must;  ///< What the table has to say.
    std::vector<std::string> may;   ///< What is true besides: the table may say it.
    /// What the answer says the account has left. Unset when it does not say, and when it repeats
    /// an earlier answer, whose amount was of then.
    std::optional<AmountMinor> available;
    std::optional<OfPurse> of_purse;  ///< True besides, under the name that the table gives it.
};

/// Whether the table says all that it has to, and nothing that is not true.
[[nodiscard]] bool agrees(const std::vector<std::string>& expected, const Answer& answer);

/// What the table should have said: all of `must`, and what is true of `expected`.
[[nodiscard]] std::string corrected(const std::vector<std::string>& expected, const Answer& answer);

// README.md lists the phrases.

[[nodiscard]] Answer answer_of(const v1::AuthoriseRequest& request,
                               const v1::AuthoriseResponse& response);
[[nodiscard]] Answer answer_of(const v1::ReverseResponse& response);
[[nodiscard]] Answer answer_of(const v1::PresentRequest& request,
                               const v1::PresentResponse& response);
[[nodiscard]] Answer answer_of(const v1::AdviseResponse& response);
[[nodiscard]] Answer answer_of(const v1::IncrementResponse& response);
[[nodiscard]] Answer answer_of(const v1::ExplainDecisionResponse& response);
[[nodiscard]] Answer answer_of(const v1::ProposeResolutionResponse& response);
[[nodiscard]] Answer answer_of(const v1::DecideResolutionResponse& response);
[[nodiscard]] Answer answer_of(const v1::RecoverExposureResponse& response);
[[nodiscard]] Answer answer_of(const v1::OpenDisputeResponse& response);
[[nodiscard]] Answer answer_of(const v1::CloseDisputeResponse& response);
/// Of a change by staff.
[[nodiscard]] Answer answer_of(const v1::Receipt& receipt);
/// Of a call that failed.
[[nodiscard]] Answer answer_of(const grpc::Status& status);

}  // namespace carecard::scenarios
