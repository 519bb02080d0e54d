#include "services/rpc/currency.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace carecard::rpc {
namespace {

using enum CurrencyUse;

// The facts of ISO 4217 as published by its maintenance agency, withdrawn codes included.
// clang-format off
constexpr auto table = std::to_array<Currency>({
    {"AED", {784}, 2, active}, {"AFN", {971}, 2, active}, {"ALL", {8}, 2, active},
    {"AMD", {51}, 2, active}, {"ANG", {532}, 2, withdrawn}, {"AOA", {973}, 2, active},
    {"ARS", {32}, 2, active}, {"ATS", {40}, 2, withdrawn}, {"AUD", {36}, 2, active},
    {"AWG", {533}, 2, active}, {"AZM", {31}, 2, withdrawn}, {"AZN", {944}, 2, active},
    {"BAM", {977}, 2, active}, {"BBD", {52}, 2, active}, {"BDT", {50}, 2, active},
    {"BEF", {56}, 0, withdrawn}, {"BGN", {975}, 2, withdrawn}, {"BHD", {48}, 3, active},
    {"BIF", {108}, 0, active}, {"BMD", {60}, 2, active}, {"BND", {96}, 2, active},
    {"BOB", {68}, 2, active}, {"BOV", {984}, 2, active}, {"BRL", {986}, 2, active},
    {"BSD", {44}, 2, active}, {"BTN", {64}, 2, active}, {"BWP", {72}, 2, active},
    {"BYN", {933}, 2, active}, {"BYR", {974}, 0, withdrawn}, {"BZD", {84}, 2, active},
    {"CAD", {124}, 2, active}, {"CDF", {976}, 2, active}, {"CHE", {947}, 2, active},
    {"CHF", {756}, 2, active}, {"CHW", {948}, 2, active}, {"CLF", {990}, 4, active},
    {"CLP", {152}, 0, active}, {"CNY", {156}, 2, active}, {"COP", {170}, 2, active},
    {"COU", {970}, 2, active}, {"CRC", {188}, 2, active}, {"CSD", {891}, 2, withdrawn},
    {"CUC", {931}, 2, withdrawn}, {"CUP", {192}, 2, active}, {"CVE", {132}, 2, active},
    {"CYP", {196}, 2, withdrawn}, {"CZK", {203}, 2, active}, {"DEM", {276}, 2, withdrawn},
    {"DJF", {262}, 0, active}, {"DKK", {208}, 2, active}, {"DOP", {214}, 2, active},
    {"DZD", {12}, 2, active}, {"EEK", {233}, 2, withdrawn}, {"EGP", {818}, 2, active},
    {"ERN", {232}, 2, active}, {"ESP", {724}, 0, withdrawn}, {"ETB", {230}, 2, active},
    {"EUR", {978}, 2, active}, {"FIM", {246}, 2, withdrawn}, {"FJD", {242}, 2, active},
    {"FKP", {238}, 2, active}, {"FRF", {250}, 2, withdrawn}, {"GBP", {826}, 2, active},
    {"GEL", {981}, 2, active}, {"GHC", {288}, 2, withdrawn}, {"GHS", {936}, 2, active},
    {"GIP", {292}, 2, active}, {"GMD", {270}, 2, active}, {"GNF", {324}, 0, active},
    {"GRD", {300}, 0, withdrawn}, {"GTQ", {320}, 2, active}, {"GYD", {328}, 2, active},
    {"HKD", {344}, 2, active}, {"HNL", {340}, 2, active}, {"HRK", {191}, 2, withdrawn},
    {"HTG", {332}, 2, active}, {"HUF", {348}, 2, active}, {"IDR", {360}, 2, active},
    {"IEP", {372}, 2, withdrawn}, {"ILS", {376}, 2, active}, {"INR", {356}, 2, active},
    {"IQD", {368}, 3, active}, {"IRR", {364}, 2, active}, {"ISK", {352}, 0, active},
    {"ITL", {380}, 0, withdrawn}, {"JMD", {388}, 2, active}, {"JOD", {400}, 3, active},
    {"JPY", {392}, 0, active}, {"KES", {404}, 2, active}, {"KGS", {417}, 2, active},
    {"KHR", {116}, 2, active}, {"KMF", {174}, 0, active}, {"KPW", {408}, 2, active},
    {"KRW", {410}, 0, active}, {"KWD", {414}, 3, active}, {"KYD", {136}, 2, active},
    {"KZT", {398}, 2, active}, {"LAK", {418}, 2, active}, {"LBP", {422}, 2, active},
    {"LKR", {144}, 2, active}, {"LRD", {430}, 2, active}, {"LSL", {426}, 2, active},
    {"LTL", {440}, 2, withdrawn}, {"LUF", {442}, 0, withdrawn}, {"LVL", {428}, 2, withdrawn},
    {"LYD", {434}, 3, active}, {"MAD", {504}, 2, active}, {"MDL", {498}, 2, active},
    {"MGA", {969}, 2, active}, {"MKD", {807}, 2, active}, {"MMK", {104}, 2, active},
    {"MNT", {496}, 2, active}, {"MOP", {446}, 2, active}, {"MRO", {478}, 2, withdrawn},
    {"MRU", {929}, 2, active}, {"MTL", {470}, 2, withdrawn}, {"MUR", {480}, 2, active},
    {"MVR", {462}, 2, active}, {"MWK", {454}, 2, active}, {"MXN", {484}, 2, active},
    {"MXV", {979}, 2, active}, {"MYR", {458}, 2, active}, {"MZM", {508}, 2, withdrawn},
    {"MZN", {943}, 2, active}, {"NAD", {516}, 2, active}, {"NGN", {566}, 2, active},
    {"NIO", {558}, 2, active}, {"NLG", {528}, 2, withdrawn}, {"NOK", {578}, 2, active},
    {"NPR", {524}, 2, active}, {"NZD", {554}, 2, active}, {"OMR", {512}, 3, active},
    {"PAB", {590}, 2, active}, {"PEN", {604}, 2, active}, {"PGK", {598}, 2, active},
    {"PHP", {608}, 2, active}, {"PKR", {586}, 2, active}, {"PLN", {985}, 2, active},
    {"PTE", {620}, 0, withdrawn}, {"PYG", {600}, 0, active}, {"QAR", {634}, 2, active},
    {"RON", {946}, 2, active}, {"RSD", {941}, 2, active}, {"RUB", {643}, 2, active},
    {"RWF", {646}, 0, active}, {"SAR", {682}, 2, active}, {"SBD", {90}, 2, active},
    {"SCR", {690}, 2, active}, {"SDD", {736}, 2, withdrawn}, {"SDG", {938}, 2, active},
    {"SEK", {752}, 2, active}, {"SGD", {702}, 2, active}, {"SHP", {654}, 2, active},
    {"SIT", {705}, 2, withdrawn}, {"SKK", {703}, 2, withdrawn}, {"SLE", {925}, 2, active},
    {"SLL", {694}, 2, withdrawn}, {"SOS", {706}, 2, active}, {"SRD", {968}, 2, active},
    {"SRG", {740}, 2, withdrawn}, {"SSP", {728}, 2, active}, {"STD", {678}, 2, withdrawn},
    {"STN", {930}, 2, active}, {"SVC", {222}, 2, active}, {"SYP", {760}, 2, active},
    {"SZL", {748}, 2, active}, {"THB", {764}, 2, active}, {"TJS", {972}, 2, active},
    {"TMM", {795}, 2, withdrawn}, {"TMT", {934}, 2, active}, {"TND", {788}, 3, active},
    {"TOP", {776}, 2, active}, {"TRL", {792}, 0, withdrawn}, {"TRY", {949}, 2, active},
    {"TTD", {780}, 2, active}, {"TWD", {901}, 2, active}, {"TZS", {834}, 2, active},
    {"UAH", {980}, 2, active}, {"UGX", {800}, 0, active}, {"USD", {840}, 2, active},
    {"USN", {997}, 2, active}, {"UYI", {940}, 0, active}, {"UYU", {858}, 2, active},
    {"UYW", {927}, 4, active}, {"UZS", {860}, 2, active}, {"VED", {926}, 2, active},
    {"VEF", {937}, 2, withdrawn}, {"VES", {928}, 2, active}, {"VND", {704}, 0, active},
    {"VUV", {548}, 0, active}, {"WST", {882}, 2, active}, {"XAF", {950}, 0, active},
    {"XCD", {951}, 2, active}, {"XCG", {532}, 2, active}, {"XOF", {952}, 0, active},
    {"XPF", {953}, 0, active}, {"YER", {886}, 2, active}, {"ZAR", {710}, 2, active},
    {"ZMK", {894}, 2, withdrawn}, {"ZMW", {967}, 2, active}, {"ZWG", {924}, 2, active},
    {"ZWL", {932}, 2, withdrawn},
});
// clang-format on

static_assert(std::ranges::is_sorted(table, {}, &Currency::alpha));
static_assert(std::ranges::adjacent_find(table, {}, &Currency::alpha) == table.end());

constexpr std::size_t numeric_codes = 1'000;
constexpr std::uint8_t none = 0xff;
static_assert(table.size() < none);

/// The place in `table` of each numeric code.
constexpr std::array<std::uint8_t, numeric_codes> by_number = [] {
    std::array<std::uint8_t, numeric_codes> places{};
    places.fill(none);
    for (const CurrencyUse use : {withdrawn, active}) {
        for (std::size_t place = 0; place < table.size(); ++place) {
            if (table[place].use == use) {
                places[table[place].code.value] = static_cast<std::uint8_t>(place);
            }
        }
    }
    return places;
}();

}  // namespace

std::span<const Currency> currencies() { return table; }

const Currency* find_currency(std::string_view alpha) {
    const auto* const found = std::ranges::lower_bound(table, alpha, {}, &Currency::alpha);
    return found != table.end() && found->alpha == alpha ? found : nullptr;
}

const Currency* find_currency(CurrencyCode code) {
    if (code.value >= numeric_codes || by_number[code.value] == none) return nullptr;
    return &table[by_number[code.value]];
}

}  // namespace carecard::rpc
