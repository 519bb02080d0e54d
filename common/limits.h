#pragma once

#include <cstddef>
#include <cstdint>

#include "common/money.h"
#include "common/time.h"

/// Every limit of the system, by name, in one place, asserted against each other.
namespace carecard {

// One transaction.
inline constexpr AmountMinor transaction_minor_max{100'000'000};  ///< A million pounds.
inline constexpr AmountMinor load_minor_max{1'000'000'000};       ///< Ten million pounds.
/// An authorisation code is six characters, often typed, so one that fits is believed only about
/// the same card, and about an amount that is not more than so much above what was approved: the
/// greater of the two, beyond every tolerance of a scheme. Any smaller amount fits, since clearings
/// and refunds come in parts.
inline constexpr std::int64_t code_match_over_basis_points = 5'000;
inline constexpr AmountMinor code_match_over_minor{10'000};
inline constexpr std::size_t merchant_name_bytes_max = 80;
inline constexpr std::size_t merchant_city_bytes_max = 40;
inline constexpr std::size_t reason_bytes_max = 200;

// One account.
inline constexpr std::size_t purses_per_account_max = 16;
inline constexpr std::size_t purse_mcc_spans_max = 24;  ///< Of the merchants that a purse pays.
inline constexpr std::size_t purse_terms_max = 16'384;  ///< Different ones, in one journal.
inline constexpr AmountMinor unit_rate_minor_max{1'000'000};          ///< Of an hour.
inline constexpr std::uint32_t load_unit_hundredths_max = 1'000'000;  ///< Ten thousand hours.
inline constexpr std::size_t tokens_per_card_max = 2;
inline constexpr AmountMinor purse_minor_max{100'000'000'000};  ///< A thousand million pounds.

inline constexpr std::uint32_t open_authorisations_per_account_max = 4'096;
inline constexpr std::size_t earmarks_per_account_max = 8;        ///< That stand.
inline constexpr std::size_t kept_reversals_per_account_max = 8;  ///< Before their originals.
inline constexpr std::size_t resolutions_per_account_max = 8;     ///< Proposals that are open.
inline constexpr std::size_t disputes_per_account_max = 8;        ///< That are open.
inline constexpr std::int32_t resolution_notice_days_min = 28;    ///< Before money is taken back.

// One agreement.
inline constexpr std::size_t mcc_ranges_per_list_max = 96;
inline constexpr std::size_t mcc_items_per_list_max = 1'024;  ///< As sent, before they are joined.

// One programme.
inline constexpr std::size_t hold_rules_max = 256;  ///< One for each range of merchants.
inline constexpr std::uint32_t uplift_basis_points_max = 100'000;  ///< Ten times the estimate.
inline constexpr std::size_t tolerance_rules_max = 64;
inline constexpr std::size_t providers_per_programme_max = 4'096;    ///< On all of its registers.
inline constexpr std::uint16_t tolerance_basis_points_max = 10'000;  ///< As much again.

// Time.
inline constexpr DurationNs clock_step_max = seconds(5);  ///< Between two groups.
inline constexpr DurationNs clock_gap_max = days(7);      ///< Between the last stamp and a start.
inline constexpr DurationNs request_window = hours(25);   ///< A repeat is recognised this long.
inline constexpr DurationNs hold_lifetime_min = hours(1);
inline constexpr DurationNs hold_lifetime_max = days(31);
inline constexpr std::int32_t earmark_stays_days = 7;  ///< After it was due, when nothing is said.
inline constexpr DurationNs kept_reversal_lifetime_max = days(7);  ///< Waiting for its original.
inline constexpr DurationNs authorisation_retention = days(540);
inline constexpr DayNumber calendar_end_day{84'006};  ///< 2200-01-01: no day is this or later.
inline constexpr std::int32_t utc_offset_seconds_max = 18 * 3'600;  ///< Either side of UTC.
inline constexpr std::size_t offset_entries_max = 1'024;  ///< Changes of UTC offset in one table.

// The sequencer.
inline constexpr std::size_t inbox_commands_max = 8'192;
inline constexpr std::size_t inbox_reserved_for_facts = inbox_commands_max / 4;
inline constexpr std::size_t group_commands_max = 2'048;
inline constexpr std::size_t request_keys_max = 64'000'000;  ///< 16 bytes each.
inline constexpr std::size_t due_items_per_turn_max = 1'024;
inline constexpr std::size_t group_suspects_max = group_commands_max + due_items_per_turn_max;
inline constexpr std::size_t quarantine_entries_max = 1'024;
inline constexpr std::size_t stream_items_max = 128;  ///< Requests in one stream message.
inline constexpr std::size_t stream_results_max = group_commands_max + stream_items_max;
inline constexpr std::size_t stream_result_bytes_max = 1'900;  ///< One result, as sent.

inline constexpr std::size_t unary_calls_waiting = 64;  ///< Places for callers, of each RPC.
inline constexpr std::size_t unary_calls_max = 2 * inbox_commands_max;  ///< Of each RPC.
inline constexpr std::size_t queries_waiting_max = 1'024;

// The journal.
inline constexpr std::size_t event_bytes_max = 32 * 1024;
inline constexpr std::size_t record_bytes_max = 16 * 1024 * 1024;
inline constexpr DurationNs head_file_age_max = seconds(1);
inline constexpr std::size_t scrub_bytes_per_second = 4 * 1024 * 1024;  ///< Of its slow reader.
inline constexpr DurationNs scrub_pause = hours(1);          ///< Between two readings of all of it.
inline constexpr std::size_t commitments_per_event_max = 4;  ///< Personal texts of an event.
inline constexpr std::size_t sealed_texts_max = 16;          ///< In one event.
inline constexpr std::size_t sealed_text_bytes_max = 1024;   ///< One of them.
inline constexpr std::size_t secret_file_bytes_max = 64 * 1024;  ///< A key or certificate.

// Backup and restore.
inline constexpr int backup_reopenings_max = 20;  ///< In a row, without a record copied.
inline constexpr DurationNs backup_reopening_pause{ns_per_second / 10};
inline constexpr std::size_t restored_programmes_max = 1'024;  ///< With lost batches.

// The projections: images, archive, activity, request keys.
inline constexpr std::size_t projections_buffer_bytes = 16 * 1024 * 1024;  ///< For each table.
inline constexpr std::size_t projections_cache_bytes = 64 * 1024 * 1024;
inline constexpr std::size_t projections_bytes_per_second = 32 * 1024 * 1024;  ///< To the disk.
inline constexpr std::size_t image_bytes_per_turn_max = 16 * 1024;  ///< Copied between commits.
inline constexpr std::size_t image_chunk_bytes = 64 * 1024;         ///< Handed over at once.
inline constexpr std::size_t let_go_per_turn_max = 4'096;
inline constexpr DurationNs sweep_pause = seconds(1);     ///< Between two sweeps of images.
inline constexpr DurationNs flush_age_max = seconds(10);  ///< Of what is not flushed.
inline constexpr std::size_t flush_bytes_max = 64 * 1024 * 1024;
inline constexpr std::size_t candidates_per_name_max = 64;  ///< Archived authorisations.

// The lists and downloads.
inline constexpr std::size_t page_items_default = 50;  ///< When a request names no page size.
inline constexpr std::size_t page_items_max = 500;
inline constexpr std::size_t download_chunk_bytes_max = 64 * 1024;
inline constexpr std::size_t tails_max = 8;  ///< Followers of the journal, a thread each.

// A settlement batch, as written and as an auditor's program reads it.
inline constexpr std::size_t batch_file_bytes_max = 1024 * 1024 * 1024;  ///< One of its CSV files.
inline constexpr std::size_t batch_manifest_bytes_max = 16 * 1024;
inline constexpr std::size_t batch_signature_bytes_max = 16 * 1024;
inline constexpr std::size_t batch_row_bytes_max = 4 * 1024;  ///< One line of a CSV file.

// The command line's files.
inline constexpr std::size_t csv_row_bytes_max = 64 * 1024;  ///< One row, with its quotes.
inline constexpr std::size_t onboard_rows_max = 2'000'000;   ///< Of one import file.
inline constexpr std::size_t payment_rows_max = 5'000'000;   ///< Of one file to play.
inline constexpr std::size_t faulty_rows_shown_max = 20;     ///< Before an import gives up.
inline constexpr std::size_t calls_in_flight_max = 1'024;    ///< Of one program.
inline constexpr std::size_t batches_to_verify_max = 8;      ///< Closed, not yet verified.

// The RPCs.
inline constexpr std::size_t rpc_message_bytes_max = record_bytes_max + 1024 * 1024;
inline constexpr DurationNs overload_retry_delay{50'000'000};  ///< In RetryInfo: 50 ms.

// The settlement service.
inline constexpr int settlement_threads_max = 64;             ///< For calls, waiting ones too.
inline constexpr DurationNs batch_wait_max = minutes(5);      ///< For a closed batch's files.
inline constexpr DurationNs programme_wait_max = seconds(1);  ///< For one just created.
inline constexpr DurationNs cancel_poll_interval{ns_per_second / 10};  ///< Of a waiting call.
inline constexpr std::size_t closings_max = 24;                        ///< CloseBatch under way.
inline constexpr std::size_t closings_per_council_max = 8;
inline constexpr std::size_t downloads_max = 24;  ///< DownloadBatchFile under way.
inline constexpr std::size_t downloads_per_council_max = 8;
inline constexpr DurationNs download_time_max = minutes(10);     ///< Of one stream.
inline constexpr DurationNs tail_pause_min{ns_per_second / 20};  ///< After a lost tail; doubles.
inline constexpr DurationNs tail_pause_max = seconds(5);

static_assert(transaction_minor_max <= purse_minor_max);
static_assert(load_minor_max <= purse_minor_max);
static_assert(hold_lifetime_min < hold_lifetime_max);
static_assert(request_window < kept_reversal_lifetime_max);
static_assert(kept_reversal_lifetime_max < authorisation_retention);
static_assert(purse_minor_max <= amount_minor_max);
static_assert(sealed_texts_max * sealed_text_bytes_max < event_bytes_max);
static_assert(commitments_per_event_max <= sealed_texts_max);
static_assert(closings_max + downloads_max < std::size_t{settlement_threads_max});
static_assert(closings_per_council_max < closings_max);
static_assert(downloads_per_council_max < downloads_max);
static_assert(inbox_reserved_for_facts < inbox_commands_max);
static_assert(group_commands_max <= inbox_commands_max);
static_assert(unary_calls_max > inbox_commands_max + group_commands_max);
// A gRPC client takes messages of 4 MiB unless told otherwise.
static_assert(stream_results_max * stream_result_bytes_max < 4 * 1024 * 1024);

}  // namespace carecard
