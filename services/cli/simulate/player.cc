#include "services/cli/simulate/player.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "common/limits.h"
#include "services/cli/batch_files.h"
#include "services/cli/london_time.h"
#include "services/cli/onboard.h"
#include "services/cli/progress.h"
#include "services/cli/simulate/messages.h"
#include "services/cli/simulate/stop.h"
#include "services/cli/words.h"
#include "services/rpc/text.h"

namespace carecard::cli::simulate {

namespace {

constexpr std::string_view onboarding_reason = "playing recorded payments";
constexpr std::uint32_t hold_lifetime_days = 7;
constexpr DurationNs close_timeout = batch_wait_max;

}  // namespace

Player::Player(Connection& connection, const Script& script, PlayOptions options)
    : connection_(connection), script_(script), options_(std::move(options)), plan_(script_) {
    CHECK(options_.in_flight_max >= 1);
    CHECK(options_.in_flight_max <= calls_in_flight_max);
    totals_.skipped = script_.skipped;
}

Player::~Player() = default;

Result<Totals> Player::run() {
    const auto begun = std::chrono::steady_clock::now();
    for (const auto step : {&Player::connect, &Player::check_clock, &Player::open}) {
        const Result<Done> done = (this->*step)();
        if (!done) return done.fault();
    }
    Progress progress(options_.title, script_.payments.size());
    while (const std::optional<DayWork> work = plan_.next()) {
        if (stop_requested()) return stopped();
        const Result<Done> played = play(*work);
        if (!played) return played.fault();
        progress.show(work->first_payment + work->payments.size(), rpc::to_text(work->day));
    }
    const Result<Done> finished = finish();
    if (!finished) return finished.fault();
    const auto took = std::chrono::steady_clock::now() - begun;
    totals_.milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
    return totals_;
}

Result<Done> Player::connect() {
    const std::pair<Connection::AdminStub*, rpc::Role> admins[] = {
        {&operator_, rpc::Role::operator_},
        {&support_, rpc::Role::support},
        {&social_worker_, rpc::Role::social_worker},
        {&finance_, rpc::Role::finance},
    };
    for (const auto& [stub, role] : admins) {
        auto made = connection_.admin(role);
        if (!made) return made.fault();
        *stub = *std::move(made);
    }
    const std::pair<Connection::SettlementStub*, rpc::Role> settlements[] = {
        {&closer_, rpc::Role::finance},
        {&audit_stub_, rpc::Role::auditor},
    };
    for (const auto& [stub, role] : settlements) {
        auto made = connection_.settlement(role);
        if (!made) return made.fault();
        *stub = *std::move(made);
    }
    auto gateway = connection_.gateway();
    if (!gateway) return gateway.fault();
    gateway_ = *std::move(gateway);
    const std::string& directory = connection_.settings().certificates;
    auto trusted = read_trusted_signer(directory + "/ca.pem", directory + "/batch-signer.pem");
    if (!trusted) return trusted.fault();
    auditor_ =
        std::make_unique<Auditor>(*closer_, *audit_stub_, options_.programme, *std::move(trusted));
    return Done{};
}

Result<Done> Player::check_clock() {
    auto clock = SimulatedClock::read(*operator_, script_.run_id);
    if (!clock) return clock.fault();
    clock_ = *std::move(clock);
    const DayNumber first = first_day_of(script_);
    const auto shown = london_day(clock_->now());
    if (!shown) return shown.fault();
    if (*shown <= first) return Done{};
    return Fault{.kind = FaultKind::conflict,
                 .field = "clock",
                 .detail = fmt::format("the service's clock shows {}, past {}, the first day of "
                                       "the first row's month",
                                       rpc::to_text(*shown), rpc::to_text(first)),
                 .remedy = "play rows of a later month, or use a service with a fresh store"};
}

Result<Done> Player::open() {
    // The programme begins before the first day, so that its cut-offs are counted from there.
    const DayNumber eve{first_day_of(script_).value - 1};
    const Result<Done> advanced = advance(eve, 12, 0);
    if (!advanced) return advanced;
    programme_found_ = options_.onboarding == Onboarding::done;
    if (!programme_found_) {
        const Result<Done> created = create_programme();
        if (!created) return created.fault();
    }
    if (programme_found_) {
        const Result<Done> settled = settle_earlier({eve.value - 1});
        if (!settled) return settled.fault();
    }
    if (options_.onboarding == Onboarding::done) return Done{};
    const auto onboarded = onboard(*support_, script_.budgets,
                                   {.programme = options_.programme,
                                    .reason = std::string(onboarding_reason),
                                    .in_flight_max = options_.in_flight_max});
    if (!onboarded) return onboarded.fault();
    return Done{};
}

Result<Done> Player::create_programme() {
    v1::CreateProgrammeRequest request;
    request.set_request_key(fmt::format("{}-programme", script_.run_id));
    request.set_reason(std::string(onboarding_reason));
    request.set_programme(options_.programme);
    request.set_council(options_.council);
    request.set_name(options_.programme_name);
    request.set_currency(std::string(rpc::to_text(script_.currency)));
    request.set_cut_off("23:00");
    request.set_hold_lifetime_days(hold_lifetime_days);
    request.mutable_defaults();
    const auto created = call(*operator_, &v1::AdminService::Stub::CreateProgramme, request);
    // It may be there from an earlier month; then opening the accounts shows whether it is ours.
    const bool there = !created && created.fault().kind == FaultKind::conflict &&
                       created.fault().field == "programme";
    if (!created && !there) return created.fault();
    programme_found_ = there || created->receipt().replay();
    return Done{};
}

/// What happened before the run goes into a batch of its own, so that the run's batches hold the
/// run alone.
Result<Done> Player::settle_earlier(DayNumber day) {
    v1::CloseBatchRequest request;
    request.set_request_key(fmt::format("{}-close-earlier", script_.run_id));
    request.set_programme(options_.programme);
    request.set_day(rpc::to_text(day));
    const auto closed =
        call(*closer_, &v1::SettlementService::Stub::CloseBatch, request, close_timeout);
    // A programme of today has no earlier day to close.
    if (!closed && closed.fault().kind != FaultKind::conflict) return closed.fault();
    return Done{};
}

Result<Done> Player::play(const DayWork& work) {
    cleared_today_ = false;
    if (!work.loads.empty() || !work.changes.empty()) {
        const Result<Done> morning = advance(work.day, 0, 5);
        if (!morning) return morning.fault();
        const Result<Done> loaded = load(work);
        if (!loaded) return loaded.fault();
        for (const Change& each : work.changes) {
            const Result<Done> changed = change(each);
            if (!changed) return at_row(script_, each.place, changed.fault());
        }
    }
    const Result<Done> noon = advance(work.day, 12, 0);
    if (!noon) return noon.fault();
    const Result<Done> presented = present(work);
    if (!presented) return presented.fault();
    const Result<Done> paid = pay(work);
    if (!paid) return paid.fault();
    const Result<Done> evening = advance(work.day, 23, 5);
    if (!evening || !cleared_today_) return evening;
    return close_batch(work.day);
}

Result<Done> Player::advance(DayNumber day, int hour, int minute) {
    const auto instant = london_instant(day, {.hour = hour, .minute = minute});
    if (!instant) return instant.fault();
    return clock_->advance_to(*instant);
}

Result<Done> Player::load(const DayWork& work) {
    Jobs<v1::LoadPurseRequest> jobs;
    for (const Load& each : work.loads) {
        jobs.add(load_request(script_, options_.programme, each), each.budget);
    }
    const std::optional<CallFailure> failure =
        call_all(*finance_, &v1::AdminService::Stub::AsyncLoadPurse, jobs, options_.in_flight_max,
                 [&](std::size_t index, const v1::LoadPurseResponse&) -> std::optional<Fault> {
                     totals_.loaded.add(work.loads[index].amount);
                     return std::nullopt;
                 });
    if (failure) return at_row(script_, work.loads[failure->index].place, failure->fault);
    return Done{};
}

Result<Done> Player::change(const Change& change) {
    const NewBudget& budget = script_.budgets[change.budget];
    const std::string key = fmt::format("{}-change-{}", script_.run_id, change.place.number);
    if (const auto* rules = std::get_if<v1::SpendingRules>(&change.what)) {
        v1::SetAgreementRequest request;
        request.set_request_key(key + "-rules");
        request.set_reason(change.reason);
        request.mutable_account()->set_programme(options_.programme);
        request.mutable_account()->set_reference(budget.reference);
        *request.mutable_rules() = *rules;
        const auto set = call(*social_worker_, &v1::AdminService::Stub::SetAgreement, request);
        if (!set) return set.fault();
        return Done{};
    }
    v1::SetCardStatusRequest request;
    request.set_request_key(key + "-card");
    request.set_reason(change.reason);
    request.set_card_token(budget.cards.front().token);
    request.set_status(std::get<v1::CardStatus>(change.what));
    const auto set = call(*support_, &v1::AdminService::Stub::SetCardStatus, request);
    if (!set) return set.fault();
    return Done{};
}

Result<Done> Player::send(const std::vector<std::size_t>& payments, const BeginCall& begin) {
    std::vector<std::uint32_t> lanes;
    lanes.reserve(payments.size());
    for (const std::size_t index : payments) lanes.push_back(script_.payments[index].budget);
    std::optional<CallFailure> failure = call_lanes(lanes, options_.in_flight_max, begin);
    if (!failure) return Done{};
    const Payment& payment = script_.payments[payments[failure->index]];
    return at_row(script_, payment.place, std::move(failure->fault));
}

Result<Done> Player::present(const DayWork& work) {
    return send(
        work.presentments, [&](std::size_t at, OpenCall& call, grpc::CompletionQueue& queue) {
            const std::size_t index = work.presentments[at];
            begin_call(
                call, queue, *gateway_, &v1::AuthorisationService::Stub::AsyncPresent,
                present_request(script_, script_.payments[index]),
                [this, index](const v1::PresentResponse& answer) { return take(index, answer); });
        });
}

Result<Done> Player::pay(const DayWork& work) {
    std::vector<std::size_t> indexes;
    for (std::size_t at = 0; at < work.payments.size(); ++at) {
        const Payment& payment = script_.payments[work.first_payment + at];
        if (payment.kind != PaymentKind::refund) totals_.offered.add(payment.billing.amount);
        indexes.push_back(work.first_payment + at);
    }
    return send(indexes, [&](std::size_t at, OpenCall& call, grpc::CompletionQueue& queue) {
        const std::size_t index = indexes[at];
        const Payment& payment = script_.payments[index];
        if (payment.kind == PaymentKind::refund) {
            begin_call(
                call, queue, *gateway_, &v1::AuthorisationService::Stub::AsyncPresent,
                present_request(script_, payment),
                [this, index](const v1::PresentResponse& answer) { return take(index, answer); });
            return;
        }
        begin_call(
            call, queue, *gateway_, &v1::AuthorisationService::Stub::AsyncAuthorise,
            authorise_request(script_, payment),
            [this, index](const v1::AuthoriseResponse& answer) { return take(index, answer); });
    });
}

std::optional<Fault> Player::take(std::size_t index, const v1::AuthoriseResponse& answer) {
    const Payment& payment = script_.payments[index];
    if (answer.outcome() == v1::AUTHORISE_OUTCOME_APPROVED) {
        totals_.approved.add(AmountMinor{answer.approved().minor_units()});
        plan_.approved(index);
        compare(payment, "approved");
        return std::nullopt;
    }
    const std::string reason = word_of(answer.decline().reason());
    totals_.declined.add(payment.billing.amount);
    totals_.declined_by[reason].add(payment.billing.amount);
    compare(payment, reason);
    return std::nullopt;
}

std::optional<Fault> Player::take(std::size_t index, const v1::PresentResponse& answer) {
    const Payment& payment = script_.payments[index];
    if (answer.has_decline()) {
        return Fault{.kind = FaultKind::conflict,
                     .field = "card_token",
                     .detail = fmt::format("what had cleared was not posted: {}",
                                           word_of(answer.decline().reason())),
                     .remedy = "onboard the card, in the programme's currency"};
    }
    Tally& tally = payment.kind == PaymentKind::refund ? totals_.refunded : totals_.cleared;
    tally.add(AmountMinor{answer.cleared().minor_units()});
    cleared_today_ = true;
    return std::nullopt;
}

void Player::compare(const Payment& payment, const std::string& decision) {
    if (payment.expected.empty() || payment.expected == decision) return;
    if (totals_.surprises.size() >= faulty_rows_shown_max) return;
    totals_.surprises.push_back(fmt::format("row {} (line {}) was to be {}, and was {}",
                                            payment.place.number, payment.place.line,
                                            payment.expected, decision));
}

Result<Done> Player::close_batch(DayNumber day) {
    v1::CloseBatchRequest request;
    const std::string text = rpc::to_text(day);
    request.set_request_key(fmt::format("{}-close-{}", script_.run_id, text));
    request.set_programme(options_.programme);
    request.set_day(text);
    ++totals_.batches;
    totals_.loaded_in_batches = totals_.loaded;
    return auditor_->close_and_verify(std::move(request));
}

Result<Done> Player::finish() {
    const Result<AuditTotals> audit = auditor_->finish();
    if (!audit) return audit.fault();
    totals_.verified = audit->verified;
    totals_.batch_loads = audit->loads;
    totals_.batch_debits = audit->debits;
    totals_.batch_credits = audit->credits;
    return Done{};
}

}  // namespace carecard::cli::simulate
