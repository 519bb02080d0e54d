#include "services/authorisation/convert_exception.h"

#include "common/check.h"
#include "services/rpc/wire.h"

namespace carecard::authorisation {

std::string_view sentence_of(rules::ExceptionReason reason) {
    using enum rules::ExceptionReason;
    switch (reason) {
        case none:
            return {};
        case clearing_beyond_tolerance:
            return "More was taken than was approved and may be added: dispute the amount.";
        case clearing_unfunded:
            return "More was taken than the holder has: the programme bears the amount.";
        case force_post_unfunded:
            return "It was taken without asking, and the holder does not have it: dispute it.";
        case presentment_after_final:
            return "It came after the last part of this payment: ask the merchant, or dispute it.";
        case credit_unmatched:
            return "More came back than was taken for this: find out whose money it is.";
        case presentment_reversal_unmatched:
            return "A payment was taken back that is not known here: nothing moved.";
        case presentment_reversed_twice:
            return "A payment was taken back a second time: nothing moved.";
        case advice_unfunded:
            return "The network approved more than the holder has: the programme bears the amount.";
        case advice_after_release:
            return "The network approved what had ended here: nothing is held, and it may be "
                   "taken.";
        case reversal_after_clearing:
            return "The merchant cancelled what it has taken: ask the merchant for a refund.";
        case reversal_unmatched:
            return "A cancellation fits no payment, or more than one: find the payment it means.";
        case original_ambiguous:
            return "More than one payment fits what was taken: it was counted to none of them.";
        case earmark_broken:
            return "It took money that is kept for others: put it back, or warn them.";
        case owed_to_network:
            return "The same came back twice: it is kept for the network, which will ask for it.";
        case presented_again:
            return "The merchant contests the dispute and has the money again: answer it, or close "
                   "it.";
        case dispute_unfunded:
            return "What was credited for the dispute has been spent: the programme bears the "
                   "amount.";
    }
    CHECK(false);
}

v1::DisputeCategory dispute_of(rules::ExceptionReason reason) {
    using enum rules::ExceptionReason;
    if (reason == clearing_beyond_tolerance) return v1::DISPUTE_CATEGORY_WRONG_AMOUNT;
    if (reason == force_post_unfunded) return v1::DISPUTE_CATEGORY_NOT_RECOGNISED;
    if (reason == presentment_after_final) return v1::DISPUTE_CATEGORY_DUPLICATE;
    return v1::DISPUTE_CATEGORY_UNSPECIFIED;
}

void to_response(const rules::Exception& exception, CurrencyCode currency,
                 v1::StaffException& response) {
    response.set_reason(static_cast<v1::ExceptionReason>(exception.reason));
    rpc::set_money({exception.amount, currency}, *response.mutable_amount());
    const std::string_view text = sentence_of(exception.reason);
    response.set_text(text.data(), text.size());
    response.set_dispute(dispute_of(exception.reason));
}

}  // namespace carecard::authorisation
