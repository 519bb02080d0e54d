#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/end_to_end/installation.h"
#include "tests/end_to_end/kill_oracle.h"

namespace carecard::end_to_end {

using Random = std::mt19937_64;

/// @return a number from `least` to `most`, both included.
[[nodiscard]] std::int64_t between(Random& random, std::int64_t least, std::int64_t most);

/// Sends one request and tells what came back; nothing when no answer came.
class Sender {
   public:
    explicit Sender(Service& service);

    struct Reply {
        grpc::Status status;
        Answered answered;
        bool replay = false;
    };
    Reply send(const Ask& ask);

   private:
    Reply load(const Ask& ask);
    Reply authorise(const Ask& ask);
    Reply reverse(const Ask& ask);
    Reply present(const Ask& ask);

    std::unique_ptr<v1::AuthorisationService::Stub> gateway_;
    std::unique_ptr<v1::AdminService::Stub> finance_;
};

/// One thread of the load: asks one thing after another until no answer comes.
class Worker {
   public:
    /// @param name      distinguishes its request keys.
    /// @param accounts  "A1" to "A<accounts>" are there, with cards 1 to `accounts`.
    Worker(Service& service, Oracle& oracle, std::string name, unsigned accounts,
           std::uint64_t seed)
        : sender_(service),
          oracle_(oracle),
          name_(std::move(name)),
          accounts_(accounts),
          random_(seed) {}

    void work() {
        while (ask_one()) continue;
    }

   private:
    struct Paid {
        std::string id;
        unsigned card;
        std::int64_t pence;
    };

    bool ask_one();
    Ask next_ask();
    Paid take(std::vector<Paid>& from);

    Sender sender_;
    Oracle& oracle_;
    const std::string name_;
    const unsigned accounts_;
    Random random_;
    int asked_ = 0;
    std::vector<Paid> held_;
    std::vector<Paid> cleared_;
};

}  // namespace carecard::end_to_end
