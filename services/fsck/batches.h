#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/result.h"
#include "services/fsck/flaw.h"
#include "services/journal/codec.h"
#include "services/settlement/book.h"
#include "services/settlement/period.h"
#include "services/settlement/signature.h"
#include "services/settlement/verify_batch.h"

namespace carecard::fsck {

/// Makes every settlement batch again from the journal alone and compares its files, byte for byte,
/// with those that lie in the directory of batches; and that no other batch lies there. Stops at
/// the first flaw.
class Batches {
   public:
    struct Parts {
        /// New: holds the events of each programme since its last batch, and the closing positions.
        settlement::Book& book;
        std::string directory;  ///< `<directory>/<programme>/<number, six digits>/`.
        settlement::CurrencyName currency_name;
        /// Any of these may have signed. Empty: signatures are not checked.
        std::vector<settlement::TrustedSigner> signers;
    };
    explicit Batches(Parts parts) : parts_(std::move(parts)), period_(parts_.currency_name) {}

    /// Notes the next event of the journal, and looks for the batch that it closed.
    void event(const journal::DecodedEvent& event, std::span<const std::byte> clear);
    /// When the whole journal has been read.
    void end(Sequence tail);

    [[nodiscard]] const std::optional<Flaw>& flaw() const { return flaw_; }
    /// Batches found as they must be.
    [[nodiscard]] std::uint64_t agreed() const { return agreed_; }
    [[nodiscard]] bool checks_signatures() const { return !parts_.signers.empty(); }

   private:
    Result<Done> note(const journal::DecodedEvent& event, std::span<const std::byte> clear);
    Result<Done> close(const rules::SettlementClosed& event, const rules::Stamp& stamp);
    Result<Done> compare(const std::string& place, settlement::Draft& draft,
                         const settlement::BatchFiles& files) const;
    Result<Done> check_signature(const std::string& place, const settlement::Draft& draft,
                                 const settlement::BatchFiles& files) const;
    Result<Done> look_for_others() const;

    const Parts parts_;
    settlement::Period period_;
    settlement::Changes changes_;
    bool is_simulated_ = false;
    std::map<std::string, std::uint32_t> closed_;  // by programme, how many batches
    std::uint64_t agreed_ = 0;
    std::optional<Flaw> flaw_;
};

}  // namespace carecard::fsck
