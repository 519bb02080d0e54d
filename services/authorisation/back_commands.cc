#include "services/authorisation/back_commands.h"

#include "services/authorisation/back_call.h"
#include "services/authorisation/back_queries.h"
#include "services/authorisation/convert_purse.h"
#include "services/authorisation/show.h"
#include "services/journal/random.h"
#include "services/rpc/log.h"

namespace carecard::authorisation {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

constexpr const char* program = "carecard-authorisation";
constexpr std::size_t account_key_bytes = 32;

/// A method of `AdminService`, of which only the last part differs.
#define ADMIN_METHOD(name) "carecard.v1.AdminService/" name

class Admin final : public v1::AdminService::CallbackService {
   public:
    explicit Admin(const BackParts& parts) : parts_(parts), queries_(parts) {}

    ServerUnaryReactor* CreateProgramme(CallbackServerContext* context,
                                        const v1::CreateProgrammeRequest* request,
                                        v1::CreateProgrammeResponse* response) override {
        return command<rules::ProgrammeCreated>(*context, *request, *response,
                                                ADMIN_METHOD("CreateProgramme"));
    }

    ServerUnaryReactor* OpenAccount(CallbackServerContext* context,
                                    const v1::OpenAccountRequest* request,
                                    v1::OpenAccountResponse* response) override {
        constexpr std::string_view method = ADMIN_METHOD("OpenAccount");
        ServerUnaryReactor& reactor = *context->DefaultReactor();
        const Result<rpc::Identity> caller = allowed_caller(*context, method);
        if (!caller) return failed(reactor, caller.fault(), method);
        auto valid = to_command(*request, *caller, journal::random_vault_key_id());
        if (!valid) return failed(reactor, valid.fault(), method);
        // A call that is refused, or repeats one, needs no key.
        auto look = [this, context, response, &reactor, method = std::string_view(method),
                     command = *valid](const rules::State& state) {
            const bool is_new = may_open(state, *command);
            const Result<Done> posted =
                queries_.post([this, context, response, &reactor, command, is_new] {
                    open_account(*context, reactor, command, is_new, *response);
                });
            if (!posted) fail(reactor, posted.fault(), method);
        };
        const Result<Done> pushed =
            parts_.sequencer.inbox().push(sequencer::Query{.run = std::move(look)});
        if (!pushed) return failed(reactor, pushed.fault(), method);
        return &reactor;
    }

    ServerUnaryReactor* OpenPurse(CallbackServerContext* context,
                                  const v1::OpenPurseRequest* request,
                                  v1::OpenPurseResponse* response) override {
        return command<rules::PurseOpened>(*context, *request, *response,
                                           ADMIN_METHOD("OpenPurse"));
    }

    ServerUnaryReactor* IssueCard(CallbackServerContext* context,
                                  const v1::IssueCardRequest* request,
                                  v1::IssueCardResponse* response) override {
        return command<rules::CardIssued>(*context, *request, *response, ADMIN_METHOD("IssueCard"));
    }

    ServerUnaryReactor* LoadPurse(CallbackServerContext* context,
                                  const v1::LoadPurseRequest* request,
                                  v1::LoadPurseResponse* response) override {
        return command<rules::Loaded>(*context, *request, *response, ADMIN_METHOD("LoadPurse"));
    }

    ServerUnaryReactor* ReleaseStage(CallbackServerContext* context,
                                     const v1::ReleaseStageRequest* request,
                                     v1::ReleaseStageResponse* response) override {
        return command<rules::StageReleased>(*context, *request, *response,
                                             ADMIN_METHOD("ReleaseStage"));
    }

    ServerUnaryReactor* ClosePurse(CallbackServerContext* context,
                                   const v1::ClosePurseRequest* request,
                                   v1::ClosePurseResponse* response) override {
        return command<rules::PurseClosed>(*context, *request, *response,
                                           ADMIN_METHOD("ClosePurse"));
    }

    ServerUnaryReactor* SetEarmark(CallbackServerContext* context,
                                   const v1::SetEarmarkRequest* request,
                                   v1::SetEarmarkResponse* response) override {
        return command<rules::EarmarkSet>(*context, *request, *response,
                                          ADMIN_METHOD("SetEarmark"));
    }

    ServerUnaryReactor* WithdrawEarmark(CallbackServerContext* context,
                                        const v1::WithdrawEarmarkRequest* request,
                                        v1::WithdrawEarmarkResponse* response) override {
        return command<rules::EarmarkWithdrawn>(*context, *request, *response,
                                                ADMIN_METHOD("WithdrawEarmark"));
    }

    ServerUnaryReactor* SetProvider(CallbackServerContext* context,
                                    const v1::SetProviderRequest* request,
                                    v1::SetProviderResponse* response) override {
        return command<rules::ProviderSet>(*context, *request, *response,
                                           ADMIN_METHOD("SetProvider"));
    }

    ServerUnaryReactor* ListPurseTemplates(CallbackServerContext* context,
                                           const v1::ListPurseTemplatesRequest*,
                                           v1::ListPurseTemplatesResponse* response) override {
        constexpr std::string_view method = ADMIN_METHOD("ListPurseTemplates");
        ServerUnaryReactor& reactor = *context->DefaultReactor();
        const Result<rpc::Identity> caller = allowed_caller(*context, method);
        if (!caller) return failed(reactor, caller.fault(), method);
        show_purse_templates(*response);
        reactor.Finish(grpc::Status::OK);
        return &reactor;
    }

    ServerUnaryReactor* SetAgreement(CallbackServerContext* context,
                                     const v1::SetAgreementRequest* request,
                                     v1::SetAgreementResponse* response) override {
        return in_currency<rules::AgreementSet>(*context, *request, *response,
                                                ADMIN_METHOD("SetAgreement"));
    }

    ServerUnaryReactor* SetCardStatus(CallbackServerContext* context,
                                      const v1::SetCardStatusRequest* request,
                                      v1::SetCardStatusResponse* response) override {
        return command<rules::CardStatusSet>(*context, *request, *response,
                                             ADMIN_METHOD("SetCardStatus"));
    }

    ServerUnaryReactor* ReplaceCard(CallbackServerContext* context,
                                    const v1::ReplaceCardRequest* request,
                                    v1::ReplaceCardResponse* response) override {
        return command<rules::CardReplaced>(*context, *request, *response,
                                            ADMIN_METHOD("ReplaceCard"));
    }

    ServerUnaryReactor* SetCardRules(CallbackServerContext* context,
                                     const v1::SetCardRulesRequest* request,
                                     v1::SetCardRulesResponse* response) override {
        return in_currency<rules::CardRulesSet>(*context, *request, *response,
                                                ADMIN_METHOD("SetCardRules"));
    }

    ServerUnaryReactor* SetAccountStatus(CallbackServerContext* context,
                                         const v1::SetAccountStatusRequest* request,
                                         v1::SetAccountStatusResponse* response) override {
        return command<rules::AccountStatusSet>(*context, *request, *response,
                                                ADMIN_METHOD("SetAccountStatus"));
    }

    ServerUnaryReactor* ProposeResolution(CallbackServerContext* context,
                                          const v1::ProposeResolutionRequest* request,
                                          v1::ProposeResolutionResponse* response) override {
        return command<rules::ResolutionProposed>(*context, *request, *response,
                                                  ADMIN_METHOD("ProposeResolution"));
    }

    ServerUnaryReactor* DecideResolution(CallbackServerContext* context,
                                         const v1::DecideResolutionRequest* request,
                                         v1::DecideResolutionResponse* response) override {
        return command<rules::ResolutionDecided>(*context, *request, *response,
                                                 ADMIN_METHOD("DecideResolution"));
    }

    ServerUnaryReactor* RecoverExposure(CallbackServerContext* context,
                                        const v1::RecoverExposureRequest* request,
                                        v1::RecoverExposureResponse* response) override {
        return command<rules::ExposureRecovered>(*context, *request, *response,
                                                 ADMIN_METHOD("RecoverExposure"));
    }

    ServerUnaryReactor* OpenDispute(CallbackServerContext* context,
                                    const v1::OpenDisputeRequest* request,
                                    v1::OpenDisputeResponse* response) override {
        return command<rules::DisputeOpened>(*context, *request, *response,
                                             ADMIN_METHOD("OpenDispute"));
    }

    ServerUnaryReactor* CloseDispute(CallbackServerContext* context,
                                     const v1::CloseDisputeRequest* request,
                                     v1::CloseDisputeResponse* response) override {
        return command<rules::DisputeClosed>(*context, *request, *response,
                                             ADMIN_METHOD("CloseDispute"));
    }

    ServerUnaryReactor* AdvanceClock(CallbackServerContext* context,
                                     const v1::AdvanceClockRequest* request,
                                     v1::AdvanceClockResponse* response) override {
        return command<rules::ClockAdvanced>(
            *context, *request, *response, ADMIN_METHOD("AdvanceClock"),
            [response](const auto& event, const Answered& answered) {
                to_response(event, answered, answered.stamp.sequence, *response);
            });
    }

    ServerUnaryReactor* AcceptClock(CallbackServerContext* context,
                                    const v1::AcceptClockRequest* request,
                                    v1::AcceptClockResponse* response) override {
        constexpr std::string_view method = ADMIN_METHOD("AcceptClock");
        ServerUnaryReactor& reactor = *context->DefaultReactor();
        const Result<rpc::Identity> caller = allowed_caller(*context, method);
        if (!caller) return failed(reactor, caller.fault(), method);
        auto valid = to_command(*request, *caller, sequencer::SystemClock{}.read().wall);
        if (!valid) return failed(reactor, valid.fault(), method);
        submit<rules::ClockAccepted>(parts_.sequencer, *context, reactor, *std::move(valid),
                                     std::nullopt, method,
                                     [response](const auto& event, const Answered& answered) {
                                         to_response(event, answered, *response);
                                     });
        return &reactor;
    }

    ServerUnaryReactor* ReadAccount(CallbackServerContext* context,
                                    const v1::ReadAccountRequest* request,
                                    v1::ReadAccountResponse* response) override {
        return query(*context, *request, *response, ADMIN_METHOD("ReadAccount"),
                     &Queries::read_account);
    }

    ServerUnaryReactor* ListTransactions(CallbackServerContext* context,
                                         const v1::ListTransactionsRequest* request,
                                         v1::ListTransactionsResponse* response) override {
        return query(*context, *request, *response, ADMIN_METHOD("ListTransactions"),
                     &Queries::list_transactions);
    }

    ServerUnaryReactor* ExplainDecision(CallbackServerContext* context,
                                        const v1::ExplainDecisionRequest* request,
                                        v1::ExplainDecisionResponse* response) override {
        return query(*context, *request, *response, ADMIN_METHOD("ExplainDecision"),
                     &Queries::explain_decision);
    }

    ServerUnaryReactor* ReadStatus(CallbackServerContext* context, const v1::ReadStatusRequest*,
                                   v1::ReadStatusResponse* response) override {
        constexpr std::string_view method = ADMIN_METHOD("ReadStatus");
        ServerUnaryReactor& reactor = *context->DefaultReactor();
        const Result<rpc::Identity> caller = allowed_caller(*context, method);
        if (!caller) return failed(reactor, caller.fault(), method);
        const auto answer = [this, response, &reactor](const rules::State& state) {
            queries_.show_status(state, *response);
            reactor.Finish(grpc::Status::OK);
        };
        const Result<Done> pushed = parts_.sequencer.inbox().push(sequencer::Query{.run = answer});
        if (!pushed) return failed(reactor, pushed.fault(), method);
        return &reactor;
    }

    ServerUnaryReactor* ListQuarantine(CallbackServerContext* context,
                                       const v1::ListQuarantineRequest*,
                                       v1::ListQuarantineResponse* response) override {
        constexpr std::string_view method = ADMIN_METHOD("ListQuarantine");
        ServerUnaryReactor& reactor = *context->DefaultReactor();
        const Result<rpc::Identity> caller = allowed_caller(*context, method);
        if (!caller) return failed(reactor, caller.fault(), method);
        for (const sequencer::QuarantineEntry& entry : parts_.quarantine.list()) {
            show(entry, *response->add_commands());
        }
        reactor.Finish(grpc::Status::OK);
        return &reactor;
    }

    ServerUnaryReactor* ReleaseQuarantined(CallbackServerContext* context,
                                           const v1::ReleaseQuarantinedRequest* request,
                                           v1::ReleaseQuarantinedResponse* response) override {
        constexpr std::string_view method = ADMIN_METHOD("ReleaseQuarantined");
        ServerUnaryReactor& reactor = *context->DefaultReactor();
        const Result<rpc::Identity> caller = allowed_caller(*context, method);
        if (!caller) return failed(reactor, caller.fault(), method);
        // On another thread: it writes.
        const Result<Done> posted =
            queries_.post([this, request, response, &reactor, method, operator_id = caller->id] {
                const auto released = parts_.quarantine.release(request->id());
                if (!released) return fail(reactor, released.fault(), method);
                rpc::log(program, "quarantine_released id={} command={} by={}",
                         sequencer::quarantine_id(released->fingerprint), released->kind,
                         operator_id.view());
                show(*released, *response->mutable_released());
                reactor.Finish(grpc::Status::OK);
            });
        if (!posted) return failed(reactor, posted.fault(), method);
        return &reactor;
    }

   private:
    static ServerUnaryReactor* failed(ServerUnaryReactor& reactor, const Fault& fault,
                                      std::string_view method) {
        fail(reactor, fault, method);
        return &reactor;
    }

    static bool may_open(const rules::State& state, const rules::OpenAccount& command) {
        const CouncilCode& council = command.request.council;
        const rules::Programme* programme = state.find(command.account.programme);
        return programme != nullptr && state.find(command.account) == nullptr &&
               (council.empty() || council == programme->terms.council);
    }

    /// @param is_new  whether the account could be opened when the state was last looked at.
    void open_account(CallbackServerContext& context, ServerUnaryReactor& reactor,
                      rules::Valid<rules::OpenAccount> command, bool is_new,
                      v1::OpenAccountResponse& response) {
        constexpr std::string_view method = ADMIN_METHOD("OpenAccount");
        const VaultKeyId id = command->vault_key;
        // The key is durable before anything can be sealed under it.
        std::optional<Secret> key;
        if (is_new) {
            key = journal::random_secret(account_key_bytes);
            const Result<Done> kept = parts_.vault.put(id, *key);
            if (!kept) return fail(reactor, kept.fault(), method);
        }
        const auto respond = [&response](const auto& event, const Answered& answered) {
            to_response(event, answered, response);
        };
        const auto settle = [this, id, is_new](const rules::AccountOpened* opened) {
            if (is_new && (opened == nullptr || opened->request.vault_key != id)) drop_key(id);
        };
        submit<rules::AccountOpened>(parts_.sequencer, context, reactor, std::move(command),
                                     std::move(key), method, respond, settle);
    }

    /// Erases a key under which nothing was sealed. On another thread: it writes.
    void drop_key(const VaultKeyId& id) {
        (void)queries_.post([this, id] {
            const Result<Done> erased = parts_.vault.erase(id);
            if (!erased) rpc::log(program, "key_not_erased {}", rpc::explain(erased.fault()));
        });
    }

    /// For rules: only the state knows the programme's currency, in which their amounts must be.
    template <class Event, class Request, class Response>
    ServerUnaryReactor* in_currency(CallbackServerContext& context, const Request& request,
                                    Response& response, std::string_view method) {
        ServerUnaryReactor& reactor = *context.DefaultReactor();
        const Result<rpc::Identity> caller = allowed_caller(context, method);
        if (!caller) return failed(reactor, caller.fault(), method);
        auto valid = to_command(request, *caller);
        if (!valid) return failed(reactor, valid.fault(), method);
        auto with_currency = [this, &context, &request, &response, &reactor, command = *valid,
                              method](const rules::State& state) {
            const rules::Programme* programme = programme_of(state, *command);
            const auto fault = programme == nullptr
                                   ? std::nullopt
                                   : fault_in_currency(request, programme->terms.currency);
            if (fault) return fail(reactor, *fault, method);
            submit<Event>(parts_.sequencer, context, reactor, command, std::nullopt, method,
                          [&response](const auto& event, const Answered& answered) {
                              to_response(event, answered, response);
                          });
        };
        const Result<Done> pushed =
            parts_.sequencer.inbox().push(sequencer::Query{.run = std::move(with_currency)});
        if (!pushed) return failed(reactor, pushed.fault(), method);
        return &reactor;
    }

    static const rules::Programme* if_seen(const rules::Programme* programme,
                                           const rules::Request& request) {
        const bool hidden = programme != nullptr && !request.council.empty() &&
                            programme->terms.council != request.council;
        return hidden ? nullptr : programme;
    }
    /// Null when the caller's council has no such programme or card, which the decision will say.
    static const rules::Programme* programme_of(const rules::State& state,
                                                const rules::SetAgreement& command) {
        return if_seen(state.find(command.account.programme), command.request);
    }
    static const rules::Programme* programme_of(const rules::State& state,
                                                const rules::SetCardRules& command) {
        const CardId id = command.card;
        if (id.value > state.cards.size()) return nullptr;
        const rules::Card* card = id.value == 0 ? state.find(command.card_token) : &state.at(id);
        if (card == nullptr) return nullptr;
        return if_seen(&state.at(state.at(card->account).programme), command.request);
    }

    template <class Event, class Request, class Response>
    ServerUnaryReactor* command(CallbackServerContext& context, const Request& request,
                                Response& response, std::string_view method) {
        return command<Event>(context, request, response, method,
                              [&response](const auto& event, const Answered& answered) {
                                  to_response(event, answered, response);
                              });
    }

    template <class Event, class Request, class Response, class Respond>
    ServerUnaryReactor* command(CallbackServerContext& context, const Request& request, Response&,
                                std::string_view method, Respond respond) {
        ServerUnaryReactor& reactor = *context.DefaultReactor();
        const Result<rpc::Identity> caller = allowed_caller(context, method);
        if (!caller) return failed(reactor, caller.fault(), method);
        auto valid = to_command(request, *caller);
        if (!valid) return failed(reactor, valid.fault(), method);
        submit<Event>(parts_.sequencer, context, reactor, *std::move(valid), std::nullopt, method,
                      respond);
        return &reactor;
    }

    /// Answers from the state and the journal, on the queries' own thread.
    template <class Request, class Response>
    ServerUnaryReactor* query(CallbackServerContext& context, const Request& request,
                              Response& response, std::string_view method,
                              Result<Done> (Queries::*answer)(const Caller&, const Request&,
                                                              Response&)) {
        ServerUnaryReactor& reactor = *context.DefaultReactor();
        const Result<rpc::Identity> caller = allowed_caller(context, method);
        if (!caller) return failed(reactor, caller.fault(), method);
        const Caller who{.identity = *caller, .gone = [&context] { return context.IsCancelled(); }};
        const Result<Done> posted = queries_.post([&, who, method, answer] {
            const Result<Done> answered = (queries_.*answer)(who, request, response);
            if (!answered) return fail(reactor, answered.fault(), method);
            reactor.Finish(grpc::Status::OK);
        });
        if (!posted) return failed(reactor, posted.fault(), method);
        return &reactor;
    }

#undef ADMIN_METHOD

    const BackParts parts_;
    Queries queries_;
};

class Journal final : public v1::JournalService::CallbackService {
   public:
    explicit Journal(const BackParts& parts) : parts_(parts) {}

    grpc::ServerWriteReactor<v1::TailResponse>* Tail(CallbackServerContext* context,
                                                     const v1::TailRequest* request) override {
        constexpr std::string_view method = "carecard.v1.JournalService/Tail";
        const Result<rpc::Identity> caller = allowed_caller(*context, method);
        if (!caller) return refuse_tail(caller.fault(), method);
        if (parts_.refuse_all) return refuse_tail(*parts_.refuse_all, method);
        if (!caller->council.empty()) return refuse_tail(one_council_only(), method);
        return start_tail({.store = parts_.store,
                           .bell = parts_.bell,
                           .epoch = parts_.epoch,
                           .clock = parts_.sequencer.clock_kind()},
                          *request);
    }

    ServerUnaryReactor* CloseSettlement(CallbackServerContext* context,
                                        const v1::CloseSettlementRequest* request,
                                        v1::CloseSettlementResponse* response) override {
        constexpr std::string_view method = "carecard.v1.JournalService/CloseSettlement";
        ServerUnaryReactor& reactor = *context->DefaultReactor();
        const Result<rpc::Identity> caller = allowed_caller(*context, method);
        if (!caller) {
            fail(reactor, caller.fault(), method);
            return &reactor;
        }
        auto valid = to_command(*request, *caller);
        if (!valid) {
            fail(reactor, valid.fault(), method);
            return &reactor;
        }
        submit<rules::SettlementClosed>(parts_.sequencer, *context, reactor, *std::move(valid),
                                        std::nullopt, method,
                                        [response](const auto& event, const Answered& answered) {
                                            to_response(event, answered, *response);
                                        });
        return &reactor;
    }

   private:
    /// The records hold every council's events.
    static Fault one_council_only() {
        return {.kind = FaultKind::denied,
                .field = "certificate",
                .detail = "the journal is every council's; the certificate is for one",
                .remedy = "use the certificate of the settlement service, which names no council"};
    }

    static grpc::ServerWriteReactor<v1::TailResponse>* refuse_tail(const Fault& fault,
                                                                   std::string_view method) {
        class Refusal final : public grpc::ServerWriteReactor<v1::TailResponse> {
           public:
            explicit Refusal(const grpc::Status& status) { Finish(status); }
            void OnDone() override { delete this; }
        };
        return new Refusal(rpc::to_status(fault, rpc::roles_with_right(method)));
    }

    const BackParts parts_;
};

}  // namespace

std::unique_ptr<v1::AdminService::CallbackService> make_admin_service(const BackParts& parts) {
    return std::make_unique<Admin>(parts);
}

std::unique_ptr<v1::JournalService::CallbackService> make_journal_service(const BackParts& parts) {
    return std::make_unique<Journal>(parts);
}

}  // namespace carecard::authorisation
