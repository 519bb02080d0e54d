#pragma once

#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "common/result.h"
#include "rules/command.h"
#include "rules/event.h"
#include "rules/state.h"

namespace carecard::rules {

/// A refusal that leaves no trace in the journal: an unknown card has no account to write it to,
/// and a presentment in another currency than the programme's cannot be posted anywhere.
struct RefusedUnrecorded {
    Decline decline;
};

/// The command names something that happened once already (a load's reference, a presentment's
/// id, a closed day): the answer is in the event at this sequence. The caller of `decide` reads
/// it, and compares, before it answers.
struct AlreadyRecorded {
    Sequence sequence;
};

/// What comes of a command. A refusal that a terminal can cause is an `Event` with a decline; a
/// fault is a mistake of the caller's, changes nothing and is not journaled.
using Decision = std::variant<Event, RefusedUnrecorded, AlreadyRecorded, Fault>;

/// Decides what becomes of `command`, given everything that was journaled before `stamp`.
///
/// Pure and total: reads its arguments only, changes nothing, and gives the same answer on every
/// machine. Anything in the answer's event that adds money up has been checked to fit, so that
/// `apply` cannot fail.
///
/// @param command  validated (see validate.h): amounts and forms are within their limits.
/// @param stamp    the event's place: `stamp.sequence` is `state.last` + 1, and `stamp.now_ns`
///                 is not before `state.last_ns`. Never the wall clock.
/// @return the fact to journal, or why there is none.
[[nodiscard]] Decision decide(const State& state, const Command& command,
                              const Stamp& stamp) noexcept;

/// Something that is due by itself, and the command that deals with it.
struct Due {
    TimestampNs at;
    Command command;
};

/// What is due and is left as it is: a business day that goes on; a hold, a purse or an earmark
/// that stays. For what cannot be decided (see services/sequencer/quarantine.h).
struct PassedOver {
    std::set<ProgrammeId> programmes;
    std::set<AuthorisationId> holds;
    std::set<std::pair<AccountId, PurseNumber>> purses;
    std::set<Sequence> earmarks;  ///< By the events that set them.
};

/// The programme cut-off that is due first, at or before `until`; nothing when none is.
[[nodiscard]] std::optional<Due> next_cut_off(const State& state, TimestampNs until,
                                              const PassedOver& passed_over = {});

/// The hold that expires first, at or before `until`; nothing when none does.
[[nodiscard]] std::optional<Due> next_expiry(const State& state, TimestampNs until,
                                             const PassedOver& passed_over = {});

/// The purse that ends first, at or before `until`; nothing when none does. It ends with the first
/// instant after its last local day.
[[nodiscard]] std::optional<Due> next_purse_end(const State& state, TimestampNs until,
                                                const PassedOver& passed_over = {});

/// The council's own payment that is due first, at or before `until`; nothing when none is. It is
/// made with the first instant of its local day.
[[nodiscard]] std::optional<Due> next_council_payment(const State& state, TimestampNs until,
                                                      const PassedOver& passed_over = {});

/// The earliest of the four; in the same instant a cut-off comes first, then a purse's end, and
/// then a council's payment.
[[nodiscard]] std::optional<Due> next_due(const State& state, TimestampNs until,
                                          const PassedOver& passed_over = {});

}  // namespace carecard::rules
