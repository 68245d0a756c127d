// Certificates for tests of TLS: made on the spot, so that none lies in the repository to expire.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace interposer::net::sim {

struct CertificateFiles {
  std::string authority;    // PEM: what a client trusts
  std::string certificate;  // PEM: the server's certificate
  std::string key;          // PEM
};

// Writes the three files into `folder`. `names`: the hosts the certificate is for (DNS names, or
// addresses as "IP:127.0.0.1"). `days`: how long it is valid; negative: it has expired.
Result<CertificateFiles> make_certificates(const std::string& folder,
                                           const std::vector<std::string>& names, int days = 2);

}  // namespace interposer::net::sim
