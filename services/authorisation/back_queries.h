#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "services/authorisation/back.h"
#include "services/rpc/identity.h"

namespace carecard::authorisation {

/// Who asks, and whether they have gone meanwhile.
struct Caller {
    rpc::Identity identity;
    std::function<bool()> gone;
};

/// Answers what people ask, on threads of its own at lower priority: takes values from the state
/// through the inbox, reads events back from the journal, and opens their personal texts with the
/// account's key from the vault.
class Queries {
   public:
    explicit Queries(const BackParts& parts);
    ~Queries();
    Queries(const Queries&) = delete;
    Queries& operator=(const Queries&) = delete;

    /// Runs `work` on one of the threads.
    /// @return `overloaded` when `queries_waiting_max` wait already.
    [[nodiscard]] Result<Done> post(std::function<void()> work);

    // Each fills `response`, or says why not. They block, so call them within `post` only. What is
    // another council's gives the same answer as what does not exist; whoever has gone is not read
    // for.
    [[nodiscard]] Result<Done> read_account(const Caller& caller,
                                            const v1::ReadAccountRequest& request,
                                            v1::ReadAccountResponse& response);
    [[nodiscard]] Result<Done> list_transactions(const Caller& caller,
                                                 const v1::ListTransactionsRequest& request,
                                                 v1::ListTransactionsResponse& response);
    [[nodiscard]] Result<Done> explain_decision(const Caller& caller,
                                                const v1::ExplainDecisionRequest& request,
                                                v1::ExplainDecisionResponse& response);

    /// Fills the whole of `response`. Only within a query of the sequencer's inbox, which alone may
    /// look at what it tells; no other question delays it.
    void show_status(const rules::State& state, v1::ReadStatusResponse& response) const;

   private:
    void work();
    [[nodiscard]] Result<Done> check_page(const v1::ListTransactionsRequest& request,
                                          AccountId account, Sequence before, Sequence as_of) const;

    /// Asks the state for a value, and waits for it.
    /// @return `overloaded` when the inbox is full or the answer takes too long.
    template <class T>
    [[nodiscard]] Result<T> ask(std::function<T(const rules::State&)> question);

    const BackParts parts_;
    std::mutex mutex_;  // guards the two below
    std::deque<std::function<void()>> waiting_;
    bool ending_ = false;
    std::condition_variable change_;
    std::array<std::thread, 2> threads_;
};

}  // namespace carecard::authorisation
