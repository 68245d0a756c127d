#include "net/sim/sim_certificate.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>

namespace interposer::net::sim {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;

constexpr long kDay = 24 * 3600;

bool add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

Certificate make_certificate(EVP_PKEY* key, const char* name, int serial, int days) {
  Certificate out(X509_new());
  X509_set_version(out.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(out.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(out.get()), -3 * kDay);
  X509_gmtime_adj(X509_getm_notAfter(out.get()), days * kDay);
  X509_set_pubkey(out.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(out.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return out;
}

template <class Write>
bool write_pem(const std::string& path, Write write) {
  const std::unique_ptr<std::FILE, Deleter<std::fclose>> file(std::fopen(path.c_str(), "w"));
  return file && write(file.get()) == 1;
}

}  // namespace

Result<CertificateFiles> make_certificates(const std::string& folder,
                                           const std::vector<std::string>& names, int days) {
  const Error failed = make_error(Code::kInternal, "making certificates in " + folder);
  const Key root_key(EVP_EC_gen("P-256"));
  const Key key(EVP_EC_gen("P-256"));
  if (!root_key || !key) return failed;
  const Certificate root = make_certificate(root_key.get(), "Interposer test authority", 1, 3);
  X509_set_issuer_name(root.get(), X509_get_subject_name(root.get()));
  bool good = add_extension(root.get(), root.get(), NID_basic_constraints, "critical,CA:TRUE") &&
              X509_sign(root.get(), root_key.get(), EVP_sha256()) > 0;
  const Certificate leaf = make_certificate(key.get(), "Interposer test server", 2, days);
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(root.get()));
  std::string subjects;
  for (const std::string& name : names) {
    if (!subjects.empty()) subjects += ",";
    subjects += name.starts_with("IP:") ? name : "DNS:" + name;
  }
  good = good && add_extension(leaf.get(), root.get(), NID_subject_alt_name, subjects) &&
         X509_sign(leaf.get(), root_key.get(), EVP_sha256()) > 0;
  const CertificateFiles out{folder + "/authority.pem", folder + "/server.pem",
                             folder + "/server.key"};
  good = good &&
         write_pem(out.authority, [&](std::FILE* f) { return PEM_write_X509(f, root.get()); }) &&
         write_pem(out.certificate, [&](std::FILE* f) { return PEM_write_X509(f, leaf.get()); }) &&
         write_pem(out.key, [&](std::FILE* f) {
           return PEM_write_PrivateKey(f, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
         });
  if (!good) return failed;
  return out;
}

}  // namespace interposer::net::sim
