#include "services/authorisation/back_queries.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <future>

#include "common/limits.h"
#include "services/authorisation/convert_query.h"
#include "services/authorisation/show.h"
#include "services/rpc/text.h"
#include "services/rpc/wire.h"
#include "services/sequencer/activity.h"

namespace carecard::authorisation {
namespace {

constexpr int own_niceness = 10;
constexpr std::chrono::seconds answer_wait_max{5};
constexpr std::chrono::milliseconds projection_poll{5};

Fault not_found(std::string field, std::string detail, std::string remedy) {
    return {.kind = FaultKind::not_found,
            .field = std::move(field),
            .detail = std::move(detail),
            .remedy = std::move(remedy)};
}

Fault no_such_decision() {
    return not_found("authorisation_id", "no decision has this id",
                     "take it from the account's list of transactions");
}

Fault has_gone() {
    return {.kind = FaultKind::overloaded,
            .field = {},
            .detail = "the caller did not wait for the answer",
            .remedy = "ask again with a later deadline"};
}

bool may_see(const rpc::Identity& caller, const rules::State& state,
             const rules::Account& account) {
    return caller.council.empty() || caller.council == state.at(account.programme).terms.council;
}

const rules::Account* find(const rules::State& state, const AccountSelector& selector) {
    if (selector.name) return state.find(*selector.name);
    if (!selector.token) return nullptr;
    const rules::Card* card = state.find(*selector.token);
    return card == nullptr ? nullptr : &state.at(card->account);
}

using MaybeView = std::optional<AccountView>;

std::function<MaybeView(const rules::State&)> view_if_visible(const AccountSelector& selector,
                                                              const rpc::Identity& caller) {
    return [selector, caller](const rules::State& state) -> MaybeView {
        const rules::Account* account = find(state, selector);
        if (account == nullptr || !may_see(caller, state, *account)) return std::nullopt;
        return view_of(state, *account);
    };
}

/// Reads the events of one account back, with its key unless that was erased.
class Reader {
   public:
    Reader(const journal::Store& store, std::optional<Secret> key)
        : recall_(store), key_(std::move(key)) {}
    [[nodiscard]] Result<sequencer::Recorded> read(Sequence sequence) {
        return recall_.read(sequence, key_ ? &*key_ : nullptr);
    }

   private:
    sequencer::Recall recall_;
    std::optional<Secret> key_;
};

/// @return the account's key; nothing when it was erased; a fault when the vault cannot say.
Result<std::optional<Secret>> find_key(const journal::Vault& vault, const VaultKeyId& id) {
    Result<Secret> found = vault.get(id);
    if (found) return std::optional<Secret>(*std::move(found));
    if (found.fault().kind == FaultKind::not_found) return std::optional<Secret>();
    return found.fault();
}

Result<Done> add_hold_merchants(Reader& reader, const Caller& caller, const AccountView& view,
                                v1::ReadAccountResponse& response) {
    for (std::size_t index = 0; index < view.holds.size(); ++index) {
        if (caller.gone()) return has_gone();
        const Result<sequencer::Recorded> recorded = reader.read(view.holds[index].id.sequence);
        if (!recorded) return recorded.fault();
        const auto* decided = std::get_if<rules::AuthorisationDecided>(&recorded->event);
        if (decided == nullptr) continue;
        v1::Transaction shown;
        show(*recorded, view, shown);
        v1::Hold& hold = *response.mutable_holds(static_cast<int>(index));
        hold.set_mcc(shown.mcc());
        *hold.mutable_merchant() = shown.merchant();
    }
    return Done{};
}

Result<Done> add_agreement(Reader& reader, v1::ReadAccountResponse& response,
                           const AccountView& view) {
    if (view.account.agreement.value == 0) return Done{};
    const Result<sequencer::Recorded> recorded = reader.read(view.account.agreement_set);
    if (!recorded) return recorded.fault();
    const auto& set = std::get<rules::AgreementSet>(recorded->event);
    v1::Agreement& agreement = *response.mutable_agreement();
    agreement.set_version(set.version);
    rpc::set_timestamp(recorded->stamp.now_ns, *agreement.mutable_agreed_at());
    agreement.set_agreed_by(set.request.request.caller.str());
    agreement.set_reason(set.request.reason.text.str());
    show(view.agreement, view.currency, *agreement.mutable_rules());
    return Done{};
}

/// Lets a reader see its own writes: the projection is behind by milliseconds, unless it failed.
void wait_for(const sequencer::Projector& projector, Sequence as_of) {
    const auto give_up = std::chrono::steady_clock::now() + answer_wait_max;
    while (projector.projected() < as_of && !projector.stopped() &&
           std::chrono::steady_clock::now() < give_up) {
        std::this_thread::sleep_for(projection_poll);
    }
}

void add_count(v1::ReadStatusResponse& response, std::string name, std::uint64_t value) {
    v1::NamedCount& count = *response.add_counters();
    count.set_name(std::move(name));
    count.set_value(value);
}

void add_counters(const sequencer::Counters& counters, v1::ReadStatusResponse& response) {
    add_count(response, "archive_found_count", counters.prefetch.found);
    add_count(response, "archive_reads_count", counters.prefetch.reads);
    add_count(response, "authorisations_approved_count", counters.approved);
    for (std::size_t reason = 1; reason < counters.declined.size(); ++reason) {
        if (counters.declined[reason] == 0) continue;
        const auto name = rules::name_of(static_cast<rules::DeclineReason>(reason));
        add_count(response, "declined_" + std::string(name) + "_count", counters.declined[reason]);
    }
    add_count(response, "commands_dropped_late_count", counters.dropped_late);
    add_count(response, "commands_faulted_count", counters.faults);
    add_count(response, "commands_quarantined_count", counters.quarantined);
    add_count(response, "commands_taken_count", counters.commands_taken);
    add_count(response, "events_committed_count", counters.events_committed);
    add_count(response, "groups_committed_count", counters.groups_committed);
    add_count(response, "journal_recalls_count", counters.recalls);
    add_count(response, "replays_count", counters.replays);
}

void add_projected(v1::ReadStatusResponse& response, std::string name, Sequence sequence) {
    v1::ProjectionWatermark& projection = *response.add_projected();
    projection.set_name(std::move(name));
    projection.set_sequence(std::min(sequence.value, response.durable()));
}

void add_size(v1::ReadStatusResponse& response, std::string name, std::uint64_t value) {
    v1::NamedCount& size = *response.add_sizes();
    size.set_name(std::move(name));
    size.set_value(value);
}

void show_scrub(const journal::Scrub::Status& status, v1::ScrubStatus& message) {
    if (status.last) {
        rpc::set_timestamp(status.last->ended, *message.mutable_last_pass_ended_at());
        message.set_last_pass_through(status.last->through.value);
    }
    message.set_verified(status.verified.value);
    if (status.damage) message.set_damaged_from(status.damage->first.value);
}

}  // namespace

Queries::Queries(const BackParts& parts) : parts_(parts) {
    for (std::thread& thread : threads_) thread = std::thread([this] { work(); });
}

Queries::~Queries() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    change_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

Result<Done> Queries::post(std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        if (ending_ || waiting_.size() >= queries_waiting_max) {
            return Fault{.kind = FaultKind::overloaded,
                         .field = {},
                         .detail = "as many questions wait as may",
                         .remedy = "ask again in a moment"};
        }
        waiting_.push_back(std::move(work));
    }
    change_.notify_one();
    return Done{};
}

void Queries::work() {
    // Of this thread alone, on Linux: decisions come before questions.
    (void)setpriority(PRIO_PROCESS, 0, own_niceness);
    std::unique_lock lock(mutex_);
    while (true) {
        change_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        const std::function<void()> next = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        next();
        lock.lock();
    }
}

template <class T>
Result<T> Queries::ask(std::function<T(const rules::State&)> question) {
    const auto promise = std::make_shared<std::promise<T>>();
    std::future<T> answer = promise->get_future();
    const Result<Done> pushed = parts_.sequencer.inbox().push(sequencer::Query{
        .run = [promise, question = std::move(question)](const rules::State& state) {
            promise->set_value(question(state));
        }});
    if (!pushed) return pushed.fault();
    if (answer.wait_for(answer_wait_max) != std::future_status::ready) {
        return Fault{.kind = FaultKind::overloaded,
                     .field = {},
                     .detail = "the service is too busy to answer questions",
                     .remedy = "ask again in a moment"};
    }
    return answer.get();
}

Result<Done> Queries::read_account(const Caller& caller, const v1::ReadAccountRequest& request,
                                   v1::ReadAccountResponse& response) {
    const Result<AccountSelector> selector = to_selector(request);
    if (!selector) return selector.fault();
    const Result<MaybeView> view = ask<MaybeView>(view_if_visible(*selector, caller.identity));
    if (!view) return view.fault();
    if (!*view) return no_such_account();
    show(**view, response);
    Result<std::optional<Secret>> key = find_key(parts_.vault, (*view)->account.vault_key);
    if (!key) return key.fault();
    Reader reader(parts_.store, *std::move(key));
    const Result<Done> held = add_hold_merchants(reader, caller, **view, response);
    if (!held) return held.fault();
    return add_agreement(reader, response, **view);
}

/// A token is the place of one of the account's own entries, at which the page before ended.
Result<Done> Queries::check_page(const v1::ListTransactionsRequest& request, AccountId account,
                                 Sequence before, Sequence as_of) const {
    if (request.page_token().empty() || before > as_of) return Done{};
    const Result<std::vector<Sequence>> there =
        sequencer::list_activity(parts_.projections, account, {before.value + 1}, 1);
    if (!there) return there.fault();
    if (there->empty() || there->front() != before) return no_such_page();
    return Done{};
}

Result<Done> Queries::list_transactions(const Caller& caller,
                                        const v1::ListTransactionsRequest& request,
                                        v1::ListTransactionsResponse& response) {
    const Result<AccountSelector> selector = to_selector(request);
    if (!selector) return selector.fault();
    const Result<std::size_t> size = page_size(request.page_size());
    if (!size) return size.fault();
    const Result<MaybeView> view = ask<MaybeView>(view_if_visible(*selector, caller.identity));
    if (!view) return view.fault();
    if (!*view) return no_such_account();
    wait_for(parts_.projector, (*view)->as_of);
    const Sequence as_of = std::min(parts_.projector.projected(), (*view)->as_of);
    const Result<Sequence> before = page_start(request.page_token(), as_of);
    if (!before) return before.fault();
    const Result<Done> known = check_page(request, (*view)->account.id, *before, as_of);
    if (!known) return known.fault();
    const Result<std::vector<Sequence>> listed =
        sequencer::list_activity(parts_.projections, (*view)->account.id, *before, *size + 1);
    if (!listed) return listed.fault();
    Result<std::optional<Secret>> key = find_key(parts_.vault, (*view)->account.vault_key);
    if (!key) return key.fault();
    Reader reader(parts_.store, *std::move(key));
    const std::size_t shown = std::min(*size, listed->size());
    for (std::size_t index = 0; index < shown; ++index) {
        if (caller.gone()) return has_gone();
        const Result<sequencer::Recorded> recorded = reader.read((*listed)[index]);
        if (!recorded) return recorded.fault();
        show(*recorded, **view, *response.add_transactions());
    }
    if (listed->size() > shown) {
        response.set_next_page_token(std::to_string((*listed)[shown - 1].value));
    }
    response.set_epoch((*view)->epoch.value);
    response.set_as_of_sequence(as_of.value);
    return Done{};
}

Result<Done> Queries::explain_decision(const Caller& caller,
                                       const v1::ExplainDecisionRequest& request,
                                       v1::ExplainDecisionResponse& response) {
    const Result<AuthorisationId> id =
        rpc::parse_authorisation_id(request.authorisation_id(), "authorisation_id");
    if (!id) return id.fault();
    if (id->sequence > parts_.store.tail()) return no_such_decision();
    sequencer::Recall recall(parts_.store);
    const Result<sequencer::Recorded> clear = recall.read(id->sequence, nullptr);
    if (!clear) return clear.fault();
    const std::optional<DecisionAsked> decided = decision_in(*clear);
    // Of another epoch than its id says: that one was lost in a restore.
    if (!decided || decided->event_id != *id) return no_such_decision();

    struct Context {
        AccountView view;
        rules::CompiledRules defaults;
        rules::CompiledRules agreement;
        rules::CompiledRules card_rules;
        WindowStarts window_starts{};
    };
    using MaybeContext = std::optional<Context>;
    const Result<MaybeContext> context = ask<MaybeContext>(
        [account = decided->account, defaults = decided->defaults, agreed = decided->agreement,
         own = decided->card_rules, windows = decided->windows,
         identity = caller.identity](const rules::State& state) -> MaybeContext {
            if (!may_see(identity, state, state.at(account))) return std::nullopt;
            Context found{.view = view_of(state, state.at(account)),
                          .defaults = state.at(defaults)};
            if (agreed.value != 0) found.agreement = state.at(agreed);
            if (own.value != 0) found.card_rules = state.at(own);
            found.window_starts = window_starts_of(state, windows);
            return found;
        });
    if (!context) return context.fault();
    if (!*context) return no_such_decision();
    Result<std::optional<Secret>> key = find_key(parts_.vault, (*context)->view.account.vault_key);
    if (!key) return key.fault();
    Reader reader(parts_.store, *std::move(key));
    const Result<sequencer::Recorded> recorded = reader.read(id->sequence);
    if (!recorded) return recorded.fault();
    const std::optional<DecisionAsked> asked = decision_in(*recorded);
    const bool agreed = decided->agreement.value != 0;
    const bool own = decided->card_rules.value != 0;
    const DecisionView shown{.asked = *asked,
                             .stamp = recorded->stamp,
                             .rules = {.defaults = &(*context)->defaults,
                                       .agreement = agreed ? &(*context)->agreement : nullptr,
                                       .card = own ? &(*context)->card_rules : nullptr},
                             .currency = (*context)->view.currency,
                             .counting_since = (*context)->view.account.opened_ns,
                             .window_starts = (*context)->window_starts,
                             .purses = (*context)->view.account.purses};
    show(shown, response);
    response.mutable_account()->set_programme((*context)->view.programme.str());
    response.mutable_account()->set_reference((*context)->view.account.reference.str());
    return Done{};
}

void Queries::show_status(const rules::State& state, v1::ReadStatusResponse& response) const {
    const sequencer::Sequencer& sequencer = parts_.sequencer;
    const bool simulated = sequencer.clock_kind() == sequencer::ClockKind::simulated;
    const sequencer::Watermarks marks = sequencer.watermarks();
    response.set_version(parts_.version);
    response.set_epoch(state.epoch.value);
    response.set_serving(sequencer.clock_is_believed() && !parts_.refuse_all);
    response.set_inspection(parts_.refuse_all.has_value());
    response.set_clock(simulated ? v1::CLOCK_KIND_SIMULATED : v1::CLOCK_KIND_SYSTEM);
    rpc::set_timestamp(sequencer.clock_now(), *response.mutable_now());
    response.set_clock_believed(sequencer.clock_is_believed());
    if (state.last.value != 0) rpc::set_timestamp(state.last_ns, *response.mutable_last_stamp());
    response.set_received(marks.received);
    response.set_decided(marks.decided.value);
    response.set_durable(marks.durable.value);
    response.set_replied(marks.replied.value);
    add_counters(sequencer.counters(), response);
    std::ranges::sort(*response.mutable_counters(), {}, &v1::NamedCount::name);
    add_size(response, "accounts_count", state.accounts.size());
    add_size(response, "agreements_count", state.agreements.size());
    add_size(response, "authorisations_in_memory_count", state.authorisations.size());
    add_size(response, "cards_count", state.cards.size());
    add_size(response, "quarantine_count", parts_.quarantine.list().size());
    add_size(response, "request_keys_count", sequencer.core().request_keys.size());
    add_projected(response, "activity", parts_.projector.projected());
    add_projected(response, "archive", parts_.projector.archived());
    add_projected(response, "images", parts_.projector.imaged());
    show_scrub(parts_.scrub.status(), *response.mutable_scrub());
}

}  // namespace carecard::authorisation
