#include "tests/end_to_end/kill_load.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "services/rpc/faults.h"

namespace carecard::end_to_end {
namespace {

std::int64_t ns_of(const google::protobuf::Timestamp& time) {
    return time.seconds() * 1'000'000'000 + time.nanos();
}

}  // namespace

std::int64_t between(Random& random, std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random);
}

Sender::Sender(Service& service)
    : gateway_(service.gateway()), finance_(service.staff("finance")) {}

Sender::Reply Sender::send(const Ask& ask) {
    switch (ask.kind) {
        case AskKind::load:
            return load(ask);
        case AskKind::authorise:
            return authorise(ask);
        case AskKind::reverse:
            return reverse(ask);
        case AskKind::present:
        case AskKind::refund:
            return present(ask);
    }
    return {};
}

Sender::Reply Sender::load(const Ask& ask) {
    v1::LoadPurseResponse response;
    const grpc::Status status =
        call(*finance_, &v1::AdminService::Stub::LoadPurse,
             new_load(fmt::format("A{}", ask.card), ask.pence, ask.key), response);
    return {.status = status,
            .answered = {.event_id = response.receipt().event_id(),
                         .pence = ask.pence,
                         .decided_ns = ns_of(response.receipt().decided_at())},
            .replay = response.receipt().replay()};
}

Sender::Reply Sender::authorise(const Ask& ask) {
    v1::AuthoriseResponse response;
    const grpc::Status status = call(*gateway_, &v1::AuthorisationService::Stub::Authorise,
                                     new_payment(ask.key, ask.card, ask.pence), response);
    return {.status = status,
            .answered = {.event_id = response.authorisation_id(),
                         .code = response.authorisation_code(),
                         .declined = response.has_decline(),
                         .pence = response.approved().minor_units(),
                         .decided_ns = ns_of(response.decided_at())},
            .replay = response.replay()};
}

Sender::Reply Sender::reverse(const Ask& ask) {
    v1::ReverseResponse response;
    const grpc::Status status = call(*gateway_, &v1::AuthorisationService::Stub::Reverse,
                                     new_reversal(ask.key, ask.card, ask.original), response);
    return {.status = status,
            .answered = {.event_id = response.event_id(),
                         .declined = response.has_decline(),
                         .pence = response.released().minor_units(),
                         .decided_ns = ns_of(response.decided_at())},
            .replay = response.replay()};
}

Sender::Reply Sender::present(const Ask& ask) {
    v1::PresentRequest request = new_presentment(ask.key, ask.card, ask.original, ask.pence);
    if (ask.kind == AskKind::refund) {
        request.set_direction(v1::PRESENTMENT_DIRECTION_CREDIT);
        request.set_final(false);
    }
    v1::PresentResponse response;
    const grpc::Status status =
        call(*gateway_, &v1::AuthorisationService::Stub::Present, request, response);
    return {.status = status,
            .answered = {.event_id = response.event_id(),
                         .declined = response.has_decline(),
                         .pence = response.cleared().minor_units(),
                         .exposure = response.exposure().minor_units(),
                         .decided_ns = ns_of(response.decided_at())},
            .replay = response.replay()};
}

bool Worker::ask_one() {
    Ask ask = next_ask();
    ask.key = fmt::format("{}-{}", name_, ++asked_);
    oracle_.note(ask);
    const Sender::Reply reply = sender_.send(ask);
    if (!reply.status.ok()) {
        // A service that is being killed gives no answer; it never refuses.
        EXPECT_TRUE(reply.status.error_code() == grpc::StatusCode::UNAVAILABLE)
            << rpc::explain(reply.status);
        return false;
    }
    EXPECT_FALSE(reply.replay) << ask.key;
    oracle_.note(ask.key, reply.answered);
    const Answered& answered = reply.answered;
    if (answered.declined) return true;
    if (ask.kind == AskKind::authorise) {
        held_.push_back({answered.event_id, ask.card, answered.pence});
    } else if (ask.kind == AskKind::present) {
        cleared_.push_back({ask.original, ask.card, answered.pence});
    }
    return true;
}

Ask Worker::next_ask() {
    const std::int64_t dice = between(random_, 0, 99);
    if (dice < 15 && !held_.empty()) {
        const Paid paid = take(held_);
        return {.kind = AskKind::reverse, .card = paid.card, .original = paid.id};
    }
    if (dice < 40 && !held_.empty()) {
        const Paid paid = take(held_);  // at times for more than was held: a tip
        const std::int64_t pence = between(random_, 1, paid.pence + paid.pence / 4 + 1);
        return {.kind = AskKind::present, .card = paid.card, .pence = pence, .original = paid.id};
    }
    if (dice < 45 && !cleared_.empty()) {
        const Paid paid = take(cleared_);
        return {
            .kind = AskKind::refund, .card = paid.card, .pence = paid.pence, .original = paid.id};
    }
    const auto card = static_cast<unsigned>(between(random_, 1, accounts_));
    if (dice < 50) {
        return {.kind = AskKind::load, .card = card, .pence = between(random_, 1, 200'00)};
    }
    return {.kind = AskKind::authorise, .card = card, .pence = between(random_, 1, 300'00)};
}

Worker::Paid Worker::take(std::vector<Paid>& from) {
    const auto index =
        static_cast<std::size_t>(between(random_, 0, static_cast<std::int64_t>(from.size()) - 1));
    std::swap(from[index], from.back());
    Paid paid = from.back();
    from.pop_back();
    return paid;
}

}  // namespace carecard::end_to_end
