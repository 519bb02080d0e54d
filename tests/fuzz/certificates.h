#pragma once

// An authority and a batch signer of it, made by deploy/certificates for this folder alone; their
// private keys are gone.

#include <string_view>

namespace carecard::fuzz {

inline constexpr std::string_view authority_pem = R"(-----BEGIN CERTIFICATE-----
MIIBujCCAWCgAwIBAgIUY4giSQ1RWRNZscUdv+eI7p+4zBMwCgYIKoZIzj0EAwIw
KTEnMCUGA1UEAwweY2FyZWNhcmQgY2VydGlmaWNhdGUgYXV0aG9yaXR5MB4XDTI2
MTEyMjA2MzMwOFoXDTM2MTEyMDA2MzMwOFowKTEnMCUGA1UEAwweY2FyZWNhcmQg
Y2VydGlmaWNhdGUgYXV0aG9yaXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
TCxuL/hMokh7G9qu6PIjmXFenklSU9NfOqdNabajVqB63QsZzapRF+Abn0YTl7/9
O7DPIyNuKOy+bogNfafSaKNmMGQwHQYDVR0OBBYEFJG+KPZMR5s6U0Ceeih+SSLw
Tw6mMB8GA1UdIwQYMBaAFJG+KPZMR5s6U0Ceeih+SSLwTw6mMBIGA1UdEwEB/wQI
MAYBAf8CAQAwDgYDVR0PAQH/BAQDAgEGMAoGCCqGSM49BAMCA0gAMEUCIHBARIsQ
R/MBYUlJuJ9O1clw6oSw9+nWxGdBehlbfWJzAiEAunkb0d1/XwDP0oVdkoZLiVP6
MvgTjbb/BxFTq73fJmI=
-----END CERTIFICATE-----
)";

inline constexpr std::string_view signer_pem = R"(-----BEGIN CERTIFICATE-----
MIIB2zCCAYGgAwIBAgIUTkyRbI+uOAV2i3MK6A5ez2bAP18wCgYIKoZIzj0EAwIw
KTEnMCUGA1UEAwweY2FyZWNhcmQgY2VydGlmaWNhdGUgYXV0aG9yaXR5MB4XDTI2
MTEyMjA2MzMwOFoXDTM2MTExOTA2MzMwOFowGTEXMBUGA1UEAwwOYmF0Y2gtc2ln
bmVyLTEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQst2PY0NJ1inaHdrLf/k7y
SwdC9ubCgqnMUn9Czk83Sz8CcUgfgwqXuDAv+Lpf1hAnexi47HtF0dPVYvbuotRo
o4GWMIGTMB0GA1UdDgQWBBQ8EuS1AYlAHS2EODbb9N+x0UCZ7DAfBgNVHSMEGDAW
gBSRvij2TEebOlNAnnoofkki8E8OpjAMBgNVHRMBAf8EAjAAMA4GA1UdDwEB/wQE
AwIHgDAzBgNVHREELDAqhihjYXJlY2FyZDovLyovYmF0Y2gtc2lnbmVyL2JhdGNo
LXNpZ25lci0xMAoGCCqGSM49BAMCA0gAMEUCIGJCRwUIyybVCPuV5mwBfViA9AGt
vAOI67JjXjsYIaNeAiEAmpl5sHGRt2eShvmAmnVluxxTEEXRDJyDBQNbLRuAgvw=
-----END CERTIFICATE-----
)";

/// What the signature in corpus/certificate is over.
inline constexpr std::string_view signed_content = "what was signed\n";

}  // namespace carecard::fuzz
