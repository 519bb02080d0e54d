#pragma once

#include <map>
#include <string>
#include <vector>

#include "carecard/v1/authorisation.pb.h"
#include "common/result.h"

namespace carecard::scenarios {

/// A shop, a cash machine, a care agency.
struct MerchantName {
    std::string name;
    std::string mcc;
    std::string city;
};

/// A payment under the name that the table gives it.
struct Payment {
    unsigned number = 0;
    std::string card;
    MerchantName merchant;
    int line = 0;          ///< Where its own message stands.
    bool awaited = false;  ///< Only a message that came first has named it so far.
};

/// Who and what a scenario's names stand for. Everything that the service wants to be unique is
/// made of the scenario's number and the name's.
class Cast {
   public:
    /// @param number     another one for each scenario of a service.
    /// @param reference  names the account.
    Cast(unsigned number, const std::string& reference);

    [[nodiscard]] const v1::AccountName& account() const { return account_; }

    /// A key for the message at a line of the file.
    [[nodiscard]] std::string key_of_line(int line) const;
    [[nodiscard]] std::string key_of(const Payment& payment) const;

    /// Fault when the name is taken.
    Result<Done> add_card(const std::string& name);
    Result<Done> add_merchant(const MerchantName& merchant);
    Result<Done> add_purse(const std::string& name);
    /// A payment that had been awaited begins now.
    Result<Payment> add_payment(const std::string& name, const Payment& payment);

    /// Fault when there is none of that name. An empty name stands for the first.
    [[nodiscard]] Result<std::string> card(const std::string& name) const;
    [[nodiscard]] Result<std::string> purse(const std::string& name) const;
    [[nodiscard]] Result<MerchantName> merchant(const std::string& name) const;
    [[nodiscard]] Result<Payment> payment(const std::string& name) const;

    /// The token of a card that there is.
    [[nodiscard]] std::string token_of(const std::string& card) const;
    [[nodiscard]] std::string last_four_of(const std::string& card) const;
    [[nodiscard]] const std::vector<std::string>& cards() const { return cards_; }
    [[nodiscard]] const std::vector<std::string>& purses() const { return purses_; }

   private:
    unsigned number_;
    v1::AccountName account_;
    std::vector<std::string> cards_;
    std::vector<std::string> purses_;
    std::map<std::string, MerchantName> merchants_;
    std::map<std::string, Payment> payments_;
};

/// The merchant's number at its acquirer, made of its name.
[[nodiscard]] std::string acceptor_of(const MerchantName& merchant);
/// The network's own marks of a payment.
[[nodiscard]] std::string network_id_of(const Payment& payment);
[[nodiscard]] v1::OriginalReference::AcquirerTrace trace_of(const Payment& payment);

}  // namespace carecard::scenarios
